"""When somebody is busy, read from the text of their own calendar; pure.

Nothing of an event is kept but from when to when. A file that cannot be read whole is not read at
all: half of somebody's engagements would offer hours that are taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final

import recurring_ical_events
from icalendar import Calendar

from scheduling.hours import instant

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_OCCURRENCES: Final = 20_000
MOST_STEPS: Final = 4_000_000
"""How many days all recurrence rules together may make the expansion look at."""
OURS: Final = "@viva-voce"
"""How the UIDs of our own appointments end: what we booked is known, and no engagement beside."""

DAYS: Final = {"HOURLY": 1 / 24, "DAILY": 1.0, "WEEKLY": 7.0, "MONTHLY": 30.0, "YEARLY": 365.0}
Moments = list[tuple[int, int]]


class Trouble(StrEnum):
    """Why a calendar could not be read; the pages have a sentence for each."""

    TOO_BIG = "too_big"
    NOT_A_CALENDAR = "not_a_calendar"
    BROKEN = "broken"
    UNKNOWN_ZONE = "unknown_zone"
    TOO_OFTEN = "too_often"
    ADDRESS = "address"
    NOT_FOUND = "not_found"
    INSIDE = "inside"
    SILENT = "silent"
    SLOW = "slow"
    CERTIFICATE = "certificate"
    REDIRECTS = "redirects"
    SIGN_IN = "sign_in"
    KEY = "key"
    GONE = "gone"
    REFUSED = "refused"


class Unreadable(Exception):
    """A calendar could not be read: why, and a word of detail (a zone's name, a status)."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        """Keep the reason and its detail."""
        super().__init__(f"{trouble}: {detail}" if detail else str(trouble))
        self.trouble, self.detail = trouble, detail


def read(content: bytes, zone: str, start: datetime, end: datetime) -> Moments:
    """Return when the calendar `content` is busy between two moments: merged, in order.

    Pairs of seconds since 1970, the end excluded. All-day events, and hours without a zone, are
    those of `zone`. Events that are transparent, free or cancelled take no time.

    Raises:
        Unreadable: too big, not a calendar, broken, of an unknown zone, or repeated too often.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(Trouble.TOO_BIG)
    if b"BEGIN:VCALENDAR" not in content[:4096].upper():
        raise Unreadable(Trouble.NOT_A_CALENDAR)
    if not content.upper().rstrip().endswith(b"END:VCALENDAR"):  # cut on its way
        raise Unreadable(Trouble.BROKEN)
    try:
        return merged(_read(content, zone, start, end))
    except Unreadable:
        raise
    except Exception as error:
        # Whatever the parser trips over, it is the file that is wrong.
        raise Unreadable(Trouble.BROKEN) from error


def merged(spans: Iterable[tuple[int, int]]) -> Moments:
    """Return the same time in spans that neither overlap nor touch, in order."""
    found: Moments = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def _read(content: bytes, zone: str, start: datetime, end: datetime) -> Iterator[tuple[int, int]]:
    first, last = start - timedelta(days=1), end + timedelta(days=1)  # whatever zones do
    for calendar in Calendar.from_ical(content, multiple=True):
        events: list[Any] = [one for one in calendar.walk("VEVENT") if "DTSTART" in one]
        for event in events:
            _zones_are_known(event)
        _bound(events, first, last)
        found = recurring_ical_events.of(calendar).between(first, last)
        if len(found) > MOST_OCCURRENCES:
            raise Unreadable(Trouble.TOO_OFTEN)
        for event in found:
            if _takes_time(event):
                begins, ends = _seconds(event, zone)
                clipped = max(begins, int(start.timestamp())), min(ends, int(end.timestamp()))
                if clipped[0] < clipped[1]:
                    yield clipped


def _takes_time(event: Any) -> bool:
    return (
        str(event.get("TRANSP", "")).upper() != "TRANSPARENT"
        and str(event.get("STATUS", "")).upper() != "CANCELLED"
        and str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() != "FREE"
        and not str(event.get("UID", "")).endswith(OURS)
    )


def _seconds(event: Any, zone: str) -> tuple[int, int]:
    """Return from when to when one occurrence lasts; the expansion has given it both."""
    begins, ends = event["DTSTART"].dt, event["DTEND"].dt if "DTEND" in event else None
    if ends is None:
        ends = begins + (timedelta() if isinstance(begins, datetime) else timedelta(days=1))
    return _second(begins, zone), _second(ends, zone)


def _second(moment: date | datetime, zone: str) -> int:
    if not isinstance(moment, datetime):
        return instant(zone, moment, 0)
    if moment.tzinfo is not None:
        return int(moment.timestamp())
    return instant(zone, moment.date(), 60 * moment.hour + moment.minute) + moment.second


def _properties(event: Any, names: Iterable[str]) -> Iterator[Any]:
    for name in names:
        found = event.get(name)
        yield from found if isinstance(found, list) else [found] if found is not None else []


def _zones_are_known(event: Any) -> None:
    """Refuse an hour of a zone that neither the file nor we know: it could be any hour."""
    for one in _properties(event, ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE")):
        named = str(one.params.get("TZID", ""))
        moments = [part.dt for part in one.dts] if hasattr(one, "dts") else [one.dt]
        naive = any(isinstance(m, datetime) and m.tzinfo is None for m in moments)
        if named and naive:
            raise Unreadable(Trouble.UNKNOWN_ZONE, named[:60])


def _bound(events: list[Any], first: datetime, last: datetime) -> None:
    """Let every rule end with what is looked for, and refuse more than anybody's days hold.

    The expansion follows a rule that fits no day (the 30th of February) to the year 9999, whatever
    its end: few of those are read.
    """
    steps, occurrences = 0.0, float(len(events))
    for event in events:
        for rule in _properties(event, ("RRULE",)):
            begins = _day(event["DTSTART"].dt)
            period = _period(rule)
            if "COUNT" not in rule:
                _end(rule, event["DTSTART"].dt, last)
            times = _times(rule)
            furthest = last.date() if _surely_fits(rule) else date.max
            span = max(0, (furthest - begins).days)
            steps += span * times / min(period, 1)
            occurrences += times * (last - first).days / period * max(1, len(_list(rule, "BYDAY")))
    if steps > MOST_STEPS or occurrences > MOST_OCCURRENCES:
        raise Unreadable(Trouble.TOO_OFTEN)


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _list(rule: dict[str, Any], name: str) -> list[Any]:
    found = rule.get(name)
    return found if isinstance(found, list) else [] if found is None else [found]


def _period(rule: dict[str, Any]) -> float:
    """Return how many days lie between two repetitions, as the rule's frequency has it."""
    (frequency,) = _list(rule, "FREQ")
    days = DAYS.get(str(frequency).upper())
    if days is None:  # by the minute or the second
        raise Unreadable(Trouble.TOO_OFTEN)
    interval = _list(rule, "INTERVAL")
    return days * max(1, int(interval[0]) if interval else 1)


def _times(rule: dict[str, Any]) -> int:
    count = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        count *= max(1, len(_list(rule, name)))
    return count


def _surely_fits(rule: dict[str, Any]) -> bool:
    """Tell whether a rule is of those that fit a day again and again; few others are read."""
    if any(_list(rule, name) for name in ("BYWEEKNO", "BYYEARDAY")):
        return False
    frequency = str(_list(rule, "FREQ")[0]).upper()
    of_months = [name for name in ("BYMONTH", "BYMONTHDAY", "BYSETPOS") if _list(rule, name)]
    interval = int((_list(rule, "INTERVAL") or [1])[0])
    if frequency not in ("MONTHLY", "YEARLY"):
        return not of_months and (interval == 1 or frequency == "WEEKLY")
    small = all(abs(int(day)) <= 28 for day in _list(rule, "BYMONTHDAY"))
    near = all(abs(int(place)) <= 4 for place in _list(rule, "BYSETPOS"))
    one = not (_list(rule, "BYDAY") and _list(rule, "BYMONTHDAY"))
    whole = frequency == "YEARLY" or not _list(rule, "BYMONTH") or interval == 1
    return small and near and one and whole


def _end(rule: dict[str, Any], begins: date | datetime, last: datetime) -> None:
    """Let a rule end at `last`, or before if it does; of the kind that its start is."""
    known = _list(rule, "UNTIL")
    if known and _day(known[0]) <= last.date():
        return
    if not isinstance(begins, datetime):
        rule["UNTIL"] = [last.date()]
    elif begins.tzinfo is None:
        rule["UNTIL"] = [datetime.combine(last.date(), time())]
    else:
        rule["UNTIL"] = [last.astimezone(UTC)]
