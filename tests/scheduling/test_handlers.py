"""What the oral's place in time does because another noun decided."""

from __future__ import annotations

from datetime import timedelta

from enrolment import enrolling
from enrolment.models import Stage
from kernel import clock
from scheduling import occupancy
from scheduling.models import AppointmentState


def test_withdrawing_cancels_the_planned_oral_whoever_calls(db, make, settings):
    candidacy, evaluator = make.candidacy(), make.evaluator()
    at = clock.now() + timedelta(days=2)
    appointment = make.appointment(candidacy, evaluator, at)
    assert occupancy.of_appointment(db, appointment) is not None
    manager = make.manager(candidacy.organisation)
    enrolling.withdraw(db, manager.actor, settings, candidacy, "ill")
    assert candidacy.stage is Stage.WITHDRAWN
    assert (appointment.state, appointment.reason) == (AppointmentState.CANCELLED, "ill")
    assert occupancy.of_appointment(db, appointment) is None
