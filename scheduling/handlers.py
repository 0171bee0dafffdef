"""What the oral's place in time does because another noun decided."""

from __future__ import annotations

from sqlalchemy.orm import Session

from enrolment.events import CandidacyWithdrawn
from enrolment.models import Stage
from kernel import events
from scheduling import appointments, occupancy


@events.on(CandidacyWithdrawn)
def give_time_back(db: Session, event: CandidacyWithdrawn) -> None:
    """Cancel the planned oral of whoever withdraws, and let go of the hour they looked at."""
    occupancy.let_go(db, event.candidacy)
    planned = appointments.current(db, event.candidacy)
    if planned is not None and event.candidacy.stage is Stage.BOOKED:
        appointments.give_up(db, event.actor, event.settings, planned, event.reason)
