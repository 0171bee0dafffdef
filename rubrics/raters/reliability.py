"""How far one mark stands for all that the raters would give: the intraclass correlation; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtri

from rubrics.raters.figures import Figure, Floats, Undefined

TAIL: Final = 0.975


@dataclass(frozen=True, slots=True)
class _Squares:
    """Mean squares of a two-way table: between rows, between columns, what is left."""

    rows: float
    columns: float
    left: float


def icc(marks: ArrayLike) -> Figure:
    """Return ICC(2,1), two-way random effects, absolute agreement of single marks.

    `marks`: a table without holes of shape (n performances, k raters), n and k at least 2. The
    interval is the 95 % one. Undefined where all marks are equal; where raters agree on every
    performance it is 1, and the interval is that point.

    Source: P. E. Shrout, J. L. Fleiss (1979), Psychological Bulletin 86, 420–428; the interval:
    K. O. McGraw, S. P. Wong (1996), Psychological Methods 1, 30–46, table 7, ICC(A,1).
    """
    table = np.asarray(marks, dtype=np.float64)
    n, k = table.shape
    if n < 2 or k < 2:
        return Figure.undefined(Undefined.TOO_FEW, n)
    squares = _mean_squares(table)
    below = squares.rows + (k - 1) * squares.left + k * (squares.columns - squares.left) / n
    if np.ptp(table) == 0 or below <= 0:
        return Figure.undefined(Undefined.NO_SPREAD, n)
    value = (squares.rows - squares.left) / below
    low, high = _interval(value, squares, n, k)
    return Figure(value, low, high, n)


def _mean_squares(table: Floats) -> _Squares:
    n, k = table.shape
    rows, columns, whole = table.mean(axis=1), table.mean(axis=0), table.mean()
    left = table - rows[:, None] - columns[None, :] + whole
    return _Squares(
        rows=float(k * ((rows - whole) ** 2).sum() / (n - 1)),
        columns=float(n * ((columns - whole) ** 2).sum() / (k - 1)),
        left=_tidy(float((left**2).sum() / ((n - 1) * (k - 1)))),
    )


def _tidy(square: float) -> float:
    """Return 0 for what rounding alone left of a table that adds up exactly."""
    return 0.0 if square < 1e-20 else square


def _interval(value: float, squares: _Squares, n: int, k: int) -> tuple[float, float]:
    if squares.left == 0 and squares.columns < 1e-20:
        return value, value
    # Satterthwaite's degrees of freedom, F multiplied out so that no residual is no division by 0.
    columns, left = squares.columns, squares.left
    rest = n * (1 + (k - 1) * value) - k * value
    above = (k - 1) * (n - 1) * (k * value * columns + rest * left) ** 2
    below = (n - 1) * k**2 * value**2 * columns**2 + (rest * left) ** 2
    free = above / below
    upper, lower = float(fdtri(n - 1, free, TAIL)), float(fdtri(free, n - 1, TAIL))
    spread = k * columns + (k * n - k - n) * left
    return (
        n * (squares.rows - upper * left) / (upper * spread + n * squares.rows),
        n * (lower * squares.rows - left) / (spread + n * lower * squares.rows),
    )
