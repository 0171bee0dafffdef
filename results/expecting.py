"""When the results of an oral are expected, as its candidate is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment.models import Certification
from rooms.models import Interview
from rubrics.models import Assignment, AssignmentReason, RaterRole
from scheduling.models import Appointment


def due(certification: Certification, ends_at: datetime, asked: Iterable[datetime]) -> datetime:
    """Return the moment whose day is the last on which results are expected.

    It counts from the end of the oral, or from when somebody was last `asked` to mark it as well.
    """
    return certification.results_by(max([ends_at, *asked]))


def of(db: Session, appointment: Appointment) -> datetime:
    """Return when the results of the oral at `appointment` are expected."""
    asked = db.scalars(
        select(Assignment.assigned_at)
        .join(Interview, Interview.performance_id == Assignment.performance_id)
        .where(
            Interview.appointment_id == appointment.id,
            Assignment.role != RaterRole.FIRST,
            Assignment.reason != AssignmentReason.CALIBRATION,
            Assignment.withdrawn_at.is_(None),
        )
    )
    return due(appointment.candidacy.certification, appointment.ends_at, asked)
