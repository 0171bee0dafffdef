"""The written tests of a candidacy as a coordinator sees them: level, skills, replay, watch."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from evaluator_app.words import _l
from evaluator_app.words.vocabulary import SKILLS, Words
from proctor import queries as watches
from proctor.models import ProctorSession
from written_test import replaying
from written_test.models import EndReason, StepState, WrittenTest, WrittenTestState

STATES: Words = {
    WrittenTestState.RUNNING: _l("En cours"),
    WrittenTestState.LEFT: _l("Quitté, à reprendre"),
    WrittenTestState.ENDED: _l("Terminé"),
    WrittenTestState.VOID: _l("Annulé"),
}
TONES = {
    WrittenTestState.RUNNING: "active",
    WrittenTestState.LEFT: "wait",
    WrittenTestState.ENDED: "good",
    WrittenTestState.VOID: "person",
}
REASONS: Words = {
    EndReason.CONFIDENT: _l("niveau assez sûr"),
    EndReason.LONGEST: _l("nombre de questions atteint"),
    EndReason.TIME: _l("temps écoulé"),
    EndReason.EXHAUSTED: _l("plus de question dans la banque"),
    EndReason.WINDOW: _l("période d'accès terminée"),
}


@dataclass(frozen=True)
class TestShown:
    """One test with what is said of it."""

    test: WrittenTest
    word: str
    tone: str
    why_ended: str
    asked: int
    answered: int
    tried: int  # on trial: they count for nothing
    skills: list[tuple[str, str, float, int]]  # name, level, standard error, answers
    faithful: bool | None  # None: not ended
    watches: list[ProctorSession]


def of(db: Session, candidacy_id: int) -> list[TestShown]:
    """Return the tests of a candidacy, the last first."""
    tests = db.scalars(
        select(WrittenTest)
        .where(WrittenTest.candidacy_id == candidacy_id)
        .order_by(WrittenTest.number.desc())
        .options(selectinload(WrittenTest.steps))
    ).all()
    sessions = watches.of_candidacy(db, candidacy_id) if tests else []
    return [_sat(db, test, sessions) for test in tests]


def _sat(db: Session, test: WrittenTest, sessions: list[ProctorSession]) -> TestShown:
    over = test.ended_at is not None
    end = test.ended_at
    return TestShown(
        test=test,
        word=str(STATES[test.state]),
        tone=TONES[test.state],
        why_ended=str(REASONS[test.end_reason]) if test.end_reason else "",
        asked=len(test.steps),
        answered=sum(step.state is StepState.ANSWERED for step in test.steps),
        tried=sum(step.pilot for step in test.steps),
        skills=[
            (
                str(SKILLS.get(name, name)),
                measured["level"],
                measured["standard_error"],
                measured["answers"],
            )
            for name, measured in test.skills.items()
        ],
        faithful=replaying.replay(db, test).is_faithful if over else None,
        watches=[
            session
            for session in sessions
            if session.opened_at >= test.started_at and (end is None or session.opened_at <= end)
        ],
    )
