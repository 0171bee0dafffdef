"""An oral near the boundary: marked blind by a second, settled by a senior, then read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
from at_rest import look
from factories import Make
from marking_steps import settings_of, submit
from playwright.sync_api import Page, expect
from sqlalchemy import select

from enrolment.models import Certification, Stage
from evaluator_app.demo import cast
from evaluator_app.wiring import rules
from kernel import clock
from kernel.db import Database
from kernel.levels import Level
from kernel.storage import from_settings
from people.languages import Language
from people.models import User
from rooms.models import Interview, InterviewState, Recording, RecordingState
from rooms.recordings import name_of
from rubrics import noting
from rubrics.models import RaterRole
from tests.evaluator_app.playback.recorded_oral import make_recording
from tests.results.test_marks import marked
from written_test import recording as written

REMARK = "hésite au téléphone"


@dataclass
class Oral:
    """What was held, and whose it is."""

    candidacy: int
    name: str
    base_url: str
    numbers: dict[RaterRole, int]


@pytest.fixture
def oral(demo) -> Iterator[Oral]:
    """An oral of the demo's evaluator, recorded, that they marked near the boundary."""
    rules.register()
    settings = settings_of(demo)
    database = Database(settings.database)
    with database.transaction() as db:
        make = Make(db, uuid4().int >> 90)  # one demo for every test: no name comes twice
        sarah, helene = (
            db.scalars(select(User).where(User.email == email)).one()
            for email in (cast.EVALUATOR, cast.COORDINATOR)
        )
        code = cast.OFFERED[Language.EN].code
        offered = db.scalars(select(Certification).where(Certification.code == code)).one()
        candidacy = make.candidacy(certification=offered, stage=Stage.MARKING)
        appointment = make.appointment(candidacy, sarah, clock.now() - timedelta(hours=3))
        interview = make.interview(appointment, state=InterviewState.ENDED)
        _record(db, settings, interview)
        written.enter(db, helene.actor, candidacy, Level.B2)
        [sheet] = interview.performance.scoresheets
        noting.add_note(
            db, sarah.actor, sheet, "n1", REMARK, criterion="vocabulary", part=1, second=4.0
        )
        marked(db, make, interview.performance, sarah, 11)
        made = Oral(candidacy.id, candidacy.candidate.name, settings.base_url, {})
    yield made
    database.dispose()


def _record(db, settings, interview: Interview) -> None:
    manifest = make_recording(from_settings(settings), name_of(interview))
    db.add(
        Recording(
            interview_id=interview.id,
            name=name_of(interview),
            state=RecordingState.READY,
            started_at=clock.now(),
            manifest=manifest.model_dump(mode="json", exclude={"peaks"}),
        )
    )
    db.flush()


def open_oral(page: Page) -> Page:
    """Come from the link of a letter to the oral that waits."""
    page.get_by_role("button", name="Continuer").click()
    page.locator("#ratings").get_by_role("link").first.click()
    expect(page.locator(".vv-playback.is-ready")).to_be_visible()
    expect(page.locator("#saved")).to_have_text("Tout est enregistré")
    return page


def mark(page: Page, level: str) -> None:
    """Give one level to every criterion, and nothing to add."""
    for group in page.get_by_role("radiogroup").all():
        group.get_by_role("radio", name=level, exact=True).check()
    page.get_by_role("button", name="Rien à ajouter ailleurs").click()
    expect(page.locator("#saved")).to_have_text("Tout est enregistré")


def test_two_who_differ_are_settled_by_a_third(demo, visit, oral):
    second = open_oral(visit(demo.enter("evaluator2")))
    text = second.content()
    assert [word for word in (*oral.name.split(), REMARK) if word in text] == []
    second.keyboard.press("v")
    second.keyboard.type("beaucoup de nuances")
    second.keyboard.press("Enter")
    mark(second, "C1")
    assert look(second).response["violations"] == []
    submit(second)
    expect(second.locator("#submit-line")).to_contain_text("soumise")

    senior = open_oral(visit(demo.enter("senior")))
    expect(senior.get_by_text("Désaccord : un tiers départage")).to_be_visible()
    for remark in (REMARK, "beaucoup de nuances"):
        expect(senior.get_by_text(remark)).to_be_visible()
    wave = senior.get_by_role("slider", name="Position dans l'enregistrement")
    for pin in ("1V", "2V"):  # the remarks of both on one timeline
        expect(wave.get_by_text(pin, exact=True)).to_be_visible()
    mark(senior, "B2")
    assert look(senior).response["violations"] == []
    submit(senior)
    expect(senior.locator("#submit-wrong")).to_have_text(
        "Dites pourquoi vous décidez ainsi : vos raisons restent."
    )
    senior.get_by_label("Vos raisons").fill("Des nuances, mais des hésitations.")
    submit(senior)
    expect(senior.locator("#submit-line")).to_contain_text("soumise")

    reader = visit(demo.enter("coordinator"))
    reader.get_by_role("button", name="Continuer").click()
    expect(reader.locator("#queue")).to_be_visible()
    reader.goto(f"{oral.base_url}/coordinator/candidacies/{oral.candidacy}")
    reader.get_by_role("link", name="Comparer les notations").click()
    expect(reader.get_by_text("Des nuances, mais des hésitations.")).to_be_visible()
    assert look(reader).response["violations"] == []
