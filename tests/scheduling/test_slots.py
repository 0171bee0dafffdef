"""Free slots against a slow reading of the same rules."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.hours import merged
from scheduling.slots import Wanted, below_daily_most, free

STANDARD = Wanted(20, 10, 30)


def rows(*values):
    return np.array(values, np.int64).reshape(-1, 3)


def test_slots_follow_the_pace_and_fit_to_the_end():
    assert free(rows((1, 0, 100)), rows(), STANDARD).tolist() == [
        [1, 0, 30],
        [1, 30, 60],
        [1, 60, 90],
    ]


def test_a_longer_oral_needs_more_room_at_the_same_pace():
    longer = Wanted(27, 10, 30)
    assert free(rows((1, 0, 100)), rows(), longer).tolist() == [
        [1, 0, 37],
        [1, 30, 67],
        [1, 60, 97],
    ]


@pytest.mark.parametrize(
    ("taken", "left"),
    [
        ((1, 30, 60), [0, 60]),
        ((1, 29, 31), [60]),
        ((1, 60, 61), [0, 30]),
        ((1, -50, 0), [0, 30, 60]),
        ((1, -50, 1), [30, 60]),
        ((1, 90, 99), [0, 30, 60]),
        ((2, 0, 90), [0, 30, 60]),
        ((1, 0, 90), []),
    ],
)
def test_what_is_taken_is_not_offered(taken, left):
    slots = free(rows((1, 0, 90)), rows(taken), STANDARD)
    assert slots[:, 1].tolist() == left


def test_nobody_there_and_nobody_taken():
    assert free(rows(), rows(), STANDARD).shape == (0, 3)
    assert free(rows((1, 0, 29)), rows((1, 0, 5)), STANDARD).shape == (0, 3)


spans = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 400), st.integers(1, 120)).map(
        lambda span: (span[0], span[1], span[1] + span[2])
    ),
    max_size=12,
)
wanted = st.builds(Wanted, st.integers(1, 60), st.integers(0, 30), st.integers(1, 60))


@given(spans, spans, wanted)
def test_free_is_what_a_slow_reading_finds(open_, taken, want):
    there = merged(rows(*open_))
    expected = [
        [who, at, at + want.whole]
        for who, begins, ends in there.tolist()
        for at in range(begins, ends - want.whole + 1, want.pace)
        if not any(
            who == other and at < stops and starts < at + want.whole
            for other, starts, stops in taken
        )
    ]
    assert free(there, rows(*taken), want).tolist() == expected


def test_a_day_that_is_full_offers_nothing_more():
    slots = rows((1, 10, 40), (1, 1010, 1040), (2, 10, 40), (3, 1500, 1530))
    booked = rows((1, 500, 530), (1, 990, 1020), (2, 1200, 1230))
    days = np.array([0, 1000, 2000])
    most = np.array([2, 2, 1, 1])
    assert below_daily_most(slots, days, booked, most).tolist() == slots[[1, 2, 3]].tolist()
