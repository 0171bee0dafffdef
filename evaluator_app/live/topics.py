"""Which topics there are, and who may watch each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy.orm import Session

from enrolment.models import Candidacy
from kernel.permissions import Actor, Permission, Role, may
from proctor.models import ProctorSession
from rooms import queries
from written_test.models import Bank

MOST_DIGITS = 9


def _number(thing: str) -> int | None:
    return int(thing) if thing.isascii() and thing.isdigit() and len(thing) <= MOST_DIGITS else None


def _interview(db: Session, actor: Actor, thing: str) -> bool:
    """Let its two people hear that an oral changed, and whoever may observe it."""
    number = _number(thing)
    interview = queries.whole(db, number) if number is not None else None
    return interview is not None and (
        may(db, actor, Permission.JOIN_INTERVIEW, interview)
        or may(db, actor, Permission.OBSERVE_INTERVIEW, interview)
    )


def _evaluator(_db: Session, actor: Actor, thing: str) -> bool:
    """Let evaluators hear that the list of their own interviews changed."""
    return actor.role is Role.EVALUATOR and _number(thing) == actor.user_id


def _candidacy(db: Session, actor: Actor, thing: str) -> bool:
    """Let those who see a candidacy, and its candidate, hear that it moved."""
    number = _number(thing)
    candidacy = db.get(Candidacy, number) if number is not None else None
    return candidacy is not None and (
        may(db, actor, Permission.SEE_CANDIDACY, candidacy)
        or may(db, actor, Permission.ANSWER_FOR_CANDIDACY, candidacy)
    )


def _plan(db: Session, actor: Actor, thing: str) -> bool:
    """Let coordinators hear that an oral was booked or changed, or that a room opened or closed."""
    return not thing and may(db, actor, Permission.SEE_PLAN)


def _proctoring(db: Session, actor: Actor, thing: str) -> bool:
    """Let coordinators hear of every watch, and a candidate of their own."""
    if thing == "all":
        return actor.role is Role.COORDINATOR
    number = _number(thing)
    session = db.get(ProctorSession, number) if number is not None else None
    return session is not None and may(db, actor, Permission.SEE_PROCTORING, session)


def _bank(db: Session, actor: Actor, thing: str) -> bool:
    """Let coordinators hear how far the simulation of a bank's release is."""
    number = _number(thing)
    return (
        number is not None
        and may(db, actor, Permission.MANAGE_BANKS)
        and db.get(Bank, number) is not None
    )


def _raters(db: Session, actor: Actor, thing: str) -> bool:
    """Let coordinators hear how far a study of raters is."""
    return not thing and may(db, actor, Permission.SEE_RATERS)


Watcher = Callable[[Session, Actor, str], bool]
TOPICS: Final[dict[str, Watcher]] = {
    "interview": _interview,
    "evaluator": _evaluator,
    "candidacy": _candidacy,
    "plan": _plan,
    "proctoring": _proctoring,
    "bank": _bank,
    "raters": _raters,
}
"""Who may watch `kind:<id>`, or `kind` alone, by its kind; nobody may watch another kind."""
