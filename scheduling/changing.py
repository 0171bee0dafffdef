"""Changes that are not the candidate's own choice: force majeure, another evaluator."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment import window
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor, Permission, check
from kernel.settings import Settings
from people.models import User
from scheduling import announcing, appointments, availability, occupancy
from scheduling.models import Appointment, ChangeKind

NOBODY = N_(
    "Aucun collègue n'est libre à cette heure : demandez au candidat d'en choisir une autre."
)


def force_majeure(
    db: Session,
    actor: Actor,
    settings: Settings,
    appointment: Appointment,
    reason: str,
    document_key: str = "",
) -> None:
    """Let an organisation free its candidate from an appointment, however late.

    The candidate books anew, and has time for it.

    Raises:
        Forbidden: neither the organisation nor a coordinator.
        Invalid: no reason.
        Refused: it was held, or does not stand any more.
    """
    candidacy = appointment.candidacy
    check(db, actor, Permission.CHANGE_LATE, candidacy)
    appointments.stands(db, appointment)
    appointments.give_up(
        db,
        actor,
        settings,
        appointment,
        reason,
        kind=ChangeKind.FORCE_MAJEURE,
        document_key=document_key,
    )
    window.leave_time(db, actor, candidacy)


def colleagues(db: Session, appointment: Appointment) -> list[User]:
    """Return who could take an appointment over at its hour, the least loaded first."""
    taken = occupancy.of_appointment(db, appointment)
    numbers = availability.at_hour(db, appointment.candidacy, appointment.starts_at, taken)
    people = db.scalars(
        select(User).where(User.id.in_(numbers), User.id != appointment.evaluator_id)
    )
    return sorted(people, key=lambda person: numbers.index(person.id))


def hand_over(
    db: Session,
    actor: Actor,
    settings: Settings,
    appointment: Appointment,
    reason: str,
    to: User | None = None,
) -> User:
    """Let a colleague examine at the same hour: `to`, or the least loaded; return who.

    Raises:
        Forbidden: neither its evaluator nor a coordinator.
        Invalid: no reason.
        Refused: nobody (or not this one) is free, or the appointment does not stand any more.
    """
    check(db, actor, Permission.HAND_OVER, appointment)
    appointments.stands(db, appointment)
    if not reason.strip():
        raise Invalid(N_("Dites pourquoi vous ne pouvez pas."), "reason")
    taken = occupancy.of_appointment(db, appointment)
    if taken is None:
        raise Refused(NOBODY)
    for colleague in colleagues(db, appointment):
        if to is not None and colleague.id != to.id:
            continue
        try:
            occupancy.shift(db, taken, colleague.id, appointment.starts_at, appointment.ends_at)
        except occupancy.Taken:
            continue
        _, was_with = appointments.change(
            db,
            actor,
            appointment,
            ChangeKind.HANDED_OVER,
            appointment.starts_at,
            colleague,
            reason,
        )
        announcing.handed_over(db, settings, appointment, was_with)
        return colleague
    raise Refused(NOBODY)


def send_back(
    db: Session, actor: Actor, settings: Settings, appointment: Appointment, reason: str
) -> None:
    """Ask the candidate for another hour, since the evaluator cannot come: free, and at once.

    Raises:
        Forbidden: neither its evaluator nor a coordinator.
        Invalid: no reason.
        Refused: it does not stand any more.
    """
    check(db, actor, Permission.HAND_OVER, appointment)
    appointments.stands(db, appointment)
    appointments.give_up(db, actor, settings, appointment, reason)
    window.hold_open(db, actor, appointment.candidacy)
