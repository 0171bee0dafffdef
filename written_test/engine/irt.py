"""The three-parameter logistic model and the expected a posteriori estimate on a grid; pure.

P(right | theta) = c + (1 - c) / (1 + exp(-a (theta - b))), without the constant 1.7 (Birnbaum in
Lord & Novick, Statistical Theories of Mental Test Scores, 1968, ch. 17). Abilities, difficulties
and standard errors share one scale, on which abilities are taken to be N(0, 1.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PRIOR_MEAN: Final = 0.0
PRIOR_SD: Final = 1.2
STEP: Final = 0.05
GRID: Final[Floats] = np.round(np.arange(-180, 181) * STEP, 10)
"""361 abilities from -9 to 9, 7.5 standard deviations of the prior either way.

The trapezoidal sum of a smooth density that vanishes at both ends converges faster than any
power of the step: at this one it agrees with an adaptive quadrature to better than 1e-9.
"""


_SQUARES: Final[Floats] = GRID * GRID


def probability(theta: Floats | float, a: Floats, b: Floats, c: Floats) -> Floats:
    """Return the probability of a right answer; arrays broadcast."""
    return c + (1.0 - c) / (1.0 + np.exp(-a * (theta - b)))


def information(theta: float, a: Floats, b: Floats, c: Floats) -> Floats:
    """Return Fisher's information of each scored part at `theta`.

    a² ((P - c) / (1 - c))² (1 - P) / P: Lord, Applications of Item Response Theory, 1980, p. 72.
    """
    logistic = 1.0 / (1.0 + np.exp(-a * (theta - b)))
    right = c + (1.0 - c) * logistic
    return a * a * logistic * logistic * (1.0 - c) * (1.0 - logistic) / right


@lru_cache(maxsize=4096)
def wrong_over_grid(a: float, b: float, c: float) -> Floats:
    """Return the probability of a wrong answer at each ability of GRID; kept, 3 KB a part."""
    wrong: Floats = (1.0 - c) / (1.0 + np.exp(a * (GRID - b)))
    wrong.flags.writeable = False
    return wrong


class Posterior:
    """What is known of an ability: its density over the grid. A value: updates give new ones."""

    __slots__ = ("_moments", "density")

    def __init__(self, density: Floats) -> None:
        """Keep a density over GRID, of any positive total."""
        self.density = density / density.sum()
        self._moments: tuple[float, float] | None = None

    @classmethod
    def normal(cls, mean: float = PRIOR_MEAN, sd: float = PRIOR_SD) -> Self:
        """Return a normal density, by default that of the population."""
        return cls(np.exp(-0.5 * ((GRID - mean) / sd) ** 2))

    def after(self, parts: Sequence[tuple[float, float, float]], right: Sequence[bool]) -> Self:
        """Return what is known once each part of a question was right or wrong."""
        density = self.density
        for (a, b, c), was_right in zip(parts, right, strict=True):
            wrong = wrong_over_grid(a, b, c)
            density = density * ((1.0 - wrong) if was_right else wrong)
        return type(self)(density)

    def _both(self) -> tuple[float, float]:
        if self._moments is None:
            mean = float(self.density @ GRID)
            variance = float(self.density @ _SQUARES) - mean * mean
            self._moments = mean, max(variance, 0.0) ** 0.5
        return self._moments

    @property
    def theta(self) -> float:
        """Return the expected ability (EAP: Bock & Mislevy, 1982)."""
        return self._both()[0]

    @property
    def standard_error(self) -> float:
        """Return the posterior's standard deviation."""
        return self._both()[1]

    def levels(self, cuts: Sequence[float]) -> Floats:
        """Return the probability of each of the `len(cuts) + 1` levels between rising cuts."""
        area = np.concatenate(([0.0], np.cumsum((self.density[1:] + self.density[:-1]) / 2)))
        below = np.interp(cuts, GRID, area / area[-1])
        return np.diff(np.concatenate(([0.0], below, [1.0])))
