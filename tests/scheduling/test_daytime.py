"""Two hours of somebody's own day, over every zone and every kind of change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.daytime import offer_until

ZONES = sorted(available_timezones() - {"localtime"})


def awake(zone: str, start: datetime, end: datetime) -> int:
    """Count, minute by minute, how long the clock of a zone shows 08:00 to 20:00."""
    place, count = ZoneInfo(zone), 0
    while start < end:
        count += 8 <= start.astimezone(place).hour < 20
        start += timedelta(minutes=1)
    return count


@pytest.mark.parametrize(
    ("zone", "now", "until"),
    [
        ("Europe/Paris", "2026-12-01T09:00+01:00", "2026-12-01T11:00+01:00"),
        ("Europe/Paris", "2026-12-01T18:00+01:00", "2026-12-01T20:00+01:00"),
        ("Europe/Paris", "2026-12-01T19:15+01:00", "2026-12-02T09:15+01:00"),
        ("Europe/Paris", "2026-12-01T23:00+01:00", "2026-12-02T10:00+01:00"),
        ("Europe/Paris", "2026-12-01T03:00+01:00", "2026-12-01T10:00+01:00"),
        # The night in which the clock changes is longer, or shorter: the morning begins at eight.
        ("Europe/Paris", "2026-10-24T21:00+02:00", "2026-10-25T10:00+01:00"),
        ("Europe/Paris", "2027-03-27T21:00+01:00", "2027-03-28T10:00+02:00"),
        ("Asia/Kathmandu", "2026-12-01T19:30+05:45", "2026-12-02T09:30+05:45"),
        # A day that the calendar skipped.
        ("Pacific/Apia", "2011-12-29T19:00-10:00", "2011-12-31T09:00+14:00"),
    ],
)
def test_an_offer_runs_for_two_hours_of_the_day(zone, now, until):
    end = offer_until(zone, datetime.fromisoformat(now))
    assert end == datetime.fromisoformat(until)


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 1)),  # noqa: DTZ001
)
def test_whatever_the_zone_two_hours_awake_are_left(zone, when):
    now = when.replace(second=0, microsecond=0, tzinfo=UTC)
    until = offer_until(zone, now)
    assert awake(zone, now, until) == 120
    assert awake(zone, until - timedelta(minutes=1), until) == 1
    assert now + timedelta(hours=2) <= until <= now + timedelta(hours=39)
