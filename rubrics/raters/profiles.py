"""What sheets look like by themselves: one mark for all criteria, a corner of the scale; pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rubrics.raters.agreement import share
from rubrics.raters.figures import Figure, Ints, Undefined
from rubrics.scale import HIGHEST, LOWEST


@dataclass(frozen=True, slots=True)
class Halo:
    """How much the criteria of a sheet look like one impression."""

    flat: Figure  # the share of sheets with the same mark throughout
    correlation: Figure  # the mean correlation between criteria, over performances


def halo(sheets: ArrayLike) -> Halo:
    """Return the share of flat profiles, and the mean correlation between criteria.

    `sheets`: thirds of shape (n sheets, criteria); NaN where not assessable. A sheet is flat when
    its marks, two at least, are all equal. Criteria do go together in candidates themselves, so
    that a correlation is read beside colleagues' ones, not alone; pairs of criteria of which one
    never varies are left out of its mean.

    Source: F. E. Saal, R. G. Downey, M. A. Lahey (1980), Rating the ratings, Psychological
    Bulletin 88, 413–428; C. M. Myford, E. W. Wolfe (2004), Detecting and measuring rater effects
    using many-facet Rasch measurement, part II, Journal of Applied Measurement 5, 189–227.
    """
    table = np.atleast_2d(np.asarray(sheets, dtype=np.float64))
    marked = (~np.isnan(table)).sum(axis=1)
    table = table[marked >= 2]
    if table.size == 0:
        nothing = Figure.undefined(Undefined.TOO_FEW)
        return Halo(nothing, nothing)
    spans = np.nanmax(table, axis=1) - np.nanmin(table, axis=1)
    return Halo(share(int((spans == 0).sum()), len(table)), _between(table))


def _between(table: np.ndarray) -> Figure:
    n, criteria = table.shape
    if n < 3:
        return Figure.undefined(Undefined.TOO_FEW, n)
    correlations = []
    for left in range(criteria):
        for right in range(left + 1, criteria):
            both = table[:, [left, right]]
            both = both[~np.isnan(both).any(axis=1)]
            if len(both) > 2 and (np.ptp(both, axis=0) > 0).all():
                correlations.append(float(np.corrcoef(both.T)[0, 1]))
    if not correlations:
        return Figure.undefined(Undefined.NO_SPREAD, n)
    return Figure(float(np.mean(correlations)), n=n)


@dataclass(frozen=True, slots=True)
class Use:
    """How often each value of the scale is given."""

    counts: Ints  # of shape (17,), below A1 first
    used: int  # how many values are given at all
    spread: float  # standard deviation in thirds

    @property
    def n(self) -> int:
        """Return how many marks there are."""
        return int(self.counts.sum())


def use_of_scale(marks: ArrayLike) -> Use:
    """Count marks (thirds, any shape, NaN where not assessable) by value of the scale."""
    given = np.asarray(marks, dtype=np.float64).ravel()
    given = given[~np.isnan(given)]
    counts = np.bincount(given.astype(np.int64) - LOWEST, minlength=HIGHEST - LOWEST + 1)
    spread = float(given.std()) if given.size else 0.0
    return Use(counts.astype(np.int64), int((counts > 0).sum()), spread)
