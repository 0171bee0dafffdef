"""Who may hold the oral of a candidacy: the rule is `people.mandates`, the meetings are ours."""

from __future__ import annotations

from sqlalchemy import select

from enrolment.models import Candidacy, Candidate
from enrolment.stakes import case_of
from people.mandates import Mandate, may_examine
from scheduling.models import Appointment, AppointmentState


def mandate_of(candidacy: Candidacy) -> Mandate:
    """Return the mandate to hold the oral of a candidacy: with nobody who examined the person."""
    met = (
        select(Appointment.evaluator_id)
        .join(Appointment.candidacy)
        .join(Candidacy.candidate)
        .where(
            Candidate.user_id == candidacy.candidate.user_id,
            Appointment.state == AppointmentState.HELD,
        )
    )
    return may_examine(case_of(candidacy, met))
