"""Places on the day's axis, on ordinary days and where the clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from evaluator_app.desks.coordinator import board


def at(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp())


def test_an_empty_day_shows_office_hours():
    axis = board.axis("Europe/Paris", date(2026, 11, 25), [])
    assert (axis.first, axis.last) == (at(2026, 11, 25, 7), at(2026, 11, 25, 17))
    assert axis.hours[0] == ("0.000%", "08:00")
    assert axis.hours[-1] == ("100.000%", "18:00")
    assert axis.stretch(at(2026, 11, 25, 12), at(2026, 11, 25, 12, 30)) == ("50.000%", "5.000%")


def test_what_lies_outside_widens_the_day_but_not_beyond_it():
    night = at(2026, 11, 24, 20), at(2026, 11, 25, 5, 20)
    axis = board.axis(
        "Europe/Paris",
        date(2026, 11, 25),
        [night, (at(2026, 11, 25, 17), at(2026, 11, 25, 19, 10))],
    )
    assert (axis.first, axis.last) == (at(2026, 11, 24, 23), at(2026, 11, 25, 20))
    assert axis.place(at(2026, 11, 25, 21)) is None
    assert [word for _place, word in axis.hours][:4] == ["00:00", "", "02:00", ""]
    assert axis.stretch(at(2026, 11, 25, 21), at(2026, 11, 25, 22)) is None


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25)])
def test_a_day_on_which_the_clock_changes_is_as_long_as_it_is(day, hours):
    whole = at(*day) - 7200, at(*day) + 90_000
    axis = board.axis("Europe/Paris", date(*day), [whole])
    assert axis.last - axis.first == hours * 3600
