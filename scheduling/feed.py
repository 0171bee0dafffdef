"""An evaluator's orals as a calendar that their own program subscribes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from icalendar import Calendar, Event
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload

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
    return written(evaluator, _shown(db, evaluator), settings)


@dataclass(frozen=True, slots=True)
class Shown:
    """One oral as an evaluator's calendar shows it, or the trace of one that is no longer theirs.

    `at` is the moment of its last change that concerned them.
    """

    oral: Appointment
    starts_at: datetime
    sequence: int
    at: datetime
    gone: bool


def _shown(db: Session, evaluator: User) -> list[Shown]:
    """Return the orals from a month ago on, and those that a colleague has taken over."""
    shown = [*_own(db, evaluator), *_left(db, evaluator)]
    return sorted(shown, key=lambda event: (event.starts_at, event.oral.id))


_NAMED: Final = (
    joinedload(Appointment.candidacy).joinedload(Candidacy.candidate),
    joinedload(Appointment.candidacy).joinedload(Candidacy.certification),
)


def _own(db: Session, evaluator: User) -> list[Shown]:
    changed = func.max(AppointmentChange.at)
    rows = db.execute(
        select(Appointment, changed)
        .outerjoin(AppointmentChange, AppointmentChange.appointment_id == Appointment.id)
        .where(
            Appointment.evaluator_id == evaluator.id,
            Appointment.starts_at >= clock.now() - SINCE,
        )
        .group_by(Appointment.id)
        .options(*_NAMED)
    )
    return [
        Shown(
            oral,
            oral.starts_at,
            oral.sequence,
            at or oral.created_at,
            oral.state is AppointmentState.CANCELLED,
        )
        for oral, at in rows
    ]


def _left(db: Session, evaluator: User) -> list[Shown]:
    """Return the traces: a calendar program may keep what merely vanishes from a feed.

    A trace stands at the hour that the evaluator knew, with the sequence of the change that took
    it from them: each change counts one.
    """
    later = aliased(AppointmentChange)
    since = (
        select(func.count(later.id))
        .where(
            later.appointment_id == AppointmentChange.appointment_id,
            later.id > AppointmentChange.id,
        )
        .scalar_subquery()
    )
    rows = db.execute(
        select(Appointment, AppointmentChange, since)
        .join(AppointmentChange, AppointmentChange.appointment_id == Appointment.id)
        .where(
            Appointment.evaluator_id != evaluator.id,
            AppointmentChange.was_with_id == evaluator.id,
            AppointmentChange.now_with_id != evaluator.id,
            AppointmentChange.was_at >= clock.now() - SINCE,
        )
        .order_by(AppointmentChange.id)
        .options(*_NAMED)
    )
    last = {
        oral.id: Shown(oral, change.was_at, oral.sequence - more, change.at, gone=True)
        for oral, change, more in rows
    }
    return list(last.values())


def written(evaluator: User, shown: list[Shown], settings: Settings) -> bytes:
    """Return orals as a calendar file, in the evaluator's language."""
    calendar = Calendar()
    calendar.add("prodid", "-//Viva Voce//Evaluator's orals//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Viva Voce")
    calendar.add("refresh-interval", FRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT30M")
    for event in shown:
        calendar.add_component(_event(evaluator, event, settings))
    return bytes(calendar.to_ical())


def _event(evaluator: User, shown: Shown, settings: Settings) -> Event:
    oral = shown.oral
    summary = gettext(
        evaluator.locale,
        N_("Oral · %(certification)s · %(candidate)s"),
        certification=oral.candidacy.certification.name(evaluator.locale),
        candidate=short_name(oral.candidacy.candidate),
    )
    event = Event()
    event.add("uid", oral.uid)
    event.add("sequence", shown.sequence)
    event.add("dtstamp", shown.at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", shown.starts_at.astimezone(UTC))
    event.add("dtend", (shown.starts_at + (oral.ends_at - oral.starts_at)).astimezone(UTC))
    event.add("summary", one_line(summary))
    event.add("url", links.address(settings, "evaluator_home"))
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if shown.gone else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if shown.gone else "OPAQUE")
    return event


def short_name(candidate: Candidate) -> str:
    """Return a first name and an initial: all that leaves for somebody else's calendar server."""
    first, _, rest = candidate.name.partition(" ")
    return f"{first} {rest[:1].upper()}." if rest else first
