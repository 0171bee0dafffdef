"""Free moments laid out as a person reads them: weeks, days and hours of their own clock; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_interval

from kernel import i18n

DAY = timedelta(days=1)
LATEST = 2199
MORNING, NIGHT = time(7), time(22)
"""Before the one and from the other on, hours are set apart as those of the night."""


class DayState(StrEnum):
    """Why a day has free slots, or none."""

    FREE = "free"
    FULL = "full"  # somebody is there, and is taken
    CLOSED = "closed"  # nobody is there
    PAST = "past"
    SOON = "soon"  # before the notice that the certification asks for
    BEYOND = "beyond"  # outside the access window


@dataclass(frozen=True, slots=True)
class Slot:
    """A free slot: what its button sends, shows and is called; `beside`: the exam's hour."""

    value: str
    hour: str
    beside: str
    elsewhere: str
    name: str
    night: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the person's clock."""

    date: date
    name: str
    weekday: str
    short: str
    state: DayState
    slots: list[Slot]

    @property
    def by_day(self) -> list[Slot]:
        """Return the slots at hours when people are up."""
        return [slot for slot in self.slots if not slot.night]

    @property
    def by_night(self) -> list[Slot]:
        """Return the others, which some parts of the world have only."""
        return [slot for slot in self.slots if slot.night]


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from a Monday on."""

    monday: date
    name: str
    days: list[Day]

    @property
    def free(self) -> int:
        """Return how many slots are free."""
        return sum(len(day.slots) for day in self.days)

    @property
    def full(self) -> bool:
        """Tell whether somebody is there in this week, and all is taken."""
        return not self.free and any(day.state is DayState.FULL for day in self.days)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: their language, their zone, and the exam's own."""

    locale: str
    zone: str
    exam_zone: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """The present moment, and from when and until when an oral may be booked."""

    now: datetime
    soonest: datetime
    latest: datetime


def lay_out(
    starts: list[datetime],
    there: Iterable[tuple[datetime, datetime]],
    reader: Reader,
    bounds: Bounds,
) -> list[Week]:
    """Return every week from today's to the last of `bounds`; `there`: from when until when."""
    zone = ZoneInfo(reader.zone)
    by_day: dict[date, list[datetime]] = {}
    for start in starts:
        by_day.setdefault(start.astimezone(zone).date(), []).append(start)
    open_days = _days(there, zone, bounds)
    first, last = _day(bounds.now, zone), _day(bounds.latest - timedelta(seconds=1), zone)
    monday = first - first.weekday() * DAY
    weeks = []
    while monday <= last:
        days = []
        for number in range(7):
            day = monday + number * DAY
            slots = [slot(moment, reader) for moment in by_day.get(day, [])]
            state = DayState.FREE if slots else _why_none(day, open_days, zone, bounds)
            days.append(_named(day, state, slots, reader.locale))
        weeks.append(Week(monday, _span(monday, reader.locale), days))
        monday += 7 * DAY
    return weeks


def _days(
    there: Iterable[tuple[datetime, datetime]], zone: ZoneInfo, bounds: Bounds
) -> frozenset[date]:
    days = set()
    for begins, ends in there:
        day = _day(max(begins, bounds.soonest), zone)
        last = _day(min(ends, bounds.latest) - timedelta(seconds=1), zone)
        while day <= last:
            days.add(day)
            day += DAY
    return frozenset(days)


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _why_none(day: date, open_days: frozenset[date], zone: ZoneInfo, bounds: Bounds) -> DayState:
    if day < _day(bounds.now, zone):
        return DayState.PAST
    if day > _day(bounds.latest - timedelta(seconds=1), zone):
        return DayState.BEYOND
    if day in open_days:
        return DayState.FULL
    return DayState.SOON if day <= _day(bounds.soonest, zone) else DayState.CLOSED


def _named(day: date, state: DayState, slots: list[Slot], locale: str) -> Day:
    ordinal = "d'er'" if locale == "fr" and day.day == 1 else "d"
    weekday = format_date(day, "EEE", locale)
    short = format_date(day, f"{ordinal} MMM", locale)
    return Day(day, day_name(day, locale), weekday, short, state, slots)


def _span(monday: date, locale: str) -> str:
    british = "en_GB" if locale == "en" else locale
    return format_interval(monday, monday + 6 * DAY, "MMMd", locale=british)


def slot(moment: datetime, reader: Reader) -> Slot:
    """Return how a free moment is shown and called."""
    there, place = _there(moment, reader), i18n.city(reader.exam_zone, reader.locale)
    elsewhere = ""
    if there:
        elsewhere = i18n.gettext(reader.locale, "%(hour)s à %(city)s", hour=there, city=place)
    name = moment_name(moment, reader)
    return Slot(
        value=sent(moment),
        hour=hour_name(moment, reader.locale, reader.zone),
        beside=f"{place} {there}" if there else "",
        elsewhere=elsewhere,
        name=f"{name}, {elsewhere}" if elsewhere else name,
        night=not MORNING <= moment.astimezone(ZoneInfo(reader.zone)).time() < NIGHT,
    )


def _there(moment: datetime, reader: Reader) -> str:
    """Return the exam's own hour, or nothing where both clocks agree."""
    here, there = (moment.astimezone(ZoneInfo(zone)) for zone in (reader.zone, reader.exam_zone))
    if here.replace(tzinfo=None) == there.replace(tzinfo=None):
        return ""
    hour = hour_name(moment, reader.locale, reader.exam_zone)
    if here.date() == there.date():
        return hour
    return f"{format_date(there.date(), 'EEE', reader.locale)} {hour}"


def moment_name(moment: datetime, reader: Reader) -> str:
    """Return e.g. « jeudi 3 décembre à 14:30 »."""
    day = day_name(moment.astimezone(ZoneInfo(reader.zone)).date(), reader.locale)
    joint = "à" if reader.locale == "fr" else "at"
    return f"{day} {joint} {hour_name(moment, reader.locale, reader.zone)}"


def day_name(day: date, locale: str) -> str:
    """Return e.g. « jeudi 3 décembre »."""
    if locale == "fr":
        return format_date(day, "EEEE d'er' MMMM" if day.day == 1 else "EEEE d MMMM", locale)
    return format_date(day, "EEEE, d MMMM", locale)


def hour_name(moment: datetime, locale: str, zone: str) -> str:
    """Return e.g. « 14:30 »; an hour that the clock shows twice says which one it is."""
    words = i18n.time_in_words(moment, locale, zone)
    local = moment.astimezone(ZoneInfo(zone))
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        offset = local.strftime("%z")
        return f"{words} (UTC{offset[:3]}:{offset[3:]})"
    return words


def sent(moment: datetime) -> str:
    """Return a moment as forms and addresses carry it: "2026-12-03T13:30:00Z"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read(text: str) -> datetime | None:
    """Return the moment that `sent` wrote, or None for anything else."""
    try:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment if 2000 <= moment.year <= LATEST else None
