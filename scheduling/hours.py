"""Opening hours on a wall clock, turned into moments; pure.

Evaluators say when they are there as clocks on their wall show it. Everything after this module
counts in UTC: spans are whole seconds since 1970, so that an hour lasts an hour on every day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

DAY: Final = 1440  # minutes of a wall clock
Spans = NDArray[np.int64]
"""Rows of (evaluator, start, end), both in seconds since 1970, the end excluded."""


class Weekly(NamedTuple):
    """Hours that come back each week: minutes of the day; an end not after the start is next day's.

    `weekday`: 0 is Monday.
    """

    evaluator: int
    weekday: int
    start: int
    end: int


class Other(NamedTuple):
    """A day unlike the others of its weekday: its own hours, or none (`start` None: a day off)."""

    evaluator: int
    day: date
    start: int | None = None
    end: int | None = None


@lru_cache(maxsize=1 << 16)
def instant(zone: str, day: date, minute: int) -> int:
    """Return when the wall clock of `zone` shows `minute` of `day`, in seconds since 1970.

    A time that the clock shows twice means the first; one that it skips, the moment of the change.
    `minute` may lie beyond the day.
    """
    place = ZoneInfo(zone)
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001
    first, second = (wall.replace(tzinfo=place, fold=fold) for fold in (0, 1))
    before, after = first.utcoffset(), second.utcoffset()
    if before is None or after is None or after <= before:
        return int(first.timestamp())
    # Skipped: the change lies between the two readings of the wall clock.
    low, high = int(second.timestamp()), int(first.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, place).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high


@lru_cache(maxsize=256)
def midnights(zone: str, first: date, days: int) -> NDArray[np.int64]:
    """Return the beginnings of `days` + 1 days from `first` on, in seconds since 1970."""
    moments = [instant(zone, first + timedelta(days=number), 0) for number in range(days + 1)]
    instants = np.array(moments, np.int64)
    instants.setflags(write=False)
    return instants


def local_day(zone: str, moment: int) -> date:
    """Return the day that the wall clock of `zone` shows at a moment, in seconds since 1970."""
    return datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(zone)).date()


def spans(
    zone: str, weekly: Sequence[Weekly], others: Iterable[Other], start: int, end: int
) -> Spans:
    """Return when the evaluators of one zone are there between two moments, sorted and merged.

    A day that has `others` has these alone.
    """
    first = local_day(zone, start) - timedelta(days=1)  # its hours may reach into the next day
    days = (local_day(zone, end) - first).days + 1
    exceptions = list(others)
    regular = _regular(zone, weekly, first, days, {(day.evaluator, day.day) for day in exceptions})
    extra = [
        (day.evaluator, instant(zone, day.day, day.start), instant(zone, day.day, last))
        for day in exceptions
        if day.start is not None
        and day.end is not None
        and first <= day.day < first + timedelta(days=days)
        for last in [day.end if day.end > day.start else day.end + DAY]
    ]
    if extra:
        regular = np.concatenate([regular, np.array(extra, np.int64)])
    regular[:, 1] = np.maximum(regular[:, 1], start)
    regular[:, 2] = np.minimum(regular[:, 2], end)
    return merged(regular[regular[:, 1] < regular[:, 2]])


def _regular(
    zone: str,
    weekly: Sequence[Weekly],
    first: date,
    days: int,
    excepted: set[tuple[int, date]],
) -> Spans:
    """Lay the weekly hours over `days` days from `first` on, all evaluators at once."""
    if not weekly:
        return np.empty((0, 3), np.int64)
    rules = np.array(weekly, np.int64)
    rules[:, 3] += np.where(rules[:, 3] <= rules[:, 2], DAY, 0)
    begins = midnights(zone, first, days + 1)
    number = np.arange(days)
    fits = rules[:, 1, None] == (number + first.weekday()) % 7
    rule, day = np.nonzero(fits)
    hours = np.stack(
        [
            rules[rule, 0],
            begins[day] + 60 * rules[rule, 2],
            begins[day] + 60 * rules[rule, 3],
        ],
        axis=1,
    )
    # Days on which the clock changes, or whose hours reach into one, are read off the clock.
    uneven = np.diff(begins) != 60 * DAY
    changes = uneven[day] | (uneven[day + 1] & (rules[rule, 3] > DAY))
    for at in np.flatnonzero(changes):
        when = first + timedelta(days=int(day[at]))
        hours[at, 1] = instant(zone, when, int(rules[rule[at], 2]))
        hours[at, 2] = instant(zone, when, int(rules[rule[at], 3]))
    if excepted:
        known = {evaluator for evaluator, _ in excepted}
        kept = [
            evaluator not in known or (evaluator, first + timedelta(days=int(d))) not in excepted
            for evaluator, d in zip(hours[:, 0].tolist(), day, strict=True)
        ]
        hours = hours[np.array(kept, bool)]
    return hours


def merged(times: Spans) -> Spans:
    """Return the same time in spans that do not overlap, sorted by evaluator and start.

    What only touches stays apart: slots begin where a day's hours do.
    """
    if not len(times):
        return times
    times = times[np.lexsort((times[:, 1], times[:, 0]))]
    who = times[:, 0]
    fresh = np.empty(len(times), bool)
    fresh[0] = True
    # The furthest end so far of the same evaluator: evaluators are set apart by a great distance.
    apart = (np.cumsum(np.r_[0, who[1:] != who[:-1]])) << 40
    reach = np.maximum.accumulate(times[:, 2] + apart)
    fresh[1:] = times[1:, 1] + apart[1:] >= reach[:-1]
    starts = np.flatnonzero(fresh)
    ends = np.r_[starts[1:] - 1, len(times) - 1]
    return np.stack([who[starts], times[starts, 1], (reach - apart)[ends]], axis=1)
