"""When an evaluator is there: weekly hours, days unlike the others, how they work.

Whatever changes here changes what is offered from now on; an oral that is booked stays as it is.
A verb that takes booked time away returns these orals: what becomes of them is decided apart.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, NamedTuple
from zoneinfo import available_timezones

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from enrolment.models import Candidacy
from kernel import audit, clock
from kernel.db import LOCK
from kernel.errors import N_, Invalid
from kernel.permissions import Actor, Permission, check
from people.models import User
from scheduling import occupancy
from scheduling.hours import DAY, instant, local_day
from scheduling.models import (
    Agenda,
    Appointment,
    AppointmentState,
    OpeningHours,
    OtherDay,
)

WEEK: Final = 7 * DAY
MOST_RANGES: Final = 70
MOST_DAYS: Final = 366
AHEAD: Final = timedelta(days=3 * 366)

_CLOCK: Final = re.compile(r"([01]?[0-9]|2[0-4])[:h]([0-5][0-9])(?::00)?")


class Hours(NamedTuple):
    """Hours of one weekday (0 is Monday), in minutes; an end not after the start is next day's."""

    weekday: int
    start: int
    end: int

    @property
    def lasts(self) -> int:
        """Return how many minutes of the clock lie between."""
        return self.end - self.start if self.end > self.start else self.end - self.start + DAY


def minutes(text: str, field: str | None = None) -> int:
    """Return the minute of the day that somebody wrote, as 09:30 or 24:00.

    Raises:
        Invalid: it is no hour of a clock.
    """
    match = _CLOCK.fullmatch(text.strip().lower())
    value = 60 * int(match[1]) + int(match[2]) if match else DAY + 1
    if value > DAY:
        raise Invalid(N_("« %(text)s » n'est pas une heure."), field, text=text.strip()[:20])
    return value


def clock_words(minute: int) -> str:
    """Return a minute of the day as a clock shows it: 09:30."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def span(start: str, end: str, field: str | None = None) -> tuple[int, int]:
    """Return the minutes of a range that somebody wrote; midnight at the end is the day's end.

    Raises:
        Invalid: not two hours, or the same one twice.
    """
    first, last = minutes(start, field), minutes(end, field) or DAY
    first %= DAY
    if first == last:
        raise Invalid(
            N_("De %(hour)s à %(hour)s : une plage a un début et une fin."),
            field,
            hour=clock_words(first),
        )
    return first, last


def of(db: Session, evaluator: User) -> Agenda | None:
    """Return how an evaluator works, if they ever said."""
    return db.scalar(select(Agenda).where(Agenda.evaluator_id == evaluator.id))


def weekly(db: Session, evaluator: User) -> list[Hours]:
    """Return an evaluator's weekly hours, in order."""
    query = select(OpeningHours).where(OpeningHours.evaluator_id == evaluator.id)
    rows = db.scalars(query.order_by(OpeningHours.weekday, OpeningHours.start_minute))
    return [Hours(row.weekday, row.start_minute, row.end_minute) for row in rows]


def other_days(db: Session, evaluator: User) -> list[OtherDay]:
    """Return the days unlike the others, from today on."""
    today = local_day(evaluator.timezone, occupancy.seconds(clock.now()))
    return list(
        db.scalars(
            select(OtherDay)
            .where(OtherDay.evaluator_id == evaluator.id, OtherDay.day >= today)
            .order_by(OtherDay.day, OtherDay.start_minute)
        )
    )


def set_hours(db: Session, actor: Actor, evaluator: User, wanted: Sequence[Hours]) -> None:
    """Let an evaluator's weekly hours be these; what is booked stays.

    Raises:
        Forbidden: neither the evaluator nor a coordinator.
        Invalid: hours that overlap, or that are none.
    """
    check(db, actor, Permission.MANAGE_AGENDA, evaluator)
    no_overlap(wanted)
    _one_at_a_time(db, evaluator)
    db.execute(delete(OpeningHours).where(OpeningHours.evaluator_id == evaluator.id))
    db.add_all(
        OpeningHours(
            evaluator_id=evaluator.id,
            weekday=hours.weekday,
            start_minute=hours.start,
            end_minute=hours.end,
        )
        for hours in wanted
    )
    db.flush()
    audit.record(db, actor, "agenda.hours", evaluator, ranges=len(wanted))


