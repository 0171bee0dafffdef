"""Computers whose clock is an hour wrong: the server's decides."""

from __future__ import annotations

import re
import time
from datetime import timedelta

from conftest import SHIFT
from playwright.sync_api import Page, expect
from room_steps import a_meeting
from sqlalchemy import select

from kernel import clock
from rooms.models import Interview, InterviewState
from rubrics.models import Note

HOUR_MS = 3_600_000


def seconds(page: Page, selector: str) -> int:
    """Return the first time, m:ss, that the element shows."""
    words = page.locator(selector).inner_text()
    minutes, rest = re.search(r"(\d+):(\d\d)", words).groups()
    return int(minutes) * 60 + int(rest)


def test_an_hour_ahead_and_an_hour_behind_change_nothing(demo, visit):
    with a_meeting(demo, visit, SHIFT % HOUR_MS, SHIFT % -HOUR_MS) as meeting:
        mine, theirs = meeting.candidate, meeting.evaluator
        meeting.meet()
        assert theirs.evaluate("Date.now()") - mine.evaluate("Date.now()") > 7_000_000
        theirs.get_by_role("button", name="Commencer", exact=True).click()
        expect(mine.get_by_text("Enregistrement en cours")).to_be_visible()

        def ran() -> float:
            with meeting.database.session(read_only=True) as db:
                began = db.get_one(Interview, meeting.interview).started_at
            return (clock.now() - began).total_seconds()

        until = time.monotonic() + 60
        while ran() < 4:
            assert time.monotonic() < until
            theirs.wait_for_timeout(200)
        for page, place in (
            (theirs, '.vv-console-part[data-part="1"] [data-elapsed]'),
            (mine, '[data-part="1"] [data-time]'),
        ):
            least, shown, most = ran(), seconds(page, place), ran()
            assert least - 3 < shown < most + 3, (least, shown, most)
        least = ran()
        theirs.keyboard.press("v")
        theirs.keyboard.type("by the server's clock")
        theirs.keyboard.press("Enter")
        expect(theirs.locator("#saved")).to_have_text("Tout est enregistré")
        most = ran()
        with meeting.database.session(read_only=True) as db:
            note = db.scalars(select(Note).where(Note.text == "by the server's clock")).one()
            assert least - 3 < note.second < most + 3, (least, note.second, most)
            assert note.part == 1
        # Nobody is taken for silent, absent or late, and no time stands still.
        expect(mine.locator("[data-trouble]")).to_be_hidden()
        expect(theirs.locator("#lost")).to_be_hidden()
        with meeting.database.session(read_only=True) as db:
            (part,) = db.get_one(Interview, meeting.interview).parts
            assert (part.paused_s, part.paused_at) == (0.0, None)


def test_the_waiting_room_counts_by_the_servers_clock(demo, visit):
    with a_meeting(demo, visit, SHIFT % -HOUR_MS, SHIFT % HOUR_MS) as meeting:
        with meeting.database.transaction() as db:
            interview = db.get_one(Interview, meeting.interview)
            interview.state, interview.admitted_at = InterviewState.OPEN, None
            appointment = interview.appointment
            appointment.starts_at = clock.now() + timedelta(minutes=12, seconds=20)
            appointment.ends_at = appointment.starts_at + timedelta(minutes=30)
        mine, theirs = meeting.candidate, meeting.evaluator
        mine.reload()
        said = mine.get_by_text(re.compile(r"Votre entretien commence dans 1[12] min\."))
        expect(said).to_be_visible()
        theirs.reload()
        expect(theirs.locator("#lobby-line")).to_have_text(
            re.compile(r"^Depuis \d\d?\ss\."), timeout=30_000
        )
