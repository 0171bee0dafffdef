"""A figure that may be undefined, and then says why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Undefined(StrEnum):
    """Why a figure has no value."""

    TOO_FEW = "too_few"  # fewer pairs or performances than the figure needs
    NO_SPREAD = "no_spread"  # every mark is the same: there is nothing to agree on beyond chance


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with the ends of its 95 % interval, where it has them; or why there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    why: Undefined | None = None

    @classmethod
    def undefined(cls, why: Undefined, n: int = 0) -> Self:
        """Return a figure without a value."""
        return cls(None, n=n, why=why)
