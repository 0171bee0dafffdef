"""Whether the free slots are enough for those who have yet to book; pure.

A candidacy counts in the week in which its window closes: it must sit the oral by then. What is
free earlier serves it too, so weeks are added up from the first on. An evaluator's slot serves the
levels up to theirs: those who aim at C2 are counted against C2 slots, those who aim at C1 or above
against C1 and C2 slots, and so on; what is missing is the most that any of these counts lacks.

A slot of somebody who examines several languages serves one of them: it is counted once, where it
is lacked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from kernel.levels import LEVELS, Level

L = TypeVar("L")
Rights: TypeAlias = tuple[tuple[L, Level], ...]
"""The languages that somebody may examine, each up to a level."""
Counts: TypeAlias = dict[tuple[L, date], Counter[Level]]
"""How many, by language and Monday, then by level."""


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
    free: Iterable[tuple[Rights[L], date, int]],
    first: date,
    weeks: int,
) -> list[Line[L]]:
    """Return a line a language: `waiting` by target and last day, `free` slots by right and day."""
    mondays = [first + timedelta(weeks=number) for number in range(weeks)]
    wanted: Counts[L] = {}
    later: Counter[L] = Counter()
    for language, level, day in waiting:
        monday = max(monday_of(day), first)
        if monday > mondays[-1]:
            later[language] += 1
        else:
            wanted.setdefault((language, monday), Counter())[level] += 1
    slots = _shared_out(free, wanted, mondays)
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


def _shared_out(
    free: Iterable[tuple[Rights[L], date, int]], wanted: Counts[L], mondays: list[date]
) -> Counts[L]:
    """Give each slot to one language, those last that may be of several.

    Week by week such a slot goes where it lessens most what is lacking by then, else by the last
    week, else where least is left over.
    """
    slots: Counts[L] = {}
    several: dict[date, Counter[Rights[L]]] = {}
    for rights, day, count in free:
        if len(rights) == 1:
            [(language, level)] = rights
            slots.setdefault((language, monday_of(day)), Counter())[level] += count
        elif rights:
            several.setdefault(monday_of(day), Counter())[rights] += count
    asked = {language for counted in several.values() for right in counted for language, _ in right}
    lacking = {language: _lacking(language, wanted, slots, mondays) for language in asked}
    for week, monday in enumerate(mondays):
        for rights in several.get(monday, Counter()).elements():
            gains = [
                (_gain(lacking[language][week], level), _gain(lacking[language][-1], level))
                for language, level in rights
            ]
            left = [int(lacking[language][week, 0]) for language, _ in rights]
            best = max(range(len(rights)), key=lambda place: (gains[place], left[place]))
            language, level = rights[best]
            slots.setdefault((language, monday), Counter())[level] += 1
            lacking[language][week:, : LEVELS.index(level) + 1] -= 1
    return slots


def _lacking(
    language: L, wanted: Counts[L], slots: Counts[L], mondays: list[date]
) -> NDArray[np.int64]:
    """Return, by week and level, how many of it or above find no slot by then; below 0: spare."""
    weeks = [
        [
            _from(level, wanted.get((language, monday), Counter()))
            - _from(level, slots.get((language, monday), Counter()))
            for level in LEVELS
        ]
        for monday in mondays
    ]
    return np.cumsum(np.array(weeks, np.int64), axis=0)


def _gain(lacking: NDArray[np.int64], level: Level) -> int:
    """Return by how many one more slot of a level lessens what is lacking by a week."""
    after = lacking.copy()
    after[: LEVELS.index(level) + 1] -= 1
    return max(0, int(lacking.max())) - max(0, int(after.max()))


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
