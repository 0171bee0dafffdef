"""Recurrence rules beside dateutil's reading of them, and their own bounds."""

from __future__ import annotations

import datetime as datetimes
from datetime import datetime, timedelta
from itertools import takewhile

import pytest
from dateutil.rrule import rrulestr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.busy_rules import Budget, follow, parse
from scheduling.unreadable import Reason, Unreadable

WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
FIRST = datetime(2026, 11, 1)  # noqa: DTZ001
LAST = FIRST + timedelta(days=400)


def some(values, most: int = 3):
    return st.lists(st.sampled_from(list(values)), min_size=1, max_size=most, unique=True)


@st.composite
def rules(draw) -> str:
    frequency = draw(st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"]))
    parts = {"FREQ": frequency, "INTERVAL": str(draw(st.integers(1, 4)))}

    def add(name: str, values) -> None:
        if draw(st.integers(0, 2)) == 0:
            parts[name] = ",".join(str(value) for value in draw(some(values)))

    add("BYMONTH", range(1, 13))
    if frequency in ("MONTHLY", "YEARLY", "DAILY"):
        add("BYMONTHDAY", [*range(1, 32), *range(-31, 0)])
    if frequency == "YEARLY" and "BYMONTH" not in parts and "BYMONTHDAY" not in parts:
        add("BYYEARDAY", [1, 59, 60, 200, 365, 366, -1, -366])
    places = [""]  # all days with a place or none: of a mixture dateutil wants both
    if frequency == "MONTHLY" or (frequency == "YEARLY" and "BYYEARDAY" not in parts):
        placed = "BYMONTHDAY" not in parts and draw(st.booleans())
        places = ["1", "2", "5", "-1", "-2"] if placed else [""]
    add("BYDAY", [place + day for place in places for day in WEEKDAYS])
    if frequency != "HOURLY":
        add("BYHOUR", range(24))
    add("BYMINUTE", range(0, 60, 7))
    if frequency in ("MONTHLY", "YEARLY") and ("BYDAY" in parts or "BYMONTHDAY" in parts):
        add("BYSETPOS", [1, 2, -1, 3, -2])
    if frequency == "WEEKLY":
        add("WKST", WEEKDAYS[:1] + WEEKDAYS[6:])
        parts["WKST"] = parts.get("WKST", "MO").split(",")[0]
    if draw(st.booleans()):
        parts["COUNT"] = str(draw(st.integers(1, 40)))
    return ";".join(f"{name}={value}" for name, value in parts.items())


@pytest.fixture
def to_2028(monkeypatch):
    """Stop dateutil with the window: it follows a rule that fits no day to the year 9999."""
    monkeypatch.setattr(datetimes, "MAXYEAR", 2028)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rules(), st.datetimes(datetime(2025, 1, 1), datetime(2027, 6, 1)))  # noqa: DTZ001
def test_a_rule_gives_what_dateutil_gives(to_2028, text, begins):
    begins = begins.replace(microsecond=0, second=0)
    every = takewhile(lambda wall: wall <= LAST, rrulestr(text, dtstart=begins))
    theirs = [wall for wall in every if wall >= FIRST]
    assert list(follow(parse(text), begins, FIRST, LAST, Budget())) == theirs


@pytest.mark.parametrize(
    "text",
    [
        *("", "FREQ=SOMETIMES", "FREQ=DAILY;BYEASTER=1", "FREQ=DAILY;COUNT=2;COUNT=3"),
        *("FREQ=DAILY;BYMONTH=13", "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=WEEKLY;BYDAY=XX"),
        *("FREQ=MONTHLY;BYDAY=0MO", "FREQ=DAILY;RSCALE=HEBREW", "FREQ=DAILY;INTERVAL=x"),
        "FREQ=DAILY;COUNT=" + "9" * 9999,
    ],
)
def test_a_rule_that_cannot_be_followed_is_none(text):
    with pytest.raises(ValueError):  # noqa: PT011 -- whatever it says, the event is named
        parse(text)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("FREQ=DAILY;COUNT=2;", "FREQ=DAILY;COUNT=2"),
        ("freq=weekly; byday=mo,tu", "FREQ=WEEKLY;BYDAY=MO,TU"),
        ("FREQ=DAILY;INTERVAL=0;BYDAY=", "FREQ=DAILY"),
        ("FREQ=DAILY;RSCALE=GREGORIAN;SKIP=OMIT", "FREQ=DAILY"),
    ],
)
def test_a_rule_written_otherwise_is_the_same(text, same):
    assert parse(text) == parse(same)


def test_a_rule_without_a_count_is_entered_at_the_window():
    budget = Budget(300)
    long_ago = datetime(1604, 1, 1, 9)  # noqa: DTZ001
    walls = list(follow(parse("FREQ=DAILY;INTERVAL=3"), long_ago, FIRST, LAST, budget))
    assert (len(walls), walls[0] >= FIRST, (walls[0] - long_ago).days % 3) == (134, True, 0)


def test_a_rule_that_asks_for_too_much_is_stopped():
    with pytest.raises(Unreadable) as refused:
        list(follow(parse("FREQ=SECONDLY"), FIRST, FIRST, LAST, Budget(1000)))
    assert refused.value.reason is Reason.TOO_OFTEN


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=MO", ["2026-12-28", "2027-01-04"]),
        ("FREQ=YEARLY;BYWEEKNO=-1", ["2026-12-30"]),
        ("FREQ=YEARLY", ["2027-10-28"]),
    ],
)
def test_weeks_of_a_year_and_the_day_itself(text, days):
    begins = datetime(2020, 10, 28, 9)  # noqa: DTZ001 -- a Wednesday
    walls = follow(parse(text), begins, FIRST, LAST, Budget())
    assert [f"{wall:%Y-%m-%d}" for wall in walls] == days
