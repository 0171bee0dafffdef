"""One event of a calendar: what it says of time, or why that cannot be read; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from scheduling import busy_rules
from scheduling.busy_rules import Rule
from scheduling.busy_text import Component, Property
from scheduling.busy_zones import UTC_ZONE, FixedZone, Zone, Zones
from scheduling.unreadable import Reason

OURS: Final = "@viva-voce"
"""How the UIDs of our own appointments end: what we booked is known, and no engagement beside."""
MOMENT: Final = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(?:\.\d+)?(Z|[+-]\d{4})?)?"
)
DAY_DIGITS: Final = re.compile(r"\d{8}")
LASTS: Final = re.compile(
    r"([+-]?)P(?:(\d{1,5})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?"
)
ONE_DAY: Final = timedelta(days=1)
LONGEST: Final = timedelta(days=366)
"""An event whose end cannot be read is taken to last no longer than this."""


class Unsure(Exception):
    """An event cannot be read: why, and a zone's name where that is it."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True)
class LocalTime:
    """A reading of a wall clock, or a whole day (then at midnight), and whose clock it is."""

    wall: datetime
    day: bool
    zone: Zone

    def second(self) -> int:
        """Return the moment in seconds since 1970."""
        return self.zone.second(self.wall)


@dataclass(frozen=True, slots=True)
class EventLength:
    """How long an event lasts: on the wall clock, then by seconds; `early` is before its start."""

    early: timedelta = timedelta()
    wall: timedelta = timedelta()
    seconds: int = 0


@dataclass(slots=True)
class Event:
    """What an event says of time; `recurrence` names the occurrence that it stands for."""

    begins: LocalTime
    lasts: EventLength
    uid: str
    sequence: int
    free: bool
    travel: int = 0
    rules: list[Rule] = field(default_factory=list)
    more: list[LocalTime] = field(default_factory=list)
    periods: list[tuple[int, int]] = field(default_factory=list)
    excluded: list[LocalTime] = field(default_factory=list)
    recurrence: LocalTime | None = None
    onwards: bool = False
    shape: str = ""

    def span(self, wall: datetime) -> tuple[int, int]:
        """Return from when to when the occurrence at `wall` takes time, in seconds since 1970."""
        zone = self.begins.zone
        ends = zone.second(wall + self.lasts.wall) + self.lasts.seconds
        return zone.second(wall - self.lasts.early) - self.travel, ends


def is_free(part: Component) -> bool:
    """Tell whether an event takes no time, whenever it is.

    Somebody out of office is not there, even where the event is shown as transparent.
    """
    status = part.word("X-MICROSOFT-CDO-BUSYSTATUS").upper()
    return (
        (part.word("TRANSP").upper() == "TRANSPARENT" and status != "OOF")
        or part.word("STATUS").upper() == "CANCELLED"
        or status == "FREE"
        or part.word("UID").endswith(OURS)
    )


def says_nothing(part: Component) -> bool:
    """Tell whether an event has no word at all of when it is."""
    names = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "RECURRENCE-ID")
    return not any(part.all(name) for name in names)


def read(part: Component, zones: Zones, unknown: Zone | None = None) -> Event:
    """Return what an event says; `unknown` stands for zones that nobody knows.

    Raises:
        Unsure: a part of it that matters cannot be read.
    """
    begins = moment(_single(part, "DTSTART"), zones, unknown)
    sequence = re.match(r"\d{1,9}", part.word("SEQUENCE"))
    event = Event(
        begins,
        _lasts(part, begins, zones, unknown),
        part.word("UID"),
        int(sequence[0]) if sequence else 0,
        is_free(part),
        shape=repr([part.all(name) for name in ("DTSTART", "RRULE")]),
    )
    if part.word("X-APPLE-TRAVEL-DURATION"):
        away = duration(part.word("X-APPLE-TRAVEL-DURATION"))
        event.travel = max(0, int(away.total_seconds()))
    _recurring(part, event, zones, unknown)
    if part.all("RECURRENCE-ID"):
        named = part.all("RECURRENCE-ID")[0]
        event.onwards = named.parameters.get("RANGE", "").upper() == "THISANDFUTURE"
        event.recurrence = _perhaps(named, zones) or begins
    return event


def _recurring(part: Component, event: Event, zones: Zones, unknown: Zone | None) -> None:
    for each in part.all("RRULE"):
        try:
            event.rules.append(busy_rules.parse(each.value))
        except ValueError as error:
            raise Unsure(Reason.BROKEN) from error
    for each in part.all("RDATE"):
        for word in _words(each):
            if "/" in word.value:
                event.periods.append(period(word, zones, unknown))
            else:
                event.more.append(moment(word, zones, unknown))
    # An exception that cannot be read leaves the hour busy, which is the safe side.
    read_ones = (_perhaps(word, zones) for each in part.all("EXDATE") for word in _words(each))
    event.excluded = [when for when in read_ones if when is not None]


def _single(part: Component, name: str) -> Property:
    """Return the one property of a name; twice the same is once."""
    properties = part.properties.get(name, [])
    if not properties or any(each != properties[0] for each in properties):
        raise Unsure(Reason.BROKEN)
    return properties[0]


def _words(each: Property) -> list[Property]:
    return [Property(each.parameters, word.strip()) for word in each.value.split(",") if word]


def _perhaps(each: Property, zones: Zones) -> LocalTime | None:
    try:
        return moment(each, zones)
    except Unsure:
        return None