class Overlap(Invalid):
    """Two ranges share time; `ranges` are the two."""

    def __init__(self, hours: Hours, other: Hours) -> None:
        """Say which hours meet which."""
        super().__init__(
            N_("Deux plages se chevauchent : %(one)s et %(other)s."),
            "hours",
            one=f"{clock_words(hours.start)}–{clock_words(hours.end)}",
            other=f"{clock_words(other.start)}–{clock_words(other.end)}",
        )
        self.ranges = hours, other


def no_overlap(wanted: Sequence[Hours]) -> None:
    """Do nothing if no two ranges of a week share time; they may touch.

    Raises:
        Invalid: an hour that no day has.
        Overlap: two of them do; the night from Sunday to Monday counts as any other.
    """
    for hours in wanted:
        if not (0 <= hours.weekday <= 6 and 0 <= hours.start < DAY and 0 < hours.end <= DAY):
            raise Invalid(N_("Une plage n'a pas d'heure lisible."), "hours")
    if len(wanted) > MOST_RANGES:
        raise Invalid(N_("C'est trop de plages pour une semaine."), "hours")
    ordered = sorted(wanted)
    for hours, other in pairwise(ordered):
        if _begins(hours) + hours.lasts > _begins(other):
            raise Overlap(hours, other)
    if len(ordered) > 1 and _begins(ordered[-1]) + ordered[-1].lasts > WEEK + _begins(ordered[0]):
        raise Overlap(ordered[-1], ordered[0])


def _begins(hours: Hours) -> int:
    return hours.weekday * DAY + hours.start


def set_day(
    db: Session,
    actor: Actor,
    evaluator: User,
    day: date,
    ranges: Sequence[tuple[int, int]],
    note: str = "",
) -> list[Appointment]:
    """Let one day have hours of its own; return the orals booked outside of them.

    Raises:
        Forbidden: neither the evaluator nor a coordinator.
        Invalid: a past or distant day, no hours, or some that overlap.
    """
    check(db, actor, Permission.MANAGE_AGENDA, evaluator)
    _coming(evaluator, day, day)
    if not ranges:
        raise Invalid(N_("Donnez les heures de ce jour, ou prenez-le en congé."), "hours")
    no_overlap([Hours(day.weekday(), start, end) for start, end in ranges])
    _one_at_a_time(db, evaluator)
    _forget(db, evaluator, day, day)
    for start, end in ranges:
        db.add(
            OtherDay(
                evaluator_id=evaluator.id,
                day=day,
                start_minute=start,
                end_minute=end,
                note=note.strip()[:120],
            )
        )
    db.flush()
    audit.record(db, actor, "agenda.day", evaluator, day=day.isoformat(), ranges=len(ranges))
    open_ = [
        (instant(evaluator.timezone, day, start), instant(evaluator.timezone, day, last))
        for start, end in ranges
        for last in [end if end > start else end + DAY]
    ]
    return [
        appointment
        for appointment in booked(db, evaluator, day, day)
        if not any(
            begins <= occupancy.seconds(appointment.starts_at)
            and occupancy.seconds(appointment.ends_at) <= closes
            for begins, closes in open_
        )
    ]


def take_off(
    db: Session, actor: Actor, evaluator: User, first: date, last: date, note: str = ""
) -> list[Appointment]:
    """Let an evaluator be away from `first` to `last`; return the orals booked then.

    They stay booked until somebody decides otherwise (`changing.hand_over`, `send_back`).

    Raises:
        Forbidden: neither the evaluator nor a coordinator.
        Invalid: days that are past, distant, too many, or the wrong way round.
    """
    check(db, actor, Permission.MANAGE_AGENDA, evaluator)
    _coming(evaluator, first, last)
    _one_at_a_time(db, evaluator)
    _forget(db, evaluator, first, last)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        db.add(OtherDay(evaluator_id=evaluator.id, day=day, note=note.strip()[:120]))
    db.flush()
    audit.record(db, actor, "agenda.off", evaluator, first=first.isoformat(), last=last.isoformat())
    return booked(db, evaluator, first, last)


