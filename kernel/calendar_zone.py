"""A time zone as calendar files define it (RFC 5545, section 3.6.5), for the years concerned; pure.

Programs read a definition, not the name: it must be right by itself, in the form that all of them
read. That form is one onset a year by rule (RDATE is dropped or ignored by some), at the hour that
the clock showed until then. A zone that no such rule describes is not defined at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
AROUND: Final = 1
"""How many years before and after the one concerned a rule must hold."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of hour: what the clock shows when it comes, and how far ahead of UTC it was, is."""

    wall: datetime
    before: timedelta
    after: timedelta


def definition(name: str, moment: datetime) -> Timezone | None:
    """Return the definition of a zone around a moment, None when no yearly rule gives it."""
    changes = _changes(name, moment.astimezone(UTC).year)
    if changes is None:
        return None
    zone_block = Timezone()
    zone_block.add("tzid", name)
    if not changes:
        offset = moment.astimezone(ZoneInfo(name)).utcoffset() or timedelta()
        always = Change(datetime(1970, 1, 1), offset, offset)  # noqa: DTZ001 -- a wall clock's
        zone_block.add_component(_observance(always, None))
    for change, rule in changes:
        zone_block.add_component(_observance(change, rule))
    return zone_block


@lru_cache(maxsize=2048)
def _changes(name: str, year: int) -> tuple[tuple[Change, str], ...] | None:
    """Return the first onset of each yearly change with its rule; None when they have none."""
    years = range(year - AROUND, year + AROUND + 1)
    by_year = [_of_year(name, each) for each in years]
    if not any(by_year):
        return ()
    if any(len(changes) != 2 for changes in by_year):
        return None
    rules = []
    for alike in zip(*by_year, strict=True):
        first = alike[0]
        if any((c.before, c.after) != (first.before, first.after) for c in alike):
            return None
        rule = _rule([change.wall for change in alike])
        if rule is None:
            return None
        rules.append((first, rule))
    return tuple(rules)


def _rule(walls: list[datetime]) -> str | None:
    """Return the days that onsets of several years share: the n-th weekday of a month, the last."""
    if len({(wall.month, wall.weekday(), wall.time()) for wall in walls}) > 1:
        return None
    places = {(wall.day - 1) // 7 + 1 for wall in walls}
    if all((wall + timedelta(days=7)).month != wall.month for wall in walls):
        places = {-1}
    if len(places) > 1:
        return None
    return (
        f"FREQ=YEARLY;BYMONTH={walls[0].month};BYDAY={places.pop()}{WEEKDAYS[walls[0].weekday()]}"
    )


def _of_year(name: str, year: int) -> list[Change]:
    """Return a year's changes of hour, found to the second by halving days."""
    zone = ZoneInfo(name)
    days = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(367)]
    days = [day for day in days if day <= datetime(year + 1, 1, 1, tzinfo=UTC)]
    changes = []
    for low, high in pairwise(days):
        before, after = _offset(low, zone), _offset(high, zone)
        if before == after:
            continue
        first, last = low, high
        while last - first > timedelta(seconds=1):
            middle = first + (last - first) // 2
            middle = middle.replace(microsecond=0)
            first, last = (middle, last) if _offset(middle, zone) == before else (first, middle)
        changes.append(Change((last + before).replace(tzinfo=None), before, after))
    return changes


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _observance(change: Change, rule: str | None) -> TimezoneStandard | TimezoneDaylight:
    """Return one observance; whatever a country calls it, the later clock is daylight's."""
    made = TimezoneDaylight() if change.after > change.before else TimezoneStandard()
    made.add("dtstart", change.wall)
    made.add("tzoffsetfrom", change.before)
    made.add("tzoffsetto", change.after)
    if rule is not None:
        made.add("rrule", vRecur.from_ical(rule))
    return made
