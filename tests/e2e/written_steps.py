"""What the tests of the written part do in a browser: come in, get ready, answer, be cut off."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from at_rest import follow
from pictures import jpeg
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as TooLong
from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment import profile
from enrolment.models import Candidacy, Candidate
from evaluator_app.demo import cast
from evaluator_app.demo.stage import Stage
from evaluator_app.wiring import rules
from kernel.db import Database
from kernel.permissions import SYSTEM
from kernel.settings import Settings
from kernel.storage import from_settings
from people import consents, entry
from people.models import LinkPurpose, User
from proctor import identity, watching
from proctor.models import EquipmentCheck, EquipmentVerdict
from written_test import sitting, trying
from written_test.models import WrittenTest

CONTINUE = re.compile("^(Continuer|Continue)$")


@contextmanager
def installation(demo) -> Iterator[tuple[Session, Settings]]:
    """Open the demo's own database, as its processes do."""
    kept = json.loads((demo.var / "secrets.json").read_text())
    settings = Settings(
        mode="demo",
        base_url=demo.links["base_url"],
        var=demo.var,
        secret_key=kept["VIVA_SECRET_KEY"],
        storage_keys=kept["VIVA_STORAGE_KEYS"],
    )
    rules.register()
    database = Database(settings.database)
    try:
        with database.transaction() as db:
            yield db, settings
    finally:
        database.dispose()


def ready(demo, name: str, **values) -> str:
    """Enrol somebody who did all that comes before the test; return their way in."""
    part = replace(cast.YANIS, email=f"{name}@candidats.example", first_names=name, **values)
    with installation(demo) as (db, settings):
        candidacy = Stage(db, settings).enrol(part, cast.MANAGER)
        user = candidacy.candidate.user
        profile.confirm(db, user.actor, candidacy, "fr")
        consents.record(db, user.actor, consents.WRITTEN, "fr")
        trying.finish(db, user.actor, candidacy)
        identity.present_document(db, user.actor, from_settings(settings), candidacy, jpeg())
        db.add(
            EquipmentCheck(
                user_id=user.id,
                at=candidacy.created_at,
                verdict=EquipmentVerdict.READY,
                facts={},
            )
        )
        return entry.make(db, SYSTEM, settings, user, LinkPurpose.SIGN_IN)


def sat(demo, email: str) -> None:
    """Let somebody sit their whole test without a browser; its watch is still to be left."""
    with installation(demo) as (db, _settings):
        candidacy = db.scalars(
            select(Candidacy)
            .join(Candidacy.candidate)
            .join(Candidate.user)
            .where(User.email == email)
        ).one()
        who = candidacy.candidate.user.actor
        test = sitting.begin(db, who, candidacy)
        watching.open_session(db, who, candidacy, {})
        scene = sitting.present(db, who, test, "steps")
        while scene.step is not None:
            scene = sitting.answer(db, who, test, "steps", scene.step.ticket, {})


def another_way_in(demo, email: str) -> str:
    """Return one more link by which somebody signs in, from any browser."""
    with installation(demo) as (db, settings):
        user = db.scalars(select(User).where(User.email == email)).one()
        return entry.make(db, SYSTEM, settings, user, LinkPurpose.SIGN_IN)


def sitting_of(db: Session, email: str) -> WrittenTest:
    """Return the last test of somebody."""
    return db.scalars(
        select(WrittenTest)
        .join(WrittenTest.candidacy)
        .join(Candidacy.candidate)
        .join(Candidate.user)
        .where(User.email == email)
        .order_by(WrittenTest.id.desc())
    ).first()


def come_in(page: Page) -> None:
    """Use the link that the page shows."""
    follow(page.get_by_role("button", name=CONTINUE))


def start(page: Page) -> None:
    """Go to the test from the candidate's home, and begin it."""
    page.get_by_role("link", name="Aller au test écrit").click()
    page.get_by_role("button", name="Commencer le test").click()
    expect(page.get_by_role("button", name="Valider")).to_be_visible()


def fill(page: Page) -> None:
    """Answer the question on the page, whatever its kind, with the first of each choice."""
    question = page.locator("[data-question]")
    names = question.locator("input[type=radio], input[type=checkbox]").evaluate_all(
        "all => [...new Set(all.map(each => each.name))]"
    )
    for name in names:
        question.locator(f'input[name="{name}"]').first.check()
    for select_ in question.locator("select").all():
        select_.select_option(index=1)
    for field in question.locator("input[type=text]").all():
        field.fill("x")


def shown(page: Page) -> str:
    """Return what the question on the page asks, with what it offers."""
    return page.locator("[data-question]").inner_text()


def submit(page: Page) -> None:
    """Send the answer, and wait for the next question or the end.

    On a slow machine a question's time may end between filling and sending: the next one is empty
    then, which the page asks to confirm.
    """
    before = page.locator("[data-question]").element_handle()
    for patience in (6000, 20_000):
        page.locator("[data-submit]").click()
        try:
            page.wait_for_function(
                "old => !old.isConnected || location.pathname.endsWith('/end')",
                arg=before,
                timeout=patience,
            )
        except TooLong:
            if at_the_end(page):
                return
            if page.locator("[data-said]").inner_text() == "":
                raise
        else:
            return


def at_the_end(page: Page) -> bool:
    """Tell whether the test is over: no question, or the last page already."""
    return page.url.endswith("/end")
