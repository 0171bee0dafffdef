"""The end of a test: its level, its skills, and the result that the rest of the exam reads."""

from __future__ import annotations

from sqlalchemy.orm import Session

from enrolment.events import WrittenTestEnded
from kernel import audit, clock, events, live
from kernel.permissions import SYSTEM, Actor
from written_test import recording
from written_test.engine import skills
from written_test.engine.adaptive import Course
from written_test.models import EndReason, WrittenTest, WrittenTestState


def end(db: Session, actor: Actor, test: WrittenTest, course: Course, reason: EndReason) -> None:
    """End a test; its most probable level becomes the candidacy's written level.

    A test cut short by the access window, with fewer answers than a test needs, gives none.
    """
    chances = course.levels()
    place = int(chances.argmax())
    test.state, test.end_reason, test.ended_at = WrittenTestState.ENDED, reason, clock.now()
    test.theta = course.posterior.theta
    test.standard_error = course.posterior.standard_error
    test.page = ""
    audit.record(
        db,
        actor,
        "written_test.end",
        test,
        candidacy_id=test.candidacy_id,
        reason=str(reason),
        scored=course.scored,
    )
    if course.scored >= course.rules.shortest or reason is not EndReason.WINDOW:
        test.level = skills.level_at(place, len(course.rules.cuts))
        test.probability = float(chances[place])
        test.skills = {
            skill: measured.as_json() for skill, measured in skills.by_skill(course).items()
        }
        recording.record_test(db, test)
    events.tell(db, WrittenTestEnded(test.candidacy))
    live.publish(db, f"candidacy:{test.candidacy_id}")


def close_abandoned(db: Session, test: WrittenTest, course: Course) -> None:
    """End a test whose access window has closed, with what was answered."""
    end(db, SYSTEM, test, course, EndReason.WINDOW)
