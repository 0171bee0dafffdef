"""Reminders of an oral: a week, a day and an hour before, once each, whatever crashes.

Each is a letter of the outbox whose key names the appointment, its hour and how long before: the
job may run again, or come late, and nobody is told twice. Late, only the nearest one leaves. What
was due before the hour was chosen is not sent, and an hour that moved is reminded of anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from enrolment import journey
from enrolment.models import Candidacy, Candidate, Stage
from kernel import clock, outbox
from kernel.db import Database
from people import letters
from scheduling import announcing
from scheduling.models import Appointment, AppointmentChange, AppointmentState

BEFORE: Final = (timedelta(hours=1), timedelta(hours=24), timedelta(days=7))
"""When reminders leave before an oral, the nearest first: whole hours, since the letter counts them
(`templates/mail/appointment_reminder`)."""

TOLD: Final = ("state", "starts_at", "ends_at", "evaluator_id")
"""What another act may have changed of an appointment until its candidacy was held."""
WITH_CANDIDACY: Final = (
    joinedload(Appointment.candidacy).options(
        joinedload(Candidacy.certification),
        joinedload(Candidacy.candidate).joinedload(Candidate.user),
    ),
)


def due(starts_at: datetime, since: datetime, now: datetime) -> int | None:
    """Return which reminder is due, in hours before the start; `since`: the hour was chosen then.

    Pure.
    """
    if now >= starts_at:
        return None
    for before in BEFORE:
        if now >= starts_at - before:
            return round(before / timedelta(hours=1)) if since <= starts_at - before else None
    return None


def remind(database: Database) -> int:
    """Queue every reminder that is due; return how many.

    A transaction for each, in which the candidacy is held: an hour given up meanwhile is not
    reminded of.
    """
    with database.session(read_only=True) as db:
        numbers = to_remind(db)
    count = 0
    for number in numbers:
        with database.transaction() as db:
            count += remind_of(db, number)
    return count


def to_remind(db: Session) -> list[int]:
    """Return the appointments with a reminder that is due and not queued yet, in two statements."""
    now = clock.now()
    moved = (
        select(func.max(AppointmentChange.at))
        .where(
            AppointmentChange.appointment_id == Appointment.id,
            AppointmentChange.now_at != AppointmentChange.was_at,
        )
        .correlate(Appointment)
        .scalar_subquery()
    )
    rows = db.execute(
        select(Appointment.id, Appointment.starts_at, func.coalesce(moved, Appointment.created_at))
        .where(
            Appointment.state == AppointmentState.PLANNED,
            Appointment.starts_at > now,
            Appointment.starts_at <= now + max(BEFORE),
        )
        .order_by(Appointment.starts_at, Appointment.id)
    )
    keys = {
        _key(number, starts_at, hours): number
        for number, starts_at, since in rows
        if (hours := due(starts_at, since, now)) is not None
    }
    known = outbox.known(db, list(keys))
    return [number for key, number in keys.items() if key not in known]


def remind_of(db: Session, number: int) -> bool:
    """Queue the reminder of one appointment, if it still stands and one is due; tell whether."""
    appointment = db.get_one(Appointment, number, options=WITH_CANDIDACY)
    journey.lock(db, appointment.candidacy)
    db.refresh(appointment, TOLD)
    if appointment.state is not AppointmentState.PLANNED:
        return False
    hours = due(appointment.starts_at, _since(db, appointment), clock.now())
    if appointment.candidacy.stage is not Stage.BOOKED or hours is None:
        return False
    _tell(db, appointment, hours)
    return True


def _since(db: Session, appointment: Appointment) -> datetime:
    """Return when the hour of an appointment was chosen."""
    moved = db.scalar(
        select(func.max(AppointmentChange.at)).where(
            AppointmentChange.appointment_id == appointment.id,
            AppointmentChange.now_at != AppointmentChange.was_at,
        )
    )
    return moved or appointment.created_at


def _key(number: int, starts_at: datetime, hours: int) -> str:
    return f"appointment_reminder:{number}:{int(starts_at.timestamp())}:{hours}"


def _tell(db: Session, appointment: Appointment, hours: int) -> None:
    candidacy, user = appointment.candidacy, appointment.candidacy.candidate.user
    until = appointment.change_until
    lasts = appointment.ends_at - appointment.starts_at
    letters.to(
        db,
        user,
        "appointment_reminder",
        {
            "certification": letters.in_each_language(candidacy.certification.name),
            "starts_at": appointment.starts_at.isoformat(),
            "minutes": round(lasts / timedelta(minutes=1)),
            "hours": hours,
            "move_until": until.isoformat() if until > clock.now() else "",
            "results_by": candidacy.certification.results_by(appointment.ends_at).isoformat(),
            "accommodations": candidacy.accommodations,
        },
        opens=announcing.opens(appointment),
        dedupe=_key(appointment.id, appointment.starts_at, hours),
    )
