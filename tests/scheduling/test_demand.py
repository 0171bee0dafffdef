"""Demand against free slots: by the week in which a window closes, added up from the first."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kernel.levels import Level
from scheduling import demand
from scheduling.demand import Line, Week

MONDAY, B2 = date(2026, 11, 23), Level.B2


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def waits(language: str, number: int, level: Level = B2) -> tuple[str, Level, date]:
    return language, level, day(number)


def slots(language: str, number: int, count: int, level: Level = B2):
    return language, level, day(number), count


def test_a_week_is_short_of_what_no_earlier_slot_serves():
    waiting = [waits("en", number) for number in (2, 9, 10, 13, 40)]
    free = [slots("en", 1, 2), slots("en", 8, 1), slots("de", 3, 5)]
    assert demand.lines(["de", "en"], waiting, free, MONDAY, 2) == [
        Line("de", [Week(MONDAY, 0, 5, 0), Week(day(7), 0, 0, 0)], 0),
        Line("en", [Week(MONDAY, 1, 2, 0), Week(day(7), 3, 1, 1)], 1),
    ]


def test_what_closes_before_the_first_week_counts_in_it():
    assert demand.lines(["en"], [waits("en", -3)], [], MONDAY, 1) == [
        Line("en", [Week(MONDAY, 1, 0, 1)], 0)
    ]


@pytest.mark.parametrize(
    ("targets", "levels", "short"),
    [
        ([Level.C2], [Level.B1] * 5, 1),  # nobody there may examine C2
        ([Level.A2, Level.B1], [Level.C2] * 2, 0),  # whoever may examine C2 may examine less
        ([Level.C2, Level.C2, Level.B1], [Level.C2, Level.B1, Level.B1], 1),
        ([Level.C2, Level.B1, Level.B1], [Level.C2, Level.C2], 1),
    ],
)
def test_a_slot_serves_the_levels_up_to_its_evaluators_own(targets, levels, short):
    waiting = [waits("en", 2, target) for target in targets]
    free = [slots("en", 1, 1, level) for level in levels]
    [line] = demand.lines(["en"], waiting, free, MONDAY, 1)
    assert line.weeks == [Week(MONDAY, len(targets), len(levels), short)]


def test_weeks_begin_on_monday():
    assert [demand.monday_of(day(n)) for n in (-1, 0, 6)] == [day(-7), MONDAY, MONDAY]
