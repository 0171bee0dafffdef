"""Whether the free slots are enough for those who have yet to book; pure.

A candidacy counts in the week in which its window closes: it must sit the oral by then. What is
free earlier serves it too, so weeks are added up from the first on. An evaluator's slot serves the
levels up to theirs: those who aim at C2 are counted against C2 slots, those who aim at C1 or above
against C1 and C2 slots, and so on; what is missing is the most that any of these counts lacks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeVar

from kernel.levels import LEVELS, Level

L = TypeVar("L")


@dataclass(frozen=True, slots=True)
class Week:
    """One language in one week: how many must sit by its end, how many slots are free in it."""

    monday: date
    waiting: int
    free: int
    short: int  # how many of all who must sit by then find no slot


@dataclass(frozen=True, slots=True)
class Line(Generic[L]):
    """One language: its weeks, and how many have longer."""

    language: L
    weeks: list[Week]
    later: int


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def lines(
    languages: Iterable[L],
    waiting: Iterable[tuple[L, Level, date]],
    free: Iterable[tuple[L, Level, date, int]],
    first: date,
    weeks: int,
) -> list[Line[L]]:
    """Return a line a language: `waiting` by target and last day, `free` slots by level and day."""
    mondays = [first + timedelta(weeks=number) for number in range(weeks)]
    wanted: dict[tuple[L, date], Counter[Level]] = {}
    later: Counter[L] = Counter()
    for language, level, day in waiting:
        monday = max(monday_of(day), first)
        if monday > mondays[-1]:
            later[language] += 1
        else:
            wanted.setdefault((language, monday), Counter())[level] += 1
    slots: dict[tuple[L, date], Counter[Level]] = {}
    for language, level, day, count in free:
        slots.setdefault((language, monday_of(day)), Counter())[level] += count
    return [
        Line(
            language,
            _weeks(
                [(day, wanted.get((language, day)), slots.get((language, day))) for day in mondays]
            ),
            later[language],
        )
        for language in languages
    ]


def _weeks(
    rows: list[tuple[date, Counter[Level] | None, Counter[Level] | None]],
) -> list[Week]:
    """Return the weeks of one language, from who waits and what is free in each, by level."""
    must, have, weeks = Counter[Level](), Counter[Level](), []
    for monday, waiting, free in rows:
        here, there = waiting or Counter(), free or Counter()
        must += here
        have += there
        lacking = [
            _from(level, must) - _from(level, have) for level in LEVELS if _from(level, here)
        ]
        weeks.append(Week(monday, here.total(), there.total(), max([0, *lacking])))
    return weeks


def _from(level: Level, counted: Counter[Level]) -> int:
    """Count those of a level or above."""
    return sum(count for other, count in counted.items() if other >= level)
