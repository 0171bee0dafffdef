"""Ratings of simulated orals, whose severities are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rubrics.raters.rasch import Ratings

VALUES = 17


@dataclass(frozen=True)
class Simulated:
    """Ratings, and what they were drawn from."""

    ratings: Ratings
    severity: np.ndarray
    criteria: np.ndarray
    modes: np.ndarray


def simulate(seed: int, *, raters: int = 50, orals: int = 40) -> Simulated:
    """Draw `orals` sheets of six criteria of each rater, every oral rated live and recorded."""
    random = np.random.default_rng(seed)
    n = raters * orals // 2
    pairs = _pairs(random, raters, orals)
    severity, criteria = random.normal(0, 0.6, raters), random.normal(0, 0.4, 6)
    severity, criteria = severity - severity.mean(), criteria - criteria.mean()
    modes = np.array([-0.15, 0.15])
    candidate, rater = np.repeat(np.arange(n), 12), np.repeat(pairs.ravel(), 6)
    criterion, mode = np.tile(np.arange(6), 2 * n), np.tile(np.repeat([0, 1], 6), n)
    hard = severity[rater] + criteria[criterion] + modes[mode]
    steps = 0.55 * (np.arange(1, VALUES) - VALUES / 2)
    mark = 2 + draw(random, random.normal(0, 2.5, n)[candidate] - hard, steps)
    return Simulated(Ratings(candidate, rater, criterion, mode, mark), severity, criteria, modes)


def draw(random: np.random.Generator, place: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Draw a category of each place (n,) by the rating-scale model."""
    weight = place[:, None] * np.arange(steps.size + 1) - np.r_[0.0, np.cumsum(steps)]
    chance = np.exp(weight - weight.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    drawn: np.ndarray = (chance.cumsum(axis=1) < random.random((place.size, 1))).sum(axis=1)
    return drawn


def _pairs(random: np.random.Generator, raters: int, orals: int) -> np.ndarray:
    """Return two different raters of each oral, every rater as often live as recorded."""
    live = np.repeat(np.arange(raters), orals // 2)
    return np.stack([live, (live + random.integers(1, raters, live.size)) % raters], axis=1)
