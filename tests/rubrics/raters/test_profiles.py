"""Halo and the use of the scale, with marks that are missing."""

from __future__ import annotations

import numpy as np
import pytest

from rubrics.raters.figures import Undefined
from rubrics.raters.profiles import halo, use_of_scale

NAN = np.nan


def test_a_flat_profile_has_one_mark_throughout():
    figure = halo([[9, 9, 9], [9, 10, 9], [12, NAN, 12], [NAN, NAN, 7]]).flat
    assert (figure.value, figure.n) == (pytest.approx(2 / 3), 3)  # one mark alone is no profile


def test_the_correlation_is_numpys_over_every_pair_of_criteria():
    random = np.random.default_rng(3)
    table = random.normal(10, 2, (40, 1)) + random.normal(0, 1, (40, 6))
    matrix = np.corrcoef(table.T)
    expected = matrix[np.triu_indices(6, 1)].mean()
    assert halo(table).correlation.value == pytest.approx(expected)


def test_a_criterion_that_never_varies_is_left_out():
    table = [[9, 3, 9], [9, 4, 10], [9, 5, 11], [9, 6, 12]]
    assert halo(table).correlation.value == pytest.approx(1.0)
    assert halo([[9, 9]] * 5).correlation.why is Undefined.NO_SPREAD


def test_nothing_marked_has_no_halo():
    empty = halo(np.empty((0, 6)))
    assert (empty.flat.why, empty.correlation.why) == (Undefined.TOO_FEW, Undefined.TOO_FEW)


def test_values_of_the_scale_are_counted():
    use = use_of_scale([[2, 18, NAN], [9, 9, 9]])
    assert (use.counts[0], use.counts[7], use.counts[16]) == (1, 3, 1)
    assert (use.n, use.used, len(use.counts)) == (5, 3, 17)
    assert use_of_scale([]).n == 0
