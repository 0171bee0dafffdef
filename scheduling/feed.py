"""An evaluator's orals as a calendar that their own program subscribes to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from icalendar import Calendar, Event
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from enrolment.models import Candidacy, Candidate
from kernel import clock, links
from kernel.errors import N_, NotThere
from kernel.headers import one_line
from kernel.i18n import gettext
from kernel.settings import Settings
from people.models import User
from scheduling.models import Agenda, Appointment, AppointmentChange, AppointmentState

SINCE: Final = timedelta(days=30)
FRESH: Final = timedelta(minutes=30)
"""How often a calendar program is told to look again; most look when they please."""


def of(db: Session, settings: Settings, feed: str) -> bytes:
    """Return the calendar file of whoever has this secret address; equal rows give equal bytes.

    Raises:
        NotThere: nobody has it (any more).
    """
    evaluator = db.scalar(
        select(User)
        .join(Agenda, Agenda.evaluator_id == User.id)
        .where(Agenda.feed == feed, User.active)
    )
    if evaluator is None or not feed:
        raise NotThere
    return written(evaluator, _orals(db, evaluator), settings)


def _orals(db: Session, evaluator: User) -> list[tuple[Appointment, datetime]]:
    """Return the orals from a month ago on, each with the moment of its last change."""
    changed = func.max(AppointmentChange.at)
    rows = db.execute(
        select(Appointment, changed)
        .outerjoin(AppointmentChange, AppointmentChange.appointment_id == Appointment.id)
        .where(
            Appointment.evaluator_id == evaluator.id,
            Appointment.starts_at >= clock.now() - SINCE,
        )
        .group_by(Appointment.id)
        .options(
            joinedload(Appointment.candidacy).joinedload(Candidacy.candidate),
            joinedload(Appointment.candidacy).joinedload(Candidacy.certification),
        )
        .order_by(Appointment.starts_at, Appointment.id)
    )
    return [(one, at or one.created_at) for one, at in rows]


def written(
    evaluator: User, orals: list[tuple[Appointment, datetime]], settings: Settings
) -> bytes:
    """Return orals as a calendar file, in the evaluator's language."""
    calendar = Calendar()
    calendar.add("prodid", "-//Viva Voce//Evaluator's orals//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Viva Voce")
    calendar.add("refresh-interval", FRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT30M")
    for oral, at in orals:
        calendar.add_component(_event(evaluator, oral, at, settings))
    return bytes(calendar.to_ical())


def _event(evaluator: User, oral: Appointment, at: datetime, settings: Settings) -> Event:
    summary = gettext(
        evaluator.locale,
        N_("Oral · %(certification)s · %(candidate)s"),
        certification=oral.candidacy.certification.name(evaluator.locale),
        candidate=short_name(oral.candidacy.candidate),
    )
    event = Event()
    event.add("uid", oral.uid)
    event.add("sequence", oral.sequence)
    event.add("dtstamp", at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", oral.starts_at.astimezone(UTC))
    event.add("dtend", oral.ends_at.astimezone(UTC))
    event.add("summary", one_line(summary))
    event.add("url", links.address(settings, "evaluator_home"))
    event.add("class", "PRIVATE")
    gone = oral.state is AppointmentState.CANCELLED
    event.add("status", "CANCELLED" if gone else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if gone else "OPAQUE")
    return event


def short_name(candidate: Candidate) -> str:
    """Return a first name and an initial: all that leaves for somebody else's calendar server."""
    first, _, rest = candidate.name.partition(" ")
    return f"{first} {rest[:1].upper()}." if rest else first
