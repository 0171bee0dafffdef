"""What the oral does because another noun decided."""

from __future__ import annotations

from sqlalchemy.orm import Session

from enrolment.events import CertificationOffered
from kernel import events
from rooms import contents, interview
from scheduling.events import OralPlanned


@events.on(CertificationOffered)
def require_contents(_db: Session, event: CertificationOffered) -> None:
    """Refuse a certification in whose language no oral can be held."""
    contents.may_offer(event.certification.language)


@events.on(OralPlanned)
def make_interview(db: Session, event: OralPlanned) -> None:
    """Make the interview with its appointment: its evaluator sees it from that moment on."""
    interview.create_for(db, event.actor, event.appointment)
