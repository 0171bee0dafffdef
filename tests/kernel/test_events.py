"""Events: handlers in order, in the transaction of whoever decides, which a refusal undoes."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel import audit, events
from kernel.audit import AuditEntry
from kernel.db import Database
from kernel.errors import Refused
from kernel.permissions import SYSTEM


@dataclass(frozen=True, slots=True)
class Rang(events.Event):
    """A bell of this test's own."""

    words: str


@dataclass(frozen=True, slots=True)
class NobodyHears(events.Event):
    """An event without a handler."""


heard: list[str] = []


@events.on(Rang)
def _first(db: Session, event: Rang) -> None:
    heard.append(f"first {event.words}")
    audit.record(db, SYSTEM, "audit.accept", None)


@events.on(Rang)
def _second(_db: Session, event: Rang) -> None:
    heard.append(f"second {event.words}")
    if event.words == "refused":
        raise Refused(event.words)


@pytest.fixture(autouse=True)
def _silence():
    heard.clear()


def written(database: Database) -> int:
    with database.session(read_only=True) as db:
        return db.scalars(select(func.count(AuditEntry.id))).one()


def test_every_handler_runs_in_the_order_of_its_registration(database):
    with database.transaction() as db:
        events.tell(db, Rang("once"))
        events.tell(db, NobodyHears())
    assert (heard, written(database)) == (["first once", "second once"], 1)


def test_what_one_refuses_undoes_what_the_others_did(database):
    with pytest.raises(Refused), database.transaction() as db:
        events.tell(db, Rang("refused"))
    assert (heard, written(database)) == (["first refused", "second refused"], 0)
