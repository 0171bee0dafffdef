"""Whether the free slots are enough for those who have yet to book; pure.

A candidacy counts in the week in which its window closes: it must sit the oral by then. What is
free earlier serves it too, so weeks are added up from the first on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeVar

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
    waiting: Iterable[tuple[L, date]],
    free: Iterable[tuple[L, date, int]],
    first: date,
    weeks: int,
) -> list[Line[L]]:
    """Return a line a language that has any: `waiting` by last day, `free` slots by day."""
    mondays = [first + timedelta(weeks=number) for number in range(weeks)]
    wanted: dict[tuple[L, date], int] = {}
    later: dict[L, int] = {}
    for language, day in waiting:
        monday = max(monday_of(day), first)
        if monday > mondays[-1]:
            later[language] = later.get(language, 0) + 1
        else:
            wanted[language, monday] = wanted.get((language, monday), 0) + 1
    slots: dict[tuple[L, date], int] = {}
    for language, day, count in free:
        key = language, monday_of(day)
        slots[key] = slots.get(key, 0) + count
    found = []
    for language in languages:
        row, must, have = [], 0, 0
        for monday in mondays:
            here, there = wanted.get((language, monday), 0), slots.get((language, monday), 0)
            must, have = must + here, have + there
            row.append(Week(monday, here, there, max(0, must - have) if here else 0))
        found.append(Line(language, row, later.get(language, 0)))
    return found
