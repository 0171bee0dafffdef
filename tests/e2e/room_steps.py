"""An oral ready to begin in the demo: its evaluator at the console, its candidate in the room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from factories import Make
from marking_steps import settings_of
from oral_steps import MEDIA
from playwright.sync_api import Page, expect

from enrolment.models import Stage
from evaluator_app.wiring import rules
from kernel import clock
from kernel.db import Database
from kernel.permissions import SYSTEM
from people import entry
from people.models import LinkPurpose
from proctor.models import IdentityState
from rooms.models import InterviewState
from scheduling.announcing import personal_link


@dataclass
class Meeting:
    """The two pages of an oral, and what the server has of it."""

    database: Database
    interview: int
    console: str  # the address of the evaluator's page
    evaluator: Page
    candidate: Page

    def meet(self) -> None:
        """Wait until both see each other."""
        for page, name in ((self.evaluator, "#remote"), (self.candidate, "[data-remote-video]")):
            page.wait_for_function(
                "name => document.querySelector(name).videoWidth > 0", arg=name, timeout=MEDIA
            )
        expect(self.candidate.locator("[data-trouble]")).to_be_hidden(timeout=MEDIA)
        expect(self.evaluator.locator("#lost")).to_be_hidden(timeout=MEDIA)


@contextmanager
def a_meeting(
    demo, visit, evaluator: str = "", candidate: str = "", *, opened: bool = True
) -> Iterator[Meeting]:
    """Give an oral whose identity is confirmed; the two scripts run first in the two browsers.

    Not `opened`: its room is closed still, and the candidate waits.
    """
    rules.register()
    settings = settings_of(demo)
    database = Database(settings.database)
    with database.transaction() as db:
        make = Make(db, uuid4().int >> 90)  # one demo for every test: no name comes twice
        moment = clock.now()
        appointment = make.appointment(starts_at=moment - timedelta(minutes=2))
        begun = {}
        if opened:
            check = make.identity_check(appointment.candidacy, state=IdentityState.CONFIRMED)
            appointment.candidacy.stage = Stage.IN_ORAL
            begun = {
                "state": InterviewState.READY,
                "identity_check_id": check.id,
                "opened_at": moment,
                "admitted_at": moment,
            }
        interview = make.interview(appointment, waiting_since=moment, **begun)
        came = entry.make(db, SYSTEM, settings, appointment.evaluator, LinkPurpose.SIGN_IN)
        link, number = personal_link(settings, appointment), interview.id
    theirs, mine = visit("about:blank"), visit("about:blank", width=1280, height=720)
    for page, script in ((theirs, evaluator), (mine, candidate)):
        if script:
            page.context.add_init_script(script)
    theirs.goto(came)
    theirs.get_by_role("button", name="Continuer").click()
    theirs.wait_for_url("**/evaluator/")
    console = f"{settings.base_url}/evaluator/interviews/{number}"
    theirs.goto(console)
    mine.goto(link)
    mine.get_by_role("button", name="Continuer").click()
    yield Meeting(database, number, console, theirs, mine)
    database.dispose()
