"""How well an item's answers fit what its parameters say; pure.

Mean squares after B. D. Wright and G. N. Masters, Rating Scale Analysis (1982), chapter 5:
with z the residual x - P divided by its standard deviation sqrt(P (1 - P)),
outfit = mean of z², infit = sum of (x - P)² / sum of P (1 - P). About 1 when the answers are as
noisy as the model says; 0.7 to 1.3 is usual for a multiple choice. Abilities are estimated from
the same answers, this one among them, which pulls both a little below 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from written_test.engine.irt import probability
from written_test.questions.drafts import Parameters

FEWEST = 10
"""Answers below which a figure would say more of chance than of the item."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One answer to one scored part: whether it was right, and its author's ability."""

    right: bool
    theta: float


@dataclass(frozen=True, slots=True)
class Fit:
    """The two mean squares."""

    outfit: float
    infit: float


def mean_squares(parameters: Parameters, answers: Sequence[Scored]) -> Fit | None:
    """Return outfit and infit, or None with fewer than `FEWEST` answers."""
    if len(answers) < FEWEST:
        return None
    thetas = np.array([answer.theta for answer in answers])
    right = np.array([float(answer.right) for answer in answers])
    shape = (np.full(len(answers), value) for value in (parameters.a, parameters.b, parameters.c))
    expected = np.clip(probability(thetas, *shape), 1e-9, 1 - 1e-9)
    squares, variances = (right - expected) ** 2, expected * (1 - expected)
    return Fit(float(np.mean(squares / variances)), float(squares.sum() / variances.sum()))


def point_biserial(answers: Sequence[Scored]) -> float | None:
    """Return the correlation of right (1) or wrong (0) with ability; None where there is none."""
    right = [answer.theta for answer in answers if answer.right]
    wrong = [answer.theta for answer in answers if not answer.right]
    if len(answers) < FEWEST or not right or not wrong:
        return None
    count = len(answers)
    mean = math.fsum([*right, *wrong]) / count
    spread = math.sqrt(math.fsum((theta - mean) ** 2 for theta in [*right, *wrong]) / count)
    if spread == 0:
        return None
    apart = math.fsum(right) / len(right) - math.fsum(wrong) / len(wrong)
    return apart / spread * math.sqrt(len(right) * len(wrong)) / count


def average(numbers: Sequence[float]) -> float | None:
    """Return the mean of numbers, None of none."""
    return math.fsum(numbers) / len(numbers) if numbers else None