def moment(
    each: Property, zones: Zones, unknown: Zone | None = None, *, ends: bool = False
) -> LocalTime:
    """Return the day or the moment that a property says; `ends`: as the end of an event.

    A day with an hour beside counts whole. 24:00 is the next day's midnight.

    Raises:
        Unsure: it says none, or in a zone that nobody knows.
    """
    match = MOMENT.fullmatch(each.value.upper().strip())
    if match is None:
        raise Unsure(Reason.BROKEN)
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        wall = datetime(year, month, day)  # noqa: DTZ001 -- a wall clock's
        if match[4] is None or each.parameters.get("VALUE", "").upper() == "DATE":
            late = ends and (hour or minute or second)
            return LocalTime(wall + ONE_DAY if late else wall, day=True, zone=zones.reader)
        if minute > 59 or second > 60 or hour > 24 or (hour == 24 and (minute or second)):
            raise Unsure(Reason.BROKEN)
        wall += timedelta(hours=hour, minutes=minute, seconds=min(second, 59))
    except (ValueError, OverflowError) as error:
        raise Unsure(Reason.BROKEN) from error
    return LocalTime(wall, day=False, zone=_zone(each, match[7] or "", zones, unknown))


def _zone(each: Property, mark: str, zones: Zones, unknown: Zone | None) -> Zone:
    """Return whose clock an hour is of: UTC wherever it says so, then the zone that it names."""
    if mark == "Z":
        return UTC_ZONE
    if mark:
        ahead = 3600 * int(mark[1:3]) + 60 * int(mark[3:])
        return FixedZone(mark, -ahead if mark[0] == "-" else ahead)
    name = each.parameters.get("TZID", "")
    zone = (zones.named(name) if name else zones.floating) or unknown
    if zone is None:
        raise Unsure(Reason.UNKNOWN_ZONE, name[:60])
    return zone


def duration(text: str) -> timedelta:
    """Return a length of time.

    Raises:
        Unsure: it is none.
    """
    match = LASTS.fullmatch(text.strip().upper())
    if match is None or not any(match.groups()[1:]):
        raise Unsure(Reason.BROKEN)
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if match[1] == "-" else length


def period(each: Property, zones: Zones, unknown: Zone | None = None) -> tuple[int, int]:
    """Return the seconds of a period: from when to when, or from when and how long.

    Raises:
        Unsure: it is none.
    """
    first, _, last = each.value.partition("/")
    begins = moment(Property(each.parameters, first), zones, unknown).second()
    if last.strip().upper().lstrip("+-").startswith("P"):
        ends = begins + int(duration(last).total_seconds())
    else:
        ends = moment(Property(each.parameters, last), zones, unknown).second()
    return min(begins, ends), max(begins, ends)


def _lasts(part: Component, begins: LocalTime, zones: Zones, unknown: Zone | None) -> EventLength:
    """Return how long an event lasts; an end before its start is taken for its start."""
    if not part.properties.get("DTEND"):
        return _long(part, begins)
    ends = moment(_single(part, "DTEND"), zones, unknown, ends=True)
    if ends.day != begins.day:
        raise Unsure(Reason.BROKEN)
    if begins.day:
        whole = ends.wall - begins.wall
        return EventLength(wall=max(whole, ONE_DAY), early=max(-whole, timedelta()))
    if ends.zone.name == begins.zone.name:
        whole = ends.wall - begins.wall
        return EventLength(wall=max(whole, timedelta()), early=max(-whole, timedelta()))
    seconds = ends.second() - begins.second()
    return EventLength(seconds=max(seconds, 0), early=timedelta(seconds=max(-seconds, 0)))


def _long(part: Component, begins: LocalTime) -> EventLength:
    if not part.properties.get("DURATION"):
        return EventLength(wall=ONE_DAY if begins.day else timedelta())
    long = duration(_single(part, "DURATION").value)
    if long < timedelta():
        return EventLength(early=-long)
    if begins.day and not long:
        return EventLength(wall=ONE_DAY)
    days = timedelta(days=long.days)
    return EventLength(wall=days, seconds=int((long - days).total_seconds()))


def may_reach(part: Component, start: date, end: date) -> bool:
    """Tell whether an event that cannot be read might take time between two days."""
    begins = _day_said(part, "DTSTART")
    if begins is None:
        return True
    if begins > end + 2 * ONE_DAY:
        return False
    if part.all("RDATE"):
        return True
    if part.all("RRULE"):
        until = re.search(r"UNTIL=(\d{8})", part.all("RRULE")[0].value.upper())
        ended = _day_of(until[1]) if until and len(part.all("RRULE")) == 1 else None
        return ended is None or ended > start - LONGEST
    ends = _day_said(part, "DTEND")
    if ends is not None:
        return max(begins, ends) > start - 2 * ONE_DAY
    return begins > start - LONGEST


def _day_said(part: Component, name: str) -> date | None:
    """Return the day that a property begins with, the latest when there are several."""
    days = [_day_of(each.value) for each in part.all(name)]
    return max((day for day in days if day), default=None) if all(days) else None


def _day_of(text: str) -> date | None:
    match = DAY_DIGITS.match(text)
    try:
        return date.fromisoformat(match[0]) if match else None
    except ValueError:
        return None


def day_in_words(part: Component) -> str:
    """Return the day of an event as a file says it (2012-05-08), nothing where it says none."""
    day = _day_said(part, "DTSTART") or _day_said(part, "DTEND")
    return day.isoformat() if day else ""
