"""The arithmetic of time in an oral."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rooms.timers import Limits, Patience, Run, elapsed, parts, pause, total

START = datetime(2026, 12, 3, 14, 30, tzinfo=UTC)
LIMITS = Limits((240, 420, 420), (300, 480, 420))

seconds = st.floats(0, 7200, allow_nan=False)


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def test_before_the_oral_nothing_has_elapsed():
    times = parts([], LIMITS, START)
    assert [(t.part, t.elapsed_s, t.running, t.soft_s, t.hard_s) for t in times] == [
        (1, 0.0, False, 240, 300),
        (2, 0.0, False, 420, 480),
        (3, 0.0, False, 420, 420),
    ]
    assert total(times) == 0


def test_parts_one_after_the_other():
    runs = [Run(1, at(0), at(250)), Run(2, at(250))]
    first, second, third = parts(runs, LIMITS, at(700))
    assert (first.elapsed_s, first.running, first.soft_reached, first.hard_reached) == (
        *(250, False, True, False),
    )
    assert (second.elapsed_s, second.running, second.soft_reached) == (450, True, True)
    assert (second.remaining_s, third.remaining_s) == (0, 420)
    assert total([first, second, third]) == 700


def test_a_third_more_time_everywhere():
    times = parts([], Limits((240, 420, 420), (300, 480, 420), 4 / 3), START)
    assert [(t.soft_s, t.hard_s) for t in times] == [(320, 400), (560, 640), (560, 560)]


def test_a_hard_limit_is_never_below_the_soft_one():
    assert parts([], Limits((400, 1, 1), (300, 1, 1)), START)[0].hard_s == 400


def test_a_lost_connection_stops_the_time():
    run = Run(1, at(0), paused_s=10, paused_at=at(100))
    first = parts([run], LIMITS, at(160))[0]
    assert (first.elapsed_s, first.paused, first.running) == (90, True, True)


def test_patience_is_for_all_parts_together():
    runs = [Run(1, at(0), at(400), paused_s=100), Run(2, at(400), paused_at=at(450))]
    patience = Patience(150)
    assert [t.elapsed_s for t in parts(runs, LIMITS, at(480), patience)] == [300, 50, 0]
    later = parts(runs, LIMITS, at(530), patience)
    assert [(t.elapsed_s, t.paused) for t in later] == [(300, False), (80, False), (0, False)]
    current = pause(runs, patience, at(490))
    assert (current.since, current.ends_at, current.taken_s, current.left_s, current.over) == (
        *(at(450), at(500), 140, 10, False),
    )
    assert pause(runs, patience, at(500)).over


def test_an_appointment_that_began_already_cuts_no_pause():
    run = Run(1, at(0), paused_at=at(100))
    assert parts([run], LIMITS, at(200), Patience(600, at(90)))[0].elapsed_s == 100
    assert parts([run], LIMITS, at(200), Patience(600, at(150)))[0].elapsed_s == 150


@given(seconds, seconds, st.floats(0, 900), seconds)
def test_time_only_grows_when_patience_ends(moment, other, most, since):
    early, late = sorted((since + moment, since + other))
    run = Run(1, at(0), paused_at=at(since))
    patience = Patience(most, at(since + 300))
    before, after = (parts([run], LIMITS, at(now), patience)[0] for now in (early, late))
    assert before.elapsed_s <= after.elapsed_s <= before.elapsed_s + (late - early) + 1e-5


@given(seconds, seconds, st.floats(0, 600))
def test_time_only_grows(moment, other, paused):
    early, late = sorted((moment, other))
    run = Run(1, at(0), paused_s=paused)
    assert 0 <= elapsed(run, at(early)) <= elapsed(run, at(late))


@given(seconds, seconds)
def test_what_a_pause_takes_is_given_back(before, pause):
    """Seen after the pause, the part is as far as it was when the pause began."""
    paused = Run(1, at(0), paused_at=at(before))
    resumed = Run(1, at(0), paused_s=(at(before + pause) - at(before)).total_seconds())
    now = at(before + pause)
    assert abs(elapsed(paused, now) - elapsed(resumed, now)) < 1e-5


@given(seconds, st.floats(1, 3))
def test_limits_are_reached_in_order(now, factor):
    for time in parts([Run(1, at(0))], Limits(LIMITS.soft, LIMITS.hard, factor), at(now)):
        assert time.soft_reached or not time.hard_reached
        assert time.remaining_s == max(0, time.soft_s - time.elapsed_s)


@given(st.lists(st.floats(0, 900), min_size=3, max_size=3), st.floats(0, 900))
def test_the_total_is_the_time_since_the_start(lengths, more):
    """Parts without a gap between them: their sum is the whole."""
    marks = [0.0]
    for length in lengths:
        marks.append(marks[-1] + length)
    runs = [Run(n + 1, at(marks[n]), at(marks[n + 1])) for n in range(3)]
    assert abs(total(parts(runs, LIMITS, at(marks[-1] + more))) - marks[-1]) < 1e-4
