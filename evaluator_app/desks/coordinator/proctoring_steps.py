"""The questions of a test beside the watch over it: the roof alone knows both."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evaluator_app.desks.coordinator.proctoring_drawing import QuestionShown
from proctor.models import ProctorSession
from written_test.models import Step, StepState, WrittenTest, WrittenTestState


def questions(test: WrittenTest | None, session: ProctorSession) -> list[QuestionShown]:
    """Return the questions shown during a watch."""
    if test is None:
        return []
    return [
        QuestionShown(
            number=step.place + 1,
            start=step.shown_at,
            end=step.closed_at,
            state=str(step.state),
            right=None if step.right is None else all(step.right),
            seconds=step.spent_s,
            skill=str(step.item.skill),
            flags=tuple(step.flags),
            pilot=step.pilot,
        )
        for step in test.steps
        if (step.closed_at is None or step.closed_at >= session.opened_at)
        and (session.closed_at is None or step.shown_at <= session.closed_at)
    ]


def numbers(db: Session, sessions: Sequence[ProctorSession]) -> dict[int, int]:
    """Return at which question each candidacy stands whose test runs."""
    ids = [session.candidacy_id for session in sessions]
    rows = db.execute(
        select(WrittenTest.candidacy_id, func.count(Step.id))
        .join(Step, Step.test_id == WrittenTest.id)
        .where(
            WrittenTest.candidacy_id.in_(ids),
            WrittenTest.state == WrittenTestState.RUNNING,
            Step.state != StepState.SWAPPED,
        )
        .group_by(WrittenTest.candidacy_id)
    )
    return {row.candidacy_id: row[1] for row in rows}
