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


def slots(languages: str, number: int, count: int, level: Level = B2):
    """So many of somebody who examines these languages, each up to one level."""
    return tuple((language, level) for language in languages.split()), day(number), count


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


def test_a_slot_of_two_languages_is_counted_once_where_it_is_lacked():
    waiting = [*[waits("de", 2)] * 2, *[waits("en", 3)] * 2, waits("en", 9)]
    free = [slots("en", 1, 1), slots("de en", 1, 4)]
    assert demand.lines(["de", "en"], waiting, free, MONDAY, 2) == [
        Line("de", [Week(MONDAY, 2, 2, 0), Week(day(7), 0, 0, 0)], 0),
        Line("en", [Week(MONDAY, 2, 3, 0), Week(day(7), 1, 0, 0)], 0),
    ]


def test_a_slot_helps_the_language_whose_level_it_serves():
    waiting = [*[waits("de", 2, Level.C1)] * 2, waits("en", 2, Level.B1)]
    free = [((("de", Level.B1), ("en", Level.C1)), day(1), 1)]
    [german, english] = demand.lines(["de", "en"], waiting, free, MONDAY, 1)
    assert (german.weeks[0].free, english.weeks) == (0, [Week(MONDAY, 1, 1, 0)])


def test_what_nobody_lacks_is_shared_out():
    [german, english] = demand.lines(["de", "en"], [], [slots("de en", 1, 4)], MONDAY, 1)
    assert (german.weeks[0].free, english.weeks[0].free) == (2, 2)


def test_weeks_begin_on_monday():
    assert [demand.monday_of(day(n)) for n in (-1, 0, 6)] == [day(-7), MONDAY, MONDAY]
