"""Agreement against scikit-learn, on the oracle of the field, random marks and edges."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from rubrics.raters import agreement
from rubrics.raters.figures import Figure, Undefined

SCALE = list(range(2, 19))


@pytest.mark.parametrize("seed", range(40))
def test_kappa_is_scikit_learns_on_random_marks(seed):
    random = np.random.default_rng(seed)
    n, width = int(random.integers(2, 60)), int(random.integers(2, 18))
    first = random.integers(2, 2 + width, n)
    second = np.clip(first + random.integers(-3, 4, n), 2, 18)
    if np.ptp(first) == 0 and (first == second).all():
        second[0] += 1
    theirs = cohen_kappa_score(first, second, labels=SCALE, weights="quadratic")
    assert agreement.weighted_kappa(first, second).value == pytest.approx(theirs, abs=1e-12)


def test_kappa_of_the_fields_own_example():
    first, second = [1, 2, 3, 4, 5, 5], [1, 2, 3, 5, 5, 4]
    theirs = cohen_kappa_score(first, second, labels=[1, 2, 3, 4, 5], weights="quadratic")
    ours = agreement.weighted_kappa(first, second)
    assert (ours.value, ours.n) == (pytest.approx(theirs, abs=1e-12), 6)
    assert theirs == pytest.approx(1 - 2 / 26.666667, abs=1e-6)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([], [], Figure.undefined(Undefined.TOO_FEW)),
        ([9, 9, 9], [9, 9, 9], Figure.undefined(Undefined.NO_SPREAD, 3)),
        ([9, 9, 9], [12, 12, 12], Figure(0.0, n=3)),  # as chance would have it: scikit-learn's 0
        ([9, 12], [9, 12], Figure(1.0, n=2)),
        ([2, 18], [18, 2], Figure(-1.0, n=2)),
    ],
)
def test_kappa_at_its_edges(first, second, expected):
    assert agreement.weighted_kappa(first, second) == expected


def test_the_interval_of_a_kappa_is_that_of_resampled_pairs():
    random = np.random.default_rng(7)
    first = random.integers(4, 16, 400)
    second = np.clip(first + random.integers(-3, 4, 400), 2, 18)
    ours = agreement.weighted_kappa(first, second)
    drawn = [
        agreement.weighted_kappa(first[places], second[places]).value
        for places in random.integers(0, 400, (2000, 400))
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert (ours.low, ours.high) == (pytest.approx(low, abs=0.004), pytest.approx(high, abs=0.004))


def test_exact_and_adjacent_agreement_count_pairs():
    first, second = [9, 9, 9, 9], [9, 10, 12, 13]
    values = [agreement.within(first, second, most).value for most in (0, 1, 3)]
    assert values == [0.25, 0.5, 0.75]
    assert agreement.exact(first, second) == agreement.within(first, second, 0)


def test_a_share_has_wilsons_interval():
    # Newcombe (1998), Statistics in Medicine 17, 857-872, table I: 81 of 263.
    figure = agreement.share(81, 263)
    assert (round(figure.low, 4), round(figure.high, 4)) == (0.2553, 0.3662)
    none = agreement.share(0, 20)  # the same table: 0 of 20
    assert (round(none.low, 4), round(none.high, 4)) == (0.0, 0.1611)


def test_series_of_two_lengths_are_refused():
    with pytest.raises(ValueError, match="same length"):
        agreement.exact([9, 10], [9])
