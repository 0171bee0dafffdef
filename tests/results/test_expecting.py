"""By when results are expected: from the oral's end, later where somebody else marks it too."""

from __future__ import annotations

from datetime import timedelta

from kernel import clock
from results import expecting
from rubrics import assignments
from rubrics.models import AssignmentReason, RaterRole

DAY = timedelta(days=1)


def test_results_are_expected_so_many_days_after_the_oral(db, make):
    appointment = make.appointment(starts_at=clock.now() - 3 * DAY)
    appointment.candidacy.certification.results_days = 7
    assert expecting.of(db, appointment) == appointment.ends_at + 7 * DAY


def test_whoever_is_asked_to_mark_as_well_has_as_many_days(db, make):
    interview = make.interview(make.appointment(starts_at=clock.now() - 3 * DAY))
    appointment, performance = interview.appointment, interview.performance
    coordinator, second = make.coordinator().actor, make.evaluator()
    asked = assignments.assign(
        db, coordinator, performance, second, RaterRole.SECOND, AssignmentReason.COORDINATOR
    )
    db.flush()
    assert expecting.of(db, appointment) == asked.assigned_at + 10 * DAY
    assignments.withdraw(db, coordinator, asked, "demandé par erreur")
    db.flush()
    assert expecting.of(db, appointment) == appointment.ends_at + 10 * DAY
