"""Place, move and cancel an appointment by hand: what a coordinator may always do."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from enrolment import journey
from enrolment.models import Candidacy
from kernel import clock
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor, Permission, check
from kernel.settings import Settings
from people.models import User
from scheduling import announcing, appointments, occupancy
from scheduling.availability import length
from scheduling.mandates import mandate_of
from scheduling.models import Appointment, ChangeKind

TAKEN = N_("L'évaluateur ou le candidat a déjà un entretien à cette heure.")


def place(
    db: Session,
    actor: Actor,
    settings: Settings,
    candidacy: Candidacy,
    evaluator: User,
    starts_at: datetime,
) -> Appointment:
    """Place the oral of `candidacy` with `evaluator`; both are told by mail.

    Raises:
        Invalid: past hour, outside the access window, an evaluator without a mandate.
        Refused: the evaluator or the candidate is taken then, or an oral is already placed.
    """
    check(db, actor, Permission.PLACE_APPOINTMENT, candidacy)
    journey.lock(db, candidacy)
    _check_time(candidacy, starts_at)
    mandate_of(candidacy).check(db, evaluator.id, starts_at)
    if appointments.current(db, candidacy) is not None:
        raise Refused(N_("Un rendez-vous est déjà pris pour cette candidature : déplacez-le."))
    lasts = length(candidacy)
    occupancy.let_go(db, candidacy)
    try:
        taken = occupancy.take(db, candidacy, evaluator.id, starts_at, starts_at + lasts)
    except occupancy.Taken as error:
        raise Refused(TAKEN) from error
    return appointments.make(db, actor, settings, candidacy, taken, lasts)


def move(
    db: Session,
    actor: Actor,
    settings: Settings,
    appointment: Appointment,
    evaluator: User,
    starts_at: datetime,
    reason: str,
) -> None:
    """Move an appointment in time or to another evaluator; the personal link stays the same.

    Raises:
        Invalid: as `place`, or no reason.
        Refused: it was held or cancelled, or somebody is taken then.
    """
    candidacy = appointment.candidacy
    check(db, actor, Permission.PLACE_APPOINTMENT, candidacy)
    appointments.stands(db, appointment)
    if not reason.strip():
        raise Invalid(N_("Dites pourquoi le rendez-vous est déplacé."), "reason")
    _check_time(candidacy, starts_at)
    mandate_of(candidacy).check(db, evaluator.id, starts_at)
    taken = occupancy.of_appointment(db, appointment)
    if taken is None:
        raise Refused(N_("Ce rendez-vous a eu lieu ou a été annulé : il ne se déplace plus."))
    lasts = appointment.ends_at - appointment.starts_at
    try:
        occupancy.shift(db, taken, evaluator.id, starts_at, starts_at + lasts)
    except occupancy.Taken as error:
        raise Refused(TAKEN) from error
    was = appointments.change(
        db, actor, appointment, ChangeKind.MOVED, starts_at, evaluator, reason
    )
    announcing.moved(db, settings, appointment, *was)


def cancel(
    db: Session, actor: Actor, settings: Settings, appointment: Appointment, reason: str
) -> None:
    """Cancel an appointment; the candidacy goes back to where an oral can be booked.

    Raises:
        Invalid: no reason.
        Refused: it was held, its room is open, or it is cancelled already.
    """
    check(db, actor, Permission.PLACE_APPOINTMENT, appointment.candidacy)
    appointments.give_up(db, actor, settings, appointment, reason)


def _check_time(candidacy: Candidacy, starts_at: datetime) -> None:
    if starts_at < clock.now() - timedelta(minutes=1):
        raise Invalid(N_("Cette heure est passée."), "starts_at")
    if not candidacy.window_start <= starts_at < candidacy.window_end:
        raise Invalid(
            N_("Cette heure est en dehors de la période d'accès du candidat."), "starts_at"
        )
