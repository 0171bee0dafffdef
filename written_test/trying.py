"""The mini demo test: answered as often as wanted, never kept; that it was gone through is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from enrolment import gates
from enrolment.models import Candidacy, GateKind
from kernel import audit, live
from kernel.errors import NotThere
from kernel.permissions import Actor, Permission, check
from written_test.grading import grade
from written_test.kinds import (
    Body,
    GapChoice,
    GapFree,
    Matching,
    Multiple,
    Option,
    Ordering,
    Reading,
    Single,
    read_answer,
)
from written_test.library import DemoQuestion, demo_questions


@dataclass(frozen=True, slots=True)
class Tried:
    """Whether an answer was right, and the right one in words, a line a thing that was asked."""

    right: bool
    answer: tuple[str, ...]


def question(number: int) -> DemoQuestion:
    """Return a question of the demo test, from 1. Raise NotThere when there is no such one."""
    known = demo_questions()
    if not 1 <= number <= len(known):
        raise NotThere
    return known[number - 1]


def check_answer(asked: DemoQuestion, given: object) -> Tried:
    """Say at once whether an answer is right. Raise Invalid when it cannot be one."""
    return Tried(all(grade(asked.body, read_answer(asked.body, given))), right_answer(asked.body))


def right_answer(body: Body) -> tuple[str, ...]:  # noqa: PLR0911 -- one line per kind
    """Return the right answer in words; only ever shown of the demo test."""
    match body:
        case Single():
            return tuple(_texts(body.options, {body.right}))
        case Multiple():
            return tuple(_texts(body.options, body.right))
        case GapChoice():
            return tuple(text for gap in body.gaps for text in _texts(gap.options, {gap.right}))
        case GapFree():
            return tuple(gap.accepted[0] for gap in body.gaps)
        case Ordering():
            return tuple(one.text for one in body.elements)
        case Matching():
            words = {one.key: one.text for one in body.right}
            return tuple(f"{one.text} → {words[body.pairs[one.key]]}" for one in body.left)
        case Reading():
            return tuple(text for one in body.questions for text in _texts(one.options, one.right))


def _texts(options: Any, keys: Any) -> list[str]:
    return [one.text for one in options if isinstance(one, Option) and one.key in keys]


def finish(db: Session, actor: Actor, candidacy: Candidacy) -> None:
    """Keep that the candidate went through the demo test; again changes nothing.

    Raises:
        Forbidden: not this candidacy's candidate.
    """
    check(db, actor, Permission.SIT_WRITTEN_TEST, candidacy)
    if gates.is_open(db, candidacy, GateKind.DEMO_TEST):
        return
    gates.put(db, candidacy, GateKind.DEMO_TEST, is_open=True)
    audit.record(db, actor, "demo_test.finish", candidacy, candidacy_id=candidacy.id)
    live.publish(db, f"candidacy:{candidacy.id}")
