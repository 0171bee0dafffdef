"""Replaying a stored test: the same questions, the same estimates, step by step."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from written_test import steps
from written_test.engine.adaptive import Course
from written_test.models import StepState, WrittenTest


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay came to, and how it differs from what was stored.

    `drift`: largest difference of an ability or a standard error. `other_choices`: places at which
    another item would be chosen today: none, as long as seed, release and steps are whole.
    """

    theta: float
    standard_error: float
    drift: float
    other_choices: tuple[int, ...]

    @property
    def is_faithful(self) -> bool:
        """Tell whether the replay gave what was stored, to 1e-9."""
        return self.drift <= 1e-9 and not self.other_choices


def replay(db: Session, test: WrittenTest) -> Replay:
    """Replay a test from its seed, release, rules and answers."""
    course: Course = steps.begun(db, test)
    drift, others = 0.0, []
    for step in steps.steps_of(db, test):
        choice = course.next()
        if choice is None or choice.id != step.item_id:
            others.append(step.place)
        if step.state is StepState.OPEN:
            break
        if step.right is None:
            course.skip(step.item_id)
        else:
            course.record(step.item_id, step.right)
        known = course.posterior
        if step.theta is not None and step.standard_error is not None:
            drift = max(
                drift,
                abs(known.theta - step.theta),
                abs(known.standard_error - step.standard_error),
            )
    known = course.posterior
    if test.theta is not None:
        drift = max(drift, abs(known.theta - test.theta))
    return Replay(known.theta, known.standard_error, drift, tuple(others))
