"""Demand against free slots: by the week in which a window closes, added up from the first."""

from __future__ import annotations

from datetime import date, timedelta

from scheduling import demand
from scheduling.demand import Line, Week

MONDAY = date(2026, 11, 23)


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def test_a_week_is_short_of_what_no_earlier_slot_serves():
    waiting = [("en", day(2)), ("en", day(9)), ("en", day(10)), ("en", day(13)), ("en", day(40))]
    free = [("en", day(1), 2), ("en", day(8), 1), ("de", day(3), 5)]
    assert demand.lines(["de", "en"], waiting, free, MONDAY, 2) == [
        Line("de", [Week(MONDAY, 0, 5, 0), Week(day(7), 0, 0, 0)], 0),
        Line("en", [Week(MONDAY, 1, 2, 0), Week(day(7), 3, 1, 1)], 1),
    ]


def test_what_closes_before_the_first_week_counts_in_it():
    found = demand.lines(["en"], [("en", day(-3))], [], MONDAY, 1)
    assert found == [Line("en", [Week(MONDAY, 1, 0, 1)], 0)]


def test_weeks_begin_on_monday():
    assert [demand.monday_of(day(n)) for n in (-1, 0, 6)] == [day(-7), MONDAY, MONDAY]
