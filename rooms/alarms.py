"""A recording that fails: each coordinator is told once what is kept, and what to do next."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy.orm import Session

from kernel import exam_zone, links
from kernel.settings import Settings
from people.alarms import tell_coordinators
from rooms.models import Interview, Recording


class Failure(StrEnum):
    """What a recording failed at."""

    INTERRUPTED = "interrupted"  # the oral runs, and nothing of it is kept for now
    UNPLAYABLE = "unplayable"  # the oral is over; the files to play could not be made yet
    LATE = "late"  # the oral is over, and they are still not ready after ten minutes
    MISSING = "missing"  # they were made, and the storage does not have them


def recording_failed(
    db: Session, settings: Settings, interview: Interview, recording: Recording, failure: Failure
) -> None:
    """Write to the coordinators that `recording` failed; the first failure alone is told."""
    appointment = interview.appointment
    tell_coordinators(
        db,
        "recording_failed",
        {
            "candidate": appointment.candidacy.candidate.name,
            "evaluator": appointment.evaluator.name,
            "starts_at": appointment.starts_at.isoformat(),
            "zone": exam_zone.name(),
            "failure": str(failure),
            "link": links.address(
                settings, "coordinator_candidacy", candidacy_id=appointment.candidacy_id
            ),
        },
        once=str(recording.id),
    )
