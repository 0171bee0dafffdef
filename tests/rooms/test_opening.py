"""A room opens for whoever may still examine."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kernel import clock
from kernel.errors import Refused
from rooms import interview as orals
from rooms.models import InterviewState


@pytest.fixture
def interview(make):
    return make.interview(make.appointment(starts_at=clock.now() + timedelta(minutes=10)))


def test_a_room_opens_for_its_evaluator(db, interview):
    orals.open_room(db, interview.appointment.evaluator.actor, interview)
    assert interview.state is InterviewState.OPEN


def test_a_tie_known_since_the_booking_keeps_the_room_shut(db, make, interview):
    appointment = interview.appointment
    make.tie(appointment.evaluator, appointment.candidacy.organisation)
    with pytest.raises(Refused, match="Votre accréditation ou vos liens ont changé"):
        orals.open_room(db, appointment.evaluator.actor, interview)
    assert interview.opened_at is None
