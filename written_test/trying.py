"""The mini demo test: answered as often as wanted, never kept; that it was gone through is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from enrolment import gates
from enrolment.models import Candidacy, GateKind
from kernel import audit, live
from kernel.errors import NotThere
from kernel.permissions import Actor, Permission, check
from people.languages import Language
from written_test.questions.answers import read_answer
from written_test.questions.grading import grade
from written_test.questions.kinds import Body, GapFree, Matching
from written_test.questions.library import DemoQuestion, demo_questions
from written_test.questions.solving import solution


@dataclass(frozen=True, slots=True)
class TrialAnswer:
    """Whether an answer was right, and the right one in words, a line a thing that was asked."""

    right: bool
    answer: tuple[str, ...]


def question(language: Language, number: int) -> DemoQuestion:
    """Return a question of the demo test, from 1. Raise NotThere when there is no such one."""
    known = demo_questions(language)
    if not 1 <= number <= len(known):
        raise NotThere
    return known[number - 1]


def check_answer(asked: DemoQuestion, given: object) -> TrialAnswer:
    """Say at once whether an answer is right. Raise Invalid when it cannot be one."""
    return TrialAnswer(all(grade(asked.body, read_answer(asked.body, given))), _words(asked.body))


def _words(body: Body) -> tuple[str, ...]:
    """Return the right answer as lines; of a free gap, the first of those that are accepted."""
    lines = []
    for line in solution(body):
        right = line.right[:1] if isinstance(body, GapFree) else line.right
        words = " · ".join(right)
        lines.append(f"{line.asked} → {words}" if isinstance(body, Matching) else words)
    return tuple(lines)


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
