"""Marking by playback in a real browser: pins, the keyboard, and what the server has of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from marking_steps import Marking, an_oral_to_mark
from playwright.sync_api import expect
from sqlalchemy import select

from kernel import clock
from kernel.audit import AuditEntry
from kernel.storage import from_settings
from rooms.models import Interview, InterviewState, Recording, RecordingState, TalkTime
from rooms.recordings import name_of
from tests.evaluator_app.playback.recorded_oral import make_recording


@pytest.fixture
def marking(demo, visit) -> Iterator[Marking]:
    """An oral that is over, with sixteen seconds of recording and an absence from 6 to 9."""
    with an_oral_to_mark(demo, visit, InterviewState.ENDED) as made:
        record(made)
        made.page.reload()
        made.page.wait_for_selector(".vv-playback.is-ready")
        yield made


def record(made: Marking) -> None:
    with made.database.transaction() as db:
        interview = db.get_one(Interview, made.interview)
        manifest = make_recording(from_settings(made.settings), name_of(interview))
        db.add(
            Recording(
                interview_id=interview.id,
                name=name_of(interview),
                state=RecordingState.READY,
                started_at=clock.now(),
                manifest=manifest.model_dump(mode="json", exclude={"peaks"}),
            )
        )
        for part, candidate, evaluator in ((1, 3.0, 1.0), (2, 4.5, 1.5), (3, 2.0, 2.0)):
            for role, seconds in (("candidate", candidate), ("evaluator", evaluator)):
                row = TalkTime(interview_id=interview.id, role=role, part=part, seconds=seconds)
                db.add(row)


def place(made: Marking) -> tuple[float | None, int | None, str | None]:
    """Return where the server has the only note: second, part, criterion."""
    made.is_saved()
    [note] = [note for note in made.kept().notes if note.removed_at is None]
    return note.second, note.part, note.criterion


def test_a_note_is_made_dragged_moved_by_key_and_tied_to_a_criterion(marking):
    page = marking.page
    wave = page.get_by_role("slider", name="Position dans l'enregistrement")
    box = wave.bounding_box()
    wave.click(position={"x": box["width"] * 2 / 16, "y": box["height"] - 10})
    page.keyboard.press("v")
    page.keyboard.type("false friend")
    page.keyboard.press("Enter")
    second, part, criterion = place(marking)
    assert (second, part, criterion) == (pytest.approx(2, abs=0.1), 1, "vocabulary")

    pin = wave.get_by_text("V", exact=True)
    at = pin.bounding_box()
    page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 10 / 16, at["y"], steps=8)
    page.mouse.up()
    expect(page.locator("#notes .vv-marks-note__at")).to_have_text("2 · 00:10")
    second, part, criterion = place(marking)
    assert (second, part, criterion) == (pytest.approx(10, abs=0.1), 2, "vocabulary")

    page.locator("#notes .vv-marks-note__at").focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#notes .vv-marks-note__at")).to_have_text("3 · 00:13")
    expect(page.locator("#notes .vv-marks-note__at")).to_be_focused()
    assert place(marking)[:2] == (pytest.approx(13, abs=0.1), 3)

    page.get_by_role("button", name="Modifier la remarque « false friend »").click()
    page.get_by_label("Critère de la remarque").select_option(label="G\u2003Grammaire et syntaxe")
    expect(page.locator("#compose-text")).to_be_focused()
    page.keyboard.press("Enter")
    expect(wave.get_by_text("G", exact=True)).to_be_visible()
    assert place(marking)[1:] == (3, "grammar")


def test_talk_and_absence_are_said_and_the_viewing_is_logged_once(marking):
    page = marking.page
    expect(page.get_by_text("Partie 2 : candidat 0:04 (75\xa0%), évaluateur 0:01")).to_be_visible()
    page.get_by_role("button", name="candidat 0:06 – 0:09").click()
    expect(page.locator("[data-playback-time]")).to_have_text("0:04")
    wave = page.get_by_role("slider", name="Position dans l'enregistrement")
    box = wave.bounding_box()
    wave.click(position={"x": box["width"] * 7 / 16, "y": box["height"] - 10})
    expect(page.get_by_text("Rien n'arrivait à ce moment.").first).to_be_visible()
    page.keyboard.press("+")
    expect(page.get_by_label("Vitesse")).to_have_value("1.25")
    page.reload()
    page.wait_for_selector(".vv-playback.is-ready")
    with marking.database.session(read_only=True) as db:
        looks = select(AuditEntry.id).where(
            AuditEntry.act == "recording.view", AuditEntry.actor_id == marking.evaluator
        )
        assert len(db.scalars(looks).all()) == 1
