"""What the oral does because another noun decided."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kernel import events
from rooms import interview
from scheduling.events import OralPlanned


@events.on(OralPlanned)
def make_interview(db: Session, event: OralPlanned) -> None:
    """Make the interview with its appointment: its evaluator sees it from that moment on."""
    interview.create_for(db, event.actor, event.appointment)
