"""Wall clocks and moments, over every zone and every kind of change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.hours import DAY, Other, Weekly, instant, local_day, merged, spans

ZONES = sorted(available_timezones() - {"localtime"})


def moment(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def open_hours(zone, weekly, others=(), start="2026-01-01T00:00Z", end="2027-12-31T00:00Z"):
    rows = spans(zone, [Weekly(1, *rule) for rule in weekly], others, moment(start), moment(end))
    return [
        tuple(datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%MZ") for second in row[1:])
        for row in rows.tolist()
    ]


@pytest.mark.parametrize(
    ("zone", "day", "minute", "expected"),
    [
        ("Europe/Paris", "2026-10-25", 9 * 60, "2026-10-25T08:00Z"),
        ("Europe/Paris", "2027-03-28", 9 * 60, "2027-03-28T07:00Z"),
        ("Europe/Paris", "2026-10-24", 9 * 60, "2026-10-24T07:00Z"),
        # 02:30 comes twice in October, and never in March.
        ("Europe/Paris", "2026-10-25", 150, "2026-10-25T00:30Z"),
        ("Europe/Paris", "2027-03-28", 150, "2027-03-28T01:00Z"),
        # Half an hour is skipped, or comes twice.
        ("Australia/Lord_Howe", "2026-10-04", 135, "2026-10-03T15:30Z"),
        ("Australia/Lord_Howe", "2026-10-04", 9 * 60, "2026-10-03T22:00Z"),
        ("Australia/Lord_Howe", "2027-04-04", 105, "2027-04-03T14:45Z"),
        ("Australia/Lord_Howe", "2027-04-04", 9 * 60, "2027-04-03T22:30Z"),
        ("Asia/Kathmandu", "2026-12-03", 9 * 60, "2026-12-03T03:15Z"),
        # A whole day was skipped: whatever it shows is the moment of the change.
        ("Pacific/Apia", "2011-12-30", 9 * 60, "2011-12-30T10:00Z"),
    ],
)
def test_a_clock_on_the_wall_is_one_moment(zone, day, minute, expected):
    assert instant(zone, date.fromisoformat(day), minute) == moment(expected)


@given(
    st.sampled_from(ZONES),
    st.dates(date(1990, 1, 1), date(2037, 12, 31)),
    st.integers(0, 2 * DAY),
)
def test_a_wall_clock_shows_what_was_asked_unless_it_skips_it(zone, day, minute):
    place = ZoneInfo(zone)
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001
    at = instant(zone, day, minute)
    shown = datetime.fromtimestamp(at, place).replace(tzinfo=None)
    before = datetime.fromtimestamp(at - 1, place).replace(tzinfo=None)
    if shown == wall:  # the first time that it does
        assert datetime.fromtimestamp(at, place).fold == 0
    else:  # skipped: the clock jumps over it at this very moment
        assert before < wall < shown


def test_weekdays_asked_for_on_a_sunday_of_a_change_begin_on_monday():
    days = [(weekday, 9 * 60, 17 * 60) for weekday in range(5)]
    first = open_hours(
        "America/New_York", days, start="2023-11-05T12:00Z", end="2023-11-11T00:00Z"
    )[0]
    assert first == ("2023-11-06T14:00Z", "2023-11-06T22:00Z")


def test_hours_over_midnight_and_a_change_last_as_long_as_clocks_say():
    nights = [(weekday, 22 * 60, 4 * 60) for weekday in range(7)]
    assert open_hours(
        "Europe/Paris", nights, start="2026-10-24T12:00Z", end="2026-10-26T12:00Z"
    ) == [
        ("2026-10-24T20:00Z", "2026-10-25T03:00Z"),  # seven hours: one came twice
        ("2026-10-25T21:00Z", "2026-10-26T03:00Z"),
    ]
    assert open_hours(
        "Europe/Paris", nights, start="2027-03-27T12:00Z", end="2027-03-28T12:00Z"
    ) == [("2027-03-27T21:00Z", "2027-03-28T02:00Z")]  # five


def test_a_day_has_its_own_hours_or_none():
    mondays = [(0, 9 * 60, 12 * 60)]
    others = [
        Other(1, date(2026, 12, 7)),
        Other(1, date(2026, 12, 14), 14 * 60, 16 * 60),
        Other(1, date(2026, 12, 15), 23 * 60, 60),
        Other(2, date(2026, 12, 21)),
    ]
    assert open_hours(
        "Europe/Paris", mondays, others, start="2026-12-07T00:00Z", end="2026-12-22T00:00Z"
    ) == [
        ("2026-12-14T13:00Z", "2026-12-14T15:00Z"),
        ("2026-12-15T22:00Z", "2026-12-16T00:00Z"),
        ("2026-12-21T08:00Z", "2026-12-21T11:00Z"),
    ]


minutes = st.integers(0, DAY - 1)
rules = st.lists(
    st.builds(Weekly, st.integers(1, 3), st.integers(0, 6), minutes, st.integers(1, DAY)),
    max_size=6,
)


@given(st.sampled_from(ZONES), rules, st.dates(date(2023, 1, 1), date(2030, 1, 1)), st.data())
def test_spans_hold_exactly_the_minutes_that_the_rules_name(zone, weekly, day, data):
    """Minute by minute, over three days: open if and only if a rule says so."""
    start = instant(zone, day, 0)
    end = start + 3 * 86_400
    off = data.draw(st.none() | st.sampled_from([Other(1, day), Other(2, day, 60, 240)]))
    others = [] if off is None else [off]
    rows = spans(zone, weekly, others, start, end).tolist()
    expected = _named(zone, weekly, others, day, start, end)
    actual = {(who, at) for who, begins, ends in rows for at in range(begins, ends, 60)}
    assert actual == expected
    assert rows == sorted(rows)
    for (who, _, ends), (next_who, begins, _) in pairwise(rows):
        assert who != next_who or ends <= begins


def _named(zone, weekly, others, day, start, end):
    named = set()
    excepted = {(exception.evaluator, exception.day) for exception in others}
    for number in range(-2, 5):
        when = day + timedelta(days=number)
        hours = [
            (hours.evaluator, hours.start, hours.end)
            for hours in weekly
            if hours.weekday == when.weekday() and (hours.evaluator, when) not in excepted
        ]
        hours += [
            (exception.evaluator, exception.start, exception.end)
            for exception in others
            if exception.day == when
        ]
        for who, opens, closes in hours:
            if opens is None:
                continue
            last = closes if closes > opens else closes + DAY
            begins, ends = instant(zone, when, opens), instant(zone, when, last)
            named |= {(who, at) for at in range(max(begins, start), min(ends, end), 60)}
    return named


def test_merging_joins_what_overlaps_and_keeps_people_apart():
    rows = np.array([[2, 0, 10], [1, 4, 9], [1, 0, 5], [1, 20, 30], [1, 22, 25], [2, 10, 11]])
    assert merged(rows).tolist() == [[1, 0, 9], [1, 20, 30], [2, 0, 10], [2, 10, 11]]


@given(
    st.sampled_from(ZONES), st.integers(moment("1995-01-01T00:00Z"), moment("2037-01-01T00:00Z"))
)
def test_a_moment_lies_in_its_local_day(zone, at):
    day = local_day(zone, at)
    assert instant(zone, day, 0) <= at
    assert at < instant(zone, day + timedelta(days=1), 0) or instant(zone, day, 0) == instant(
        zone, day + timedelta(days=1), 0
    )
