"""How far two series of marks agree: exactly, within so much, beyond chance; pure."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from rubrics.raters.figures import Figure, Floats, Undefined

Z: Final = 1.959963984540054  # the 97.5 % quantile of a normal distribution
LOW_KAPPA: Final = 0.60
GOOD_KAPPA: Final = 0.75


def exact(first: ArrayLike, second: ArrayLike) -> Figure:
    """Return the share of pairs whose marks are equal, with Wilson's interval.

    `first`, `second`: marks in thirds, both of shape (n,).
    """
    return within(first, second, 0)


def within(first: ArrayLike, second: ArrayLike, most: int) -> Figure:
    """Return the share of pairs at most `most` thirds apart, with Wilson's interval.

    Adjacent agreement is `most` = 3, a level, or 1, the next value of the scale. `first`,
    `second`: marks in thirds, both of shape (n,).
    """
    left, right = _pairs(first, second)
    return share(int((np.abs(left - right) <= most).sum()), left.size)


def share(count: int, n: int) -> Figure:
    """Return `count` of `n` as a share, with its 95 % interval.

    Source: E. B. Wilson (1927), Probable inference, the law of succession, and statistical
    inference, JASA 22, 209–212.
    """
    if n == 0:
        return Figure.undefined(Undefined.TOO_FEW)
    value, square = count / n, Z * Z
    middle = (value + square / (2 * n)) / (1 + square / n)
    half = Z / (1 + square / n) * math.sqrt(value * (1 - value) / n + square / (4 * n * n))
    return Figure(value, max(0.0, middle - half), min(1.0, middle + half), n)


def weighted_kappa(first: ArrayLike, second: ArrayLike) -> Figure:
    """Return the quadratically weighted kappa of two series of marks of shape (n,).

    One minus the mean squared difference over the one expected if the two series were paired at
    random. The weights are squares of differences of the marks themselves, so that values of the
    scale that nobody used change nothing. The interval is the large-sample one; it has none below
    two pairs or where the two agree perfectly. Undefined where every mark of both is the same:
    chance alone would agree as well. Where each is constant and they differ, it is 0.

    Source: J. Cohen (1968), Weighted kappa, Psychological Bulletin 70, 213–220; the variance:
    J. L. Fleiss, J. Cohen, B. S. Everitt (1969), Psychological Bulletin 72, 323–327.
    """
    left, right = _pairs(first, second)
    n = left.size
    if n == 0:
        return Figure.undefined(Undefined.TOO_FEW)
    observed = float(((left - right) ** 2).mean())
    expected = float(left.var() + right.var() + (left.mean() - right.mean()) ** 2)
    if expected == 0:
        return Figure.undefined(Undefined.NO_SPREAD, n)
    value = 1 - observed / expected
    error = _kappa_error(left, right, observed, expected)
    if error == 0:
        return Figure(value, n=n)
    return Figure(value, max(-1.0, value - Z * error), min(1.0, value + Z * error), n)


def _kappa_error(left: Floats, right: Floats, observed: float, expected: float) -> float:
    """Return the standard error of the kappa: that of a ratio of two means (delta method).

    A pair moves the mean squared difference by its own, and the expected one by what its two marks
    are expected to differ from all of the other series.
    """
    influence = (left - right) ** 2 - observed
    to_right = (left - right.mean()) ** 2 + right.var()
    to_left = (right - left.mean()) ** 2 + left.var()
    moved = to_right + to_left - 2 * expected
    ratio = observed / expected
    return float(np.sqrt(((influence - ratio * moved) ** 2).mean() / left.size) / expected)


def _pairs(first: ArrayLike, second: ArrayLike) -> tuple[Floats, Floats]:
    left, right = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if left.shape != right.shape or left.ndim != 1:
        msg = f"two series of the same length, not {left.shape} and {right.shape}"
        raise ValueError(msg)
    return left, right
