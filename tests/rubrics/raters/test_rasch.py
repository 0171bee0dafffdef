"""The many-facet Rasch model: known severities recovered, an exact oracle, and hard tables."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.optimize import minimize

from rubrics.raters.rasch import Ratings, TooLittle, estimate
from tests.rubrics.raters.simulated import draw, simulate


def table(rows: list[tuple[int, int, int, int, int]]) -> Ratings:
    return Ratings(*(np.array(column) for column in zip(*rows, strict=True)))


def test_simulated_severities_are_recovered_and_their_intervals_hold():
    inside, slopes = [], []
    for seed in range(4):
        drawn = simulate(seed)
        ours = estimate(drawn.ratings).raters
        apart = ours.measure - drawn.severity
        assert np.corrcoef(ours.measure, drawn.severity)[0, 1] >= 0.98
        inside.append(np.abs(apart) < 1.96 * ours.error)
        slopes.append(np.polyfit(drawn.severity, ours.measure, 1)[0])
    assert 0.92 <= np.mean(inside) <= 0.98
    assert np.mean(slopes) == pytest.approx(1, abs=0.02)


def test_criteria_modes_fit_and_fair_averages():
    drawn = simulate(3)
    heard: list[float] = []
    result = estimate(drawn.ratings, heard.append)
    assert result.criteria.measure == pytest.approx(drawn.criteria, abs=4 * 0.02)
    assert result.modes.measure == pytest.approx(drawn.modes, abs=4 * 0.01)
    assert result.infit.mean() == pytest.approx(1, abs=0.03)
    assert result.outfit.mean() == pytest.approx(1, abs=0.03)
    # Whoever is more severe gives less to the same candidate.
    assert (np.argsort(result.fair) == np.argsort(-result.raters.measure)).all()
    assert result.fair.mean() == pytest.approx(drawn.ratings.mark.mean(), abs=0.5)
    assert (heard, result.converged) == (sorted(heard), True)
    assert len(heard) == result.rounds


def test_a_rater_who_marks_at_random_does_not_fit():
    drawn = simulate(5)
    ratings = drawn.ratings
    wild = ratings.rater == 0
    ratings.mark[wild] = np.random.default_rng(1).integers(2, 19, wild.sum())
    result = estimate(ratings)
    assert (int(np.argmax(result.infit)), int(np.argmax(result.outfit))) == (0, 0)
    assert result.infit[0] > 2


def conditional(ratings: Ratings, raters: int, values: int) -> np.ndarray:
    """Return severities of greatest likelihood given each candidate's sum, by enumeration.

    Each candidate is rated by two raters once: what they could have given that comes to the same
    sum is few enough to be listed.
    """
    first, second = ratings.mark[0::2], ratings.mark[1::2]
    by_first, by_second = ratings.rater[0::2], ratings.rater[1::2]
    could = [
        [(x, y) for x, y in product(range(values), repeat=2) if x + y == total]
        for total in range(2 * values - 1)
    ]

    def against(parameters: np.ndarray) -> float:
        hard = np.append(parameters[: raters - 1], 0.0)
        steps = np.r_[0.0, np.cumsum(np.append(parameters[raters - 1 :], 0.0))]
        worth = 0.0
        for x, y, i, j in zip(first, second, by_first, by_second, strict=True):
            weights = [-a * hard[i] - b * hard[j] - steps[a] - steps[b] for a, b in could[x + y]]
            own = -x * hard[i] - y * hard[j] - steps[x] - steps[y]
            worth += own - np.logaddexp.reduce(weights)
        return -worth

    best = minimize(against, np.zeros(raters - 1 + values - 2), method="BFGS")
    hard = np.append(best.x[: raters - 1], 0.0)
    severity: np.ndarray = hard - hard.mean()
    return severity


def test_it_comes_near_the_exact_conditional_likelihood():
    random = np.random.default_rng(2)
    raters, n, values = 4, 150, 7
    rater = np.array([random.choice(raters, 2, replace=False) for _ in range(n)]).ravel()
    candidate, nought = np.repeat(np.arange(n), 2), np.zeros(2 * n, dtype=np.int64)
    severity = np.array([-0.6, -0.1, 0.2, 0.5])
    place = random.normal(0, 1.5, n)[candidate] - severity[rater]
    mark = draw(random, place, 0.7 * (np.arange(1, values) - values / 2))
    ratings = Ratings(candidate, rater, nought, nought, mark)
    exact = conditional(ratings, raters, values)
    corrected = estimate(ratings).raters.measure
    plain = estimate(ratings, corrected=False).raters.measure
    # Two marks a candidate are the worst there is: plain joint estimates are near twice too wide.
    assert np.abs(plain - exact).max() > 5 * np.abs(corrected - exact).max()
    assert corrected == pytest.approx(exact, abs=0.1 * np.ptp(exact))


def test_raters_whom_no_candidate_links_are_told_apart():
    drawn = simulate(1, raters=6, orals=20).ratings
    far = Ratings(drawn.candidate + 1000, drawn.rater + 6, drawn.criterion, drawn.mode, drawn.mark)
    parts = ("candidate", "rater", "criterion", "mode", "mark")
    both = Ratings(*(np.concatenate([getattr(drawn, p), getattr(far, p)]) for p in parts))
    result = estimate(both)
    assert result.raters.subset.tolist() == [0] * 6 + [1] * 6
    # Each subset is centred by itself, and the same marks give the same severities.
    assert result.raters.measure[:6] == pytest.approx(result.raters.measure[6:], abs=1e-4)
    assert result.raters.measure[:6].sum() == pytest.approx(0, abs=1e-9)
    alone = estimate(drawn)
    assert result.fair[:6] == pytest.approx(alone.fair, abs=1e-3)


def test_whoever_only_rates_live_cannot_be_told_from_the_mode():
    random = np.random.default_rng(4)
    rows = []
    for candidate in range(40):
        live, recorded = candidate % 2, 2 + candidate % 2
        for rater, mode in ((live, 0), (recorded, 1)):
            rows += [(candidate, rater, c, mode, int(random.integers(8, 13))) for c in range(3)]
    apart = estimate(table(rows))
    assert apart.raters.subset.tolist() == [0, 1, 2, 3]  # 0 meets 2 alone, 1 meets 3
    assert apart.modes.subset.tolist() == [0, 1]
    # One who rates in both modes ties live raters to recorded ones of the same candidates.
    rows += [
        (50 + n, rater, 0, mode, 8 + n % 4) for n in range(8) for rater, mode in ((0, 1), (2, 0))
    ]
    tied = estimate(table(rows))
    assert tied.raters.subset.tolist() == [0, 1, 0, 1]
    assert tied.modes.subset.tolist() == [0, 0]


def test_extreme_candidates_and_raters_are_left_out_and_counted():
    drawn = simulate(2, raters=6, orals=20).ratings
    rows = list(
        zip(
            *(getattr(drawn, p) for p in ("candidate", "rater", "criterion", "mode", "mark")),
            strict=True,
        )
    )
    rows += [(2000, 0, c, 0, 18) for c in range(6)]
    rows += [(2000, 1, c, 1, 18) for c in range(6)]
    rows += [(candidate, 6, c, 1, 18) for candidate in (0, 1, 2) for c in range(6)]
    result = estimate(table(rows))
    assert result.extreme_raters.tolist() == [6]
    assert np.isnan([result.raters.measure[6], result.raters.error[6], result.fair[6]]).all()
    assert result.raters.subset[6] == -1
    assert result.raters.measure[:6] == pytest.approx(estimate(drawn).raters.measure, abs=1e-4)
    assert result.extreme_candidates == estimate(drawn).extreme_candidates + 1


def test_values_that_nobody_gave_are_no_step():
    drawn = simulate(6, raters=6, orals=20).ratings
    drawn.mark[drawn.mark == 10] = 11
    result = estimate(drawn)
    assert 10 not in result.values
    assert result.steps.size == result.values.size - 1
    assert result.converged


@pytest.mark.parametrize("marks", [[], [9, 9, 9, 9], [2, 2, 18, 18]])
def test_nothing_to_estimate_from_is_said(marks):
    n = len(marks)
    nought = np.zeros(n, dtype=np.int64)
    candidate, rater = np.arange(n) // 2, np.arange(n) % 2
    with pytest.raises(TooLittle):
        estimate(Ratings(candidate, rater, nought, nought, np.array(marks, dtype=np.int64)))
