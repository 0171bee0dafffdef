"""Whoever conducts the oral marks it: from its making, and after it was handed over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kernel import clock
from kernel.errors import Forbidden
from kernel.permissions import SYSTEM, Permission, may
from rooms import interview as orals
from rubrics import assignments, marking
from rubrics.models import AssignmentReason, RaterRole
from scheduling import changing, placing


@pytest.fixture
def oral(db, make):
    """An oral in two days, its evaluator and a colleague who is there all day."""
    first, colleague = (make.hours(make.evaluator()) for _ in range(2))
    at = (clock.now() + timedelta(days=2)).replace(hour=10, minute=0)
    appointment = make.appointment(evaluator=first, starts_at=at)
    return orals.create_for(db, SYSTEM, appointment), first, colleague


def rater_of(db, interview) -> int:
    return assignments.in_role(db, interview.performance_id, RaterRole.FIRST).rater_id


def test_an_interview_is_made_with_the_assignment_of_its_evaluator(db, oral):
    interview, evaluator, _colleague = oral
    [row] = interview.performance.assignments
    assert (row.rater_id, row.role, row.reason) == (
        evaluator.id,
        RaterRole.FIRST,
        AssignmentReason.CONDUCTS,
    )


def test_an_oral_handed_over_is_marked_by_whoever_took_it(db, oral, settings):
    interview, first, colleague = oral
    sheet = marking.open_sheet(db, first.actor, interview.performance)
    db.flush()
    changing.hand_over(db, first.actor, settings, interview.appointment, "flu")
    assert rater_of(db, interview) == colleague.id
    assert marking.open_sheet(db, colleague.actor, interview.performance).marks == []
    with pytest.raises(Forbidden):
        marking.open_sheet(db, first.actor, interview.performance)
    assert not may(db, first.actor, Permission.MARK, sheet)
    assert not may(db, first.actor, Permission.SEE_RECORDING, interview)


def test_an_oral_moved_to_a_colleague_too_and_in_time_alone_not(db, make, oral, settings):
    interview, first, colleague = oral
    planned, coordinator = interview.appointment, make.coordinator().actor
    later = planned.starts_at + timedelta(hours=2)
    placing.move(db, coordinator, settings, planned, first, later, "a later train")
    assert rater_of(db, interview) == first.id
    placing.move(db, coordinator, settings, planned, colleague, later, "flu")
    assert rater_of(db, interview) == colleague.id
    assert [row.stands for row in interview.performance.assignments] == [False, True]


def test_a_second_rater_has_the_recording_by_their_assignment_alone(db, make, oral):
    interview, _first, rater = oral
    coordinator = make.coordinator().actor
    row = assignments.assign(
        db, coordinator, interview.performance, rater, RaterRole.SECOND, AssignmentReason.SAMPLE
    )
    assert may(db, rater.actor, Permission.RATE_RECORDING, row)
    assert not may(db, rater.actor, Permission.SEE_RECORDING, interview)
    assignments.withdraw(db, coordinator, row, "a mistake")
    assert not may(db, rater.actor, Permission.RATE_RECORDING, row)
