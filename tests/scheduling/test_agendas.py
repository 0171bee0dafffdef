"""Hours, days off and settings: what is refused, and that nothing booked moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import clock
from kernel.errors import Forbidden, Invalid
from scheduling import agendas
from scheduling.agendas import Hours
from scheduling.models import Occupancy, OpeningHours

hours_of_a_week = st.builds(
    Hours, st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440)
).filter(lambda hours: hours.start != hours.end % 1440 or hours.end == 1440)


def minutes_of(hours: Hours) -> list[int]:
    begins = hours.weekday * 1440 + hours.start
    return [minute % agendas.WEEK for minute in range(begins, begins + hours.lasts)]


@given(st.lists(hours_of_a_week, max_size=6))
def test_hours_are_refused_exactly_when_two_share_a_minute(wanted):
    every = [minute for hours in wanted for minute in minutes_of(hours)]
    try:
        agendas.no_overlap(wanted)
    except agendas.Overlap:
        assert len(every) != len(set(every))
    else:
        assert len(every) == len(set(every))


@pytest.mark.parametrize(
    ("text", "minute"), [("09:30", 570), ("9h30", 570), ("24:00", 1440), ("00:00", 0)]
)
def test_a_clock_is_read(text, minute):
    assert agendas.minutes(text) == minute


@pytest.mark.parametrize("text", ["25:00", "24:01", "09:60", "", "soon", "-1:00", "٠٩:٠٠", "9"])
def test_what_no_clock_shows_is_refused(text):
    with pytest.raises(Invalid, match="n'est pas une heure"):
        agendas.minutes(text)


def test_a_range_ends_at_midnight_or_the_next_day():
    assert agendas.span("18:00", "00:00") == (1080, 1440)
    assert agendas.span("22:00", "02:00") == (1320, 120)
    with pytest.raises(Invalid, match="a un début et une fin"):
        agendas.span("09:00", "09:00")


def test_changing_hours_leaves_what_is_booked(db, make):
    evaluator = make.hours(make.evaluator(), 540, 1020)
    oral = make.appointment(evaluator=evaluator, starts_at=clock.now() + timedelta(days=3))
    before = [(row.start_s, row.end_s) for row in db.query(Occupancy)]
    agendas.set_hours(db, evaluator.actor, evaluator, [Hours(0, 540, 600), Hours(6, 1320, 120)])
    assert agendas.weekly(db, evaluator) == [Hours(0, 540, 600), Hours(6, 1320, 120)]
    assert [(row.start_s, row.end_s) for row in db.query(Occupancy)] == before
    assert agendas.upcoming(db, evaluator) == [oral]


def test_overlapping_hours_are_refused_and_named(db, make):
    evaluator = make.hours(make.evaluator(), 540, 1020)
    with pytest.raises(Invalid) as refused:
        agendas.set_hours(db, evaluator.actor, evaluator, [Hours(6, 1320, 120), Hours(0, 60, 300)])
    assert str(refused.value) == "Deux plages se chevauchent\u00a0: 22:00–02:00 et 01:00–05:00."
    assert db.query(OpeningHours).count() == 7


def test_days_off_give_back_what_is_booked_on_the_evaluators_own_days(db, make):
    zone = "Pacific/Auckland"
    evaluator = make.evaluator(timezone=zone)
    day = (clock.now() + timedelta(days=10)).astimezone(ZoneInfo(zone)).date()
    start = datetime(day.year, day.month, day.day, 8, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    oral = make.appointment(evaluator=evaluator, starts_at=start)
    make.appointment(evaluator=evaluator, starts_at=start + timedelta(days=3))
    orals = agendas.take_off(db, evaluator.actor, evaluator, day, day + timedelta(days=1), "fête")
    assert orals == [oral]
    assert [row.day for row in agendas.other_days(db, evaluator)] == [day, day + timedelta(days=1)]
    agendas.restore(db, evaluator.actor, evaluator, day, day)
    assert [row.day for row in agendas.other_days(db, evaluator)] == [day + timedelta(days=1)]


def test_another_days_hours_give_back_what_lies_outside(db, make):
    evaluator = make.evaluator(timezone="UTC")
    day = (clock.now() + timedelta(days=5)).date()
    nine = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    make.appointment(evaluator=evaluator, starts_at=nine)
    late = make.appointment(evaluator=evaluator, starts_at=nine + timedelta(hours=8))
    who = evaluator.actor
    assert agendas.set_day(db, who, evaluator, day, [(480, 720), (780, 840)]) == [late]
    assert agendas.set_day(db, who, evaluator, day, [(480, 120)]) == []


def test_days_that_make_no_sense_are_refused(db, make):
    evaluator = make.evaluator()
    today = clock.now().date()
    for first, last, words in [
        (today - timedelta(days=9), today, "passé"),
        (today + timedelta(days=9), today + timedelta(days=8), "avant le premier"),
        (today + timedelta(days=2), today + timedelta(days=400), "Un an"),
        (today + timedelta(days=5000), today + timedelta(days=5000), "trop loin"),
    ]:
        with pytest.raises(Invalid, match=words):
            agendas.take_off(db, evaluator.actor, evaluator, first, last)
    with pytest.raises(Invalid, match="Donnez les heures"):
        agendas.set_day(db, evaluator.actor, evaluator, today + timedelta(days=1), [])
    assert agendas.other_days(db, evaluator) == []


def test_ways_are_kept_within_bounds(db, make):
    evaluator = make.evaluator()
    who = make.coordinator().actor
    agendas.set_ways(db, who, evaluator, buffer=15, daily_most=4, zone="Asia/Kathmandu")
    kept = agendas.of(db, evaluator)
    assert (kept.buffer_minutes, kept.daily_most) == (15, 4)
    assert evaluator.timezone == "Asia/Kathmandu"
    for wrong in ({"buffer": 121}, {"daily_most": 0}, {"zone": "Mars/Olympus"}):
        good = {"buffer": 10, "daily_most": 10, "zone": "Europe/Paris"}
        with pytest.raises(Invalid):
            agendas.set_ways(db, who, evaluator, **good | wrong)


def test_only_the_evaluator_and_coordinators_touch_an_agenda(db, make):
    evaluator, stranger = make.evaluator(), make.evaluator().actor
    day = clock.now().date() + timedelta(days=1)
    for act in (
        lambda who: agendas.set_hours(db, who, evaluator, []),
        lambda who: agendas.set_day(db, who, evaluator, day, [(540, 600)]),
        lambda who: agendas.take_off(db, who, evaluator, day, day),
        lambda who: agendas.restore(db, who, evaluator, day, day),
        lambda who: agendas.set_ways(db, who, evaluator, buffer=1, daily_most=1, zone="UTC"),
        lambda who: agendas.rotate_feed(db, who, evaluator),
    ):
        for who in (stranger, make.manager().actor, make.candidacy().candidate.user.actor):
            with pytest.raises(Forbidden):
                act(who)
        act(make.coordinator().actor)
