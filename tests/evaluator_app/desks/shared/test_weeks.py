"""Free moments laid out on somebody's own clock, across clock changes and far zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator_app.desks.shared.weeks import (
    Bounds,
    DayState,
    Reader,
    Slot,
    lay_out,
    moment_name,
    read,
    sent,
    slot,
)

PARIS = Reader("fr", "Europe/Paris", "Europe/Paris")
MONTREAL = Reader("fr", "America/Montreal", "Europe/Paris")


def at(day: int, hour: int, minute: int = 0, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reader", "name"),
    [
        (PARIS, "jeudi 3 décembre à 14:30"),
        (Reader("en", "Europe/Paris", "Europe/Paris"), "Thursday, 3 December at 14:30"),
        (MONTREAL, "jeudi 3 décembre à 08:30"),
        (Reader("fr", "Asia/Kathmandu", "Europe/Paris"), "jeudi 3 décembre à 19:15"),
    ],
)
def test_a_moment_is_called_by_its_day_and_hour(reader, name):
    assert moment_name(at(3, 13, 30), reader) == name


def test_the_first_of_a_month_is_an_ordinal_in_french():
    assert moment_name(at(1, 8), PARIS) == "mardi 1er décembre à 09:00"


def test_a_slot_says_what_the_clock_of_paris_shows_when_it_differs():
    assert slot(at(3, 13, 30), PARIS) == Slot(
        "2026-12-03T13:30:00Z", "14:30", "", "", "jeudi 3 décembre à 14:30"
    )
    other = slot(at(3, 13, 30), MONTREAL)
    assert other.beside == "Paris 14:30"
    assert (other.hour, other.elsewhere) == ("08:30", "14:30 à Paris")
    assert other.name == "jeudi 3 décembre à 08:30, 14:30 à Paris"
    night = slot(at(3, 23, 30), MONTREAL)
    assert (night.hour, night.elsewhere) == ("18:30", "ven. 00:30 à Paris")
    assert slot(at(3, 13, 30), Reader("fr", "Europe/Brussels", "Europe/Paris")).elsewhere == ""


@pytest.mark.parametrize(
    ("hour", "minute", "night"), [(5, 59, True), (6, 0, False), (20, 59, False), (21, 0, True)]
)
def test_hours_of_the_night_are_those_of_the_readers_clock(hour, minute, night):
    moment = at(3, hour, minute)
    assert slot(moment, PARIS).night is night
    assert slot(moment + timedelta(hours=6), MONTREAL).night is night
    day = lay_out([moment], [], PARIS, Bounds(at(3, 0), at(3, 0), at(4, 0)))[0].days[3]
    assert (len(day.by_day), len(day.by_night)) == (not night, night)


def test_an_hour_that_the_clock_shows_twice_says_which_one():
    twice = [slot(at(25, hour, 30, month=10), PARIS).hour for hour in (0, 1)]
    assert twice == ["02:30 (UTC+02:00)", "02:30 (UTC+01:00)"]


def test_days_say_why_they_have_no_slot():
    # Wednesday 25 November, 12:00 in Paris; until Friday of the week after.
    bounds = Bounds(at(25, 11, month=11), at(26, 11, month=11), at(4, 23))
    there = [(at(day, 8, month=11), at(day, 16, month=11)) for day in (25, 26, 27, 30)]
    weeks = lay_out([at(27, 9, month=11)], there, PARIS, bounds)
    assert [week.monday for week in weeks] == [date(2026, 11, 23), date(2026, 11, 30)]
    assert [day.state for day in weeks[0].days] == [
        DayState.PAST,
        DayState.PAST,
        DayState.SOON,
        DayState.FULL,
        DayState.FREE,
        DayState.CLOSED,
        DayState.CLOSED,
    ]
    assert [day.state for day in weeks[1].days] == [
        DayState.FULL,
        *[DayState.CLOSED] * 4,
        *[DayState.BEYOND] * 2,
    ]
    assert [(week.free, week.full, week.name) for week in weeks] == [
        (1, False, "23–29 nov."),
        (0, True, "30 nov.\u2009–\u20096 déc."),
    ]


@given(
    st.lists(st.integers(0, 60 * 24 * 40), unique=True, max_size=40),
    st.sampled_from(["Europe/Paris", "Australia/Lord_Howe", "Asia/Kathmandu", "America/New_York"]),
    st.sampled_from([at(10, 0, month=10), at(25, 0, month=10), datetime(2027, 3, 10, tzinfo=UTC)]),
)
def test_every_slot_is_shown_once_and_in_order(minutes, zone, now):
    starts = sorted(now + timedelta(minutes=minute) for minute in minutes)
    bounds = Bounds(now, now, now + timedelta(days=40))
    weeks = lay_out(starts, [], Reader("fr", zone, "Europe/Paris"), bounds)
    shown = [slot.value for week in weeks for day in week.days for slot in day.slots]
    assert shown == [sent(start) for start in starts]
    names = [slot.name for week in weeks for day in week.days for slot in day.slots]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "text",
    ["", "demain", "2026-12-03", "2026-12-03T13:30:00", "2026-13-03T13:30:00Z",
     "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z",
     "2026-12-03T13:30:00Z ", "２０２６-12-03T13:30:00Z\x00"],
)  # fmt: skip
def test_what_is_no_moment_is_none(text):
    assert read(text) is None


def test_what_was_sent_is_read():
    assert read(sent(at(3, 13, 30))) == at(3, 13, 30)
