"""What the oral does because another noun decided."""

from __future__ import annotations

from sqlalchemy.orm import Session

from enrolment.events import CertificationOffered, LanguageChanging
from kernel import events
from rooms import contents, interview, queries
from rubrics import assignments
from scheduling.events import OralChanged, OralPlanned


@events.on(CertificationOffered)
def require_contents(db: Session, event: CertificationOffered) -> None:
    """Refuse a certification in whose language no oral can be held."""
    contents.may_offer(db, event.certification.language)


@events.on(LanguageChanging)
def leave_contents(db: Session, event: LanguageChanging) -> None:
    """Refuse another language in which no oral can be held; leave the set chosen in the former."""
    contents.may_offer(db, event.language)
    event.certification.content_set = ""


@events.on(OralPlanned)
def make_interview(db: Session, event: OralPlanned) -> None:
    """Make the interview with its appointment: its evaluator sees it from that moment on."""
    interview.create_for(db, event.actor, event.appointment)


@events.on(OralChanged)
def let_mark(db: Session, event: OralChanged) -> None:
    """Let whoever now conducts the interview mark it, and nobody else."""
    appointment = event.appointment
    conducted = queries.of_appointment(db, appointment.id)
    if conducted is not None:
        assignments.conduct(db, event.actor, conducted.performance, appointment.evaluator_id)