def restore(db: Session, actor: Actor, evaluator: User, first: date, last: date) -> None:
    """Let these days be like the others of their weekday again.

    Raises:
        Forbidden: neither the evaluator nor a coordinator.
    """
    check(db, actor, Permission.MANAGE_AGENDA, evaluator)
    _forget(db, evaluator, first, last)
    audit.record(
        db, actor, "agenda.restore", evaluator, first=first.isoformat(), last=last.isoformat()
    )


def _coming(evaluator: User, first: date, last: date) -> None:
    today = local_day(evaluator.timezone, occupancy.seconds(clock.now()))
    if last < first:
        raise Invalid(N_("Le dernier jour est avant le premier."), "last")
    if first < today:
        raise Invalid(N_("Ce jour est passé."), "first")
    if last > today + AHEAD:
        raise Invalid(N_("Ce jour est trop loin : trois ans au plus."), "last")
    if (last - first).days >= MOST_DAYS:
        raise Invalid(N_("Un an de congé au plus en une fois."), "last")


def _forget(db: Session, evaluator: User, first: date, last: date) -> None:
    db.execute(
        delete(OtherDay).where(
            OtherDay.evaluator_id == evaluator.id, OtherDay.day.between(first, last)
        )
    )


def _one_at_a_time(db: Session, evaluator: User) -> None:
    """Wait for whoever else changes this evaluator's hours: two replacements would add up."""
    db.execute(select(User.id).where(User.id == evaluator.id).with_for_update(**LOCK))


def booked(db: Session, evaluator: User, first: date, last: date) -> list[Appointment]:
    """Return the planned orals that begin on days of the evaluator's own clock, not yet begun."""
    zone = evaluator.timezone
    begin = occupancy.moment_of(instant(zone, first, 0))
    end = occupancy.moment_of(instant(zone, last + timedelta(days=1), 0))
    return [
        appointment
        for appointment in upcoming(db, evaluator)
        if begin <= appointment.starts_at < end
    ]


def upcoming(db: Session, evaluator: User) -> list[Appointment]:
    """Return an evaluator's planned orals that have not begun, in order of time."""
    return list(
        db.scalars(
            select(Appointment)
            .where(
                Appointment.evaluator_id == evaluator.id,
                Appointment.state == AppointmentState.PLANNED,
                Appointment.starts_at > clock.now(),
            )
            .options(
                joinedload(Appointment.candidacy).joinedload(Candidacy.candidate),
                joinedload(Appointment.candidacy).joinedload(Candidacy.certification),
            )
            .order_by(Appointment.starts_at, Appointment.id)
        )
    )


def set_ways(
    db: Session, actor: Actor, evaluator: User, *, buffer: int, daily_most: int, zone: str
) -> None:
    """Say how an evaluator works: minutes to mark, orals a day, and whose clock their hours are on.

    Raises:
        Forbidden: neither the evaluator nor a coordinator.
        Invalid: a number out of bounds, a zone that nobody knows.
    """
    check(db, actor, Permission.MANAGE_AGENDA, evaluator)
    if not 0 <= buffer <= 120:
        raise Invalid(N_("De 0 à 120 minutes."), "buffer")
    if not 1 <= daily_most <= 40:
        raise Invalid(N_("De 1 à 40 oraux par jour."), "daily_most")
    if zone not in available_timezones():
        raise Invalid(N_("Ce fuseau horaire n'existe pas."), "zone")
    agenda = _made(db, evaluator)
    agenda.buffer_minutes, agenda.daily_most = buffer, daily_most
    evaluator.timezone = zone
    audit.record(
        db, actor, "agenda.ways", evaluator, buffer=buffer, daily_most=daily_most, zone=zone
    )


def rotate_feed(db: Session, actor: Actor, evaluator: User) -> None:
    """Give the private calendar another address; the former one leads nowhere from now on.

    Raises:
        Forbidden: neither the evaluator nor a coordinator.
    """
    check(db, actor, Permission.MANAGE_AGENDA, evaluator)
    _made(db, evaluator).feed = secrets.token_urlsafe(32)
    audit.record(db, actor, "agenda.feed", evaluator)


def _made(db: Session, evaluator: User) -> Agenda:
    _one_at_a_time(db, evaluator)
    agenda = of(db, evaluator)
    if agenda is None:
        agenda = Agenda(evaluator_id=evaluator.id, feed=secrets.token_urlsafe(32))
        db.add(agenda)
        db.flush()
    return agenda
