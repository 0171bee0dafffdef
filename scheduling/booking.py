"""A candidate books: a slot held while they confirm, confirmed, moved, given up in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from enrolment import gates, journey
from enrolment.models import BEFORE_ORAL, Candidacy, GateKind
from kernel import clock
from kernel.errors import N_, Refused
from kernel.permissions import Actor, Permission, check
from kernel.settings import Settings
from people.models import User
from scheduling import announcing, appointments, availability, occupancy
from scheduling.mandates import mandate_of
from scheduling.models import Appointment, ChangeKind, Occupancy

HOLD_MINUTES: Final = 10
AROUND: Final = timedelta(days=7)
"""How far from a slot that is gone the nearest others are looked for."""

GONE = N_("Ce créneau vient d'être pris. Rien n'est perdu : en voici de proches.")
TOO_LATE = N_(
    "Il est trop tard pour changer ce rendez-vous vous-même. En cas de force majeure, "
    "demandez à votre organisme de formation."
)


class SlotGone(Refused):
    """Somebody else has the slot, or nobody offers it; `nearest` are free now, in order."""

    def __init__(self, nearest: list[datetime]) -> None:
        """Say so, with what is free nearby."""
        super().__init__(GONE)
        self.nearest = nearest


def may_choose(db: Session, candidacy: Candidacy) -> str | None:
    """Return why the candidate cannot choose an hour now, in a sentence; None: they can."""
    if candidacy.stage not in BEFORE_ORAL:
        return N_("Cette candidature n'attend pas de rendez-vous.")
    if not gates.is_open(db, candidacy, GateKind.WRITTEN_RESULT):
        return N_("L'oral se réserve une fois le test écrit passé.")
    appointment = appointments.current(db, candidacy)
    if appointment is not None and not may_change(appointment):
        return TOO_LATE
    return None


def may_change(appointment: Appointment) -> bool:
    """Tell whether the candidate may still move or cancel an appointment by themselves."""
    return clock.now() <= appointment.change_until


def reserve(db: Session, actor: Actor, candidacy: Candidacy, starts_at: datetime) -> Occupancy:
    """Keep a free slot for a few minutes, with the least loaded who is free; the last one lets go.

    Raises:
        Forbidden: not the candidate.
        Refused: nothing to book now.
        SlotGone: nobody is free then (any more).
    """
    _choosing(db, actor, candidacy)
    return _kept_or_anew(db, candidacy, starts_at)


def _kept_or_anew(db: Session, candidacy: Candidacy, starts_at: datetime) -> Occupancy:
    """Return what is held at that hour, or hold it now.

    What is held stays so for as long as it was (asking again and again keeps nobody else from
    it), unless its evaluator has lost the mandate since.
    """
    kept = occupancy.reserved(db, candidacy)
    at_that_hour = kept is not None and kept.start_s == occupancy.seconds(starts_at)
    if kept and at_that_hour and mandate_of(candidacy).allows(db, kept.evaluator_id, starts_at):
        return kept
    occupancy.let_go(db, candidacy)
    return _hold(db, candidacy, starts_at)


def _hold(db: Session, candidacy: Candidacy, starts_at: datetime) -> Occupancy:
    until = clock.now() + timedelta(minutes=HOLD_MINUTES)
    lasts = availability.length(candidacy)
    offer = availability.offer(db, candidacy, starts_at - AROUND, starts_at + AROUND)
    for evaluator in offer.free_at(starts_at):
        try:
            return occupancy.take(
                db, candidacy, evaluator, starts_at, starts_at + lasts, until=until
            )
        except occupancy.Taken:
            continue
    others = availability.offer(db, candidacy, starts_at - AROUND, starts_at + AROUND)
    raise SlotGone(others.nearest(starts_at))


def confirm(
    db: Session, actor: Actor, settings: Settings, candidacy: Candidacy, starts_at: datetime
) -> Appointment:
    """Make the slot that is held the appointment; one that is there already moves.

    A hold that ran out, or whose evaluator may not examine any more, is taken again if somebody is
    free then. Asked twice, it is done once.

    Raises:
        Forbidden: not the candidate.
        Refused: nothing to book now.
        SlotGone: the hold ran out, and somebody else has the slot.
    """
    check(db, actor, Permission.BOOK_ORAL, candidacy)
    journey.lock(db, candidacy)
    standing = appointments.current(db, candidacy)
    if standing is not None and standing.starts_at == starts_at:
        return standing
    _choosing(db, actor, candidacy)
    kept = _kept_or_anew(db, candidacy, starts_at)
    if standing is None:
        return appointments.make(
            db, actor, settings, candidacy, kept, availability.length(candidacy)
        )
    _take_the_place(db, standing, kept)
    evaluator = db.get_one(User, kept.evaluator_id)
    was = appointments.change(db, actor, standing, ChangeKind.MOVED, starts_at, evaluator, "")
    announcing.moved(db, settings, standing, *was)
    return standing


def _take_the_place(db: Session, appointment: Appointment, kept: Occupancy) -> None:
    """Let what is held become the appointment's, and what it had before be free."""
    occupancy.release(db, appointment)
    kept.appointment_id, kept.expires_at = appointment.id, None
    db.flush()


def let_go(db: Session, actor: Actor, candidacy: Candidacy) -> None:
    """Give back what is held: the candidate looks for something else.

    Raises:
        Forbidden: not the candidate.
    """
    check(db, actor, Permission.BOOK_ORAL, candidacy)
    journey.lock(db, candidacy)
    occupancy.let_go(db, candidacy)


def cancel(
    db: Session, actor: Actor, settings: Settings, appointment: Appointment, reason: str
) -> None:
    """Let the candidate give their appointment up, in time.

    Raises:
        Forbidden: not the candidate.
        Invalid: no reason.
        Refused: too late, or it does not stand any more.
    """
    check(db, actor, Permission.BOOK_ORAL, appointment.candidacy)
    appointments.stands(db, appointment)
    if not may_change(appointment):
        raise Refused(TOO_LATE)
    appointments.give_up(db, actor, settings, appointment, reason)


def _choosing(db: Session, actor: Actor, candidacy: Candidacy) -> None:
    check(db, actor, Permission.BOOK_ORAL, candidacy)
    journey.lock(db, candidacy)
    why = may_choose(db, candidacy)
    if why is not None:
        raise Refused(why)
