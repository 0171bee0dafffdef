"""How far one rater marks above or below their colleagues, and whether that moves; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from rubrics.raters.figures import Figure, Floats, Undefined
from rubrics.raters.models import Side

WEIGHT: Final = 0.2
"""Of the newest deviation, in the moving average."""
LIMIT: Final = 2.86
"""Limits in standard errors: with `WEIGHT`, one false alarm in some 370 steady deviations."""
BASELINE: Final = 10
"""The first deviations of a rater, which say how they mark when they begin."""
_MOVING_RANGE: Final = 1.128  # the mean range of two normal values, in standard deviations


def deviation(own: ArrayLike, panel: ArrayLike) -> Figure:
    """Return the mean of `own` minus `panel` with Student's 95 % interval; below 0: severe.

    `own`, `panel`: thirds, one value a performance, both of shape (n,): the criteria of one oral
    are not independent, so that each oral counts once. One performance has no interval.
    """
    apart = np.asarray(own, dtype=np.float64) - np.asarray(panel, dtype=np.float64)
    n = apart.size
    if n == 0:
        return Figure.undefined(Undefined.TOO_FEW)
    mean = float(apart.mean())
    if n == 1:
        return Figure(mean, n=1)
    half = float(stdtrit(n - 1, 0.975)) * float(apart.std(ddof=1)) / n**0.5
    return Figure(mean, mean - half, mean + half, n)


@dataclass(frozen=True, slots=True)
class Drift:
    """A control chart of deviations in time; arrays of shape (n - baseline,), in thirds."""

    centre: float
    average: Floats
    low: Floats
    high: Floats
    side: Side | None  # where the newest average stands outside its limits

    @property
    def first_outside(self) -> int | None:
        """Return the place of the first average outside its limits."""
        outside = np.flatnonzero((self.average < self.low) | (self.average > self.high))
        return int(outside[0]) if outside.size else None


def drift(deviations: ArrayLike, *, baseline: int = BASELINE) -> Drift | None:
    """Return the exponentially weighted moving average of deviations after the first `baseline`.

    `deviations`: thirds, oldest first, of shape (n,). The centre is the mean of the first
    `baseline` ones, not the panel: whoever is severe and steady does not drift. The spread is that
    of neighbouring deviations, which a slow move does not inflate; the limits hold as well what
    the centre itself is uncertain by. None: nothing after the baseline, or no spread at all.

    Source: J. M. Lucas, M. S. Saccucci (1990), Exponentially weighted moving average control
    schemes, Technometrics 32, 1–12; the moving range: D. C. Montgomery, Introduction to
    Statistical Quality Control, chapters 6 and 9.
    """
    series = np.asarray(deviations, dtype=np.float64)
    if baseline < 2 or series.size <= baseline:
        return None
    sigma = float(np.abs(np.diff(series)).mean()) / _MOVING_RANGE
    if sigma == 0:
        return None
    centre = float(series[:baseline].mean())
    average = np.empty(series.size - baseline)
    last = centre
    for place, value in enumerate(series[baseline:]):
        last = WEIGHT * value + (1 - WEIGHT) * last
        average[place] = last
    steps = np.arange(1, average.size + 1)
    faded = 1 - (1 - WEIGHT) ** steps
    own = WEIGHT / (2 - WEIGHT) * (1 - (1 - WEIGHT) ** (2 * steps))
    half = LIMIT * sigma * np.sqrt(own + faded**2 / baseline)
    low, high = centre - half, centre + half
    side = Side.LOWER if last < low[-1] else Side.HIGHER if last > high[-1] else None
    return Drift(centre, average, low, high, side)
