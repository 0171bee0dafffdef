"""Deviation from the panel against scipy's own interval, and the control chart of its drift."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from rubrics.raters.figures import Figure, Undefined
from rubrics.raters.models import Side
from rubrics.raters.severity import BASELINE, deviation, drift


@pytest.mark.parametrize("seed", range(10))
def test_the_interval_is_students(seed):
    random = np.random.default_rng(seed)
    own, panel = random.normal(10, 2, 30), random.normal(10.4, 2, 30)
    low, high = stats.ttest_1samp(own - panel, 0).confidence_interval()
    ours = deviation(own, panel)
    assert ours.value == pytest.approx((own - panel).mean())
    assert (ours.low, ours.high) == (pytest.approx(low), pytest.approx(high))


def test_its_edges():
    assert deviation([], []) == Figure.undefined(Undefined.TOO_FEW)
    assert deviation([9.0], [10.0]) == Figure(-1.0, n=1)
    assert deviation([9.0, 9.0], [10.0, 10.0]) == Figure(-1.0, -1.0, -1.0, 2)


def test_whoever_is_severe_and_steady_does_not_drift():
    steady = np.tile([-1.0, -2.0, -1.5, -0.5], 20)
    chart = drift(steady)
    assert chart.centre == pytest.approx(steady[:BASELINE].mean())
    assert (chart.side, chart.first_outside) == (None, None)


@pytest.mark.parametrize(("step", "side"), [(-1.5, Side.LOWER), (1.5, Side.HIGHER)])
def test_a_move_is_seen_and_on_which_side(step, side):
    noise = np.tile([0.5, -0.5, 0.0, 0.25, -0.25], 12)
    moved = np.where(np.arange(60) >= 40, noise + step, noise)
    chart = drift(moved)
    assert chart.side is side
    assert 40 - BASELINE <= chart.first_outside < 50 - BASELINE


def test_the_average_is_the_recursion_of_its_definition():
    series = np.array([0.0, 1.0] * 5 + [2.0, -1.0])
    chart = drift(series)
    first = 0.2 * 2.0 + 0.8 * 0.5
    assert chart.average == pytest.approx([first, 0.2 * -1.0 + 0.8 * first])
    assert chart.high + chart.low == pytest.approx(2 * chart.centre)


@pytest.mark.parametrize("series", [[], [1.0] * BASELINE, [1.0] * 40])
def test_without_enough_or_without_spread_there_is_no_chart(series):
    assert drift(series) is None


def test_steady_raters_are_seldom_taken_for_drifting():
    random = np.random.default_rng(11)
    flagged = sum(drift(random.normal(0, 1, 60)).side is not None for _ in range(400))
    assert flagged <= 12  # 3 %: an expected 0.4 % at any one moment, and the spread is estimated
