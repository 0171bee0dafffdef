"""The candidate's personal link: until when it opens, and how it is replaced by another."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.errors import N_, Refused
from kernel.permissions import Actor, Permission, check
from people import letters, sessions
from scheduling import announcing
from scheduling.models import Appointment, AppointmentState

LIVES = timedelta(days=30)
"""Whatever happens, the link of an oral ends so long after its hour."""


def opens_until(appointment: Appointment) -> datetime:
    """Return when the link ends if the oral does not end it before."""
    return appointment.ends_at + LIVES


def reach(appointment: Appointment) -> str:
    """Return what a session that the link opened reaches: this oral alone."""
    return f"appointment:{appointment.id}"


def send(db: Session, appointment: Appointment, dedupe: str) -> None:
    """Send the link to the candidate's own address; once for a `dedupe` key."""
    user = appointment.candidacy.candidate.user
    letters.to(db, user, "candidate_send_link", opens=announcing.opens(appointment), dedupe=dedupe)


def renew(db: Session, actor: Actor, appointment: Appointment) -> None:
    """End the link and whatever it opened, and send another to the candidate.

    Raises:
        Forbidden: the actor may not place this oral.
        Refused: it does not take place, or is over.
    """
    check(db, actor, Permission.PLACE_APPOINTMENT, appointment.candidacy)
    if appointment.state is not AppointmentState.PLANNED or clock.now() > opens_until(appointment):
        raise Refused(N_("Cet oral n'a plus de lien personnel."))
    appointment.link_number += 1
    sessions.revoke_reach(db, actor, reach(appointment))
    audit.record(
        db,
        actor,
        "personal_link.renew",
        appointment,
        candidacy_id=appointment.candidacy_id,
    )
    send(db, appointment, f"link_renewed:{appointment.id}:{appointment.link_number}")
