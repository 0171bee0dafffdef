"""An oral of a new evaluator in the demo, the page that marks it, and what the server has of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from factories import Make
from playwright.sync_api import Locator, Page, expect

from enrolment.models import Stage
from evaluator_app.wiring import rules
from kernel import clock
from kernel.db import Database
from kernel.permissions import SYSTEM
from kernel.settings import Settings
from people import entry
from people.models import LinkPurpose, User
from rooms.models import Interview, InterviewState
from rubrics import marking
from rubrics.library import grid
from rubrics.models import Scoresheet


@dataclass
class Marking:
    """An interview of a new evaluator in the demo, and the page that marks it."""

    settings: Settings
    database: Database
    sheet: int
    interview: int
    evaluator: int
    page: Page

    @property
    def address(self) -> str:
        return f"{self.settings.base_url}/evaluator/interviews/{self.interview}"

    def kept(self) -> Scoresheet:
        """Return the sheet as the server has it."""
        with self.database.session(read_only=True) as db:
            sheet = db.get_one(Scoresheet, self.sheet)
            assert (len(sheet.marks), len(sheet.notes)) is not None
            return sheet

    def marks(self) -> dict[str, int | None]:
        return {mark.criterion: mark.thirds for mark in self.kept().marks}

    def notes(self) -> list[str]:
        return sorted(note.text for note in self.kept().notes if note.removed_at is None)

    def fill(self, thirds: int = 12) -> None:
        """Mark every criterion, as another device would have."""
        with self.database.transaction() as db:
            sheet = db.get_one(Scoresheet, self.sheet)
            for key in grid().keys:
                marking.set_mark(
                    db, sheet.rater.actor, sheet, key, thirds=thirds, nothing_to_add=True
                )

    def link(self, user: int | None = None) -> str:
        """Return a link by which the evaluator, or another person, signs in."""
        with self.database.transaction() as db:
            person = db.get_one(User, user or self.evaluator)
            return entry.make(db, SYSTEM, self.settings, person, LinkPurpose.SIGN_IN)

    def open(self, page: Page, user: int | None = None) -> Page:
        """Sign in with `page`, and come to the marks."""
        page.goto(self.link(user))
        page.get_by_role("button", name="Continuer").click()
        page.wait_for_url("**/evaluator/")
        page.goto(self.address)
        expect(page.locator(".vv-console-panel:visible")).to_have_count(1)
        return page

    def group(self, name: str) -> Locator:
        return self.page.get_by_role("radiogroup", name=name)

    def is_saved(self) -> None:
        expect(self.page.locator("#saved")).to_have_text("Tout est enregistré")


def settings_of(demo) -> Settings:
    """Return the settings under which the demo runs."""
    secrets = json.loads((demo.var / "secrets.json").read_text())
    named = {key.removeprefix("VIVA_").lower(): value for key, value in secrets.items()}
    return Settings(mode="demo", var=demo.var, base_url=demo.links["base_url"], **named)


def an_interview(db, state: InterviewState, evaluator: User | None = None) -> Interview:
    """Add an oral of an evaluator, a new one unless given, in `state`."""
    make = Make(db, uuid4().int >> 90)  # one demo for every test: no name comes twice
    appointment = make.appointment(
        evaluator=evaluator or make.evaluator(), starts_at=clock.now() - timedelta(minutes=40)
    )
    interview = make.interview(appointment, state=state)
    if state is InterviewState.ENDED:
        appointment.candidacy.stage = Stage.MARKING
    return interview


@contextmanager
def an_oral_to_mark(demo, visit, state: InterviewState) -> Iterator[Marking]:
    """Give an oral in `state`, and its evaluator's page on it."""
    rules.register()
    settings = settings_of(demo)
    database = Database(settings.database)
    with database.transaction() as db:
        interview = an_interview(db, state)
        sheet, number = interview.performance.scoresheets[0].id, interview.id
        evaluator = interview.appointment.evaluator_id
    page = visit("about:blank")
    made = Marking(settings, database, sheet, number, evaluator, page)
    made.open(page)
    yield made
    database.dispose()


def press(page: Page, name: str, **options: object) -> None:
    """Press the button of that name."""
    page.get_by_role("button", name=name, exact=True).click(**options)


def submit(evaluator: Page) -> None:
    """Submit a complete grid, without waiting for the recap to go on by itself."""
    press(evaluator, "Soumettre la grille")
    press(evaluator, "Confirmer")
