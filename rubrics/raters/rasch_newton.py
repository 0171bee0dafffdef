"""The arithmetic of the many-facet Rasch model: moments, information, Newton's steps; pure.

Facets are all that makes a mark harder to get (raters, criteria, modes), in one vector; steps come
after them. Candidates are taken out of each step: each has its own row of the information only.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import csr_array, hstack

from rubrics.raters.figures import Floats, Ints
from rubrics.raters.subsets import indicators

TOLERANCE: Final = 1e-5  # logits that the last step moved anything by
MOST_STEPS: Final = 200
USUAL: Final = 25  # rounds of a large table
LONGEST: Final = 2.5  # logits that one step moves anything by
_ZERO: Final = 1e-9  # of the largest eigenvalue: directions that nothing tells


@dataclass(frozen=True, slots=True)
class Problem:
    """Ratings as places from 0: n of them, of candidates, by facets, each a category."""

    candidate: Ints  # (n,)
    facets: list[Ints]  # each (n,)
    sizes: list[int]  # how many elements each facet has
    category: Ints  # (n,), 0 to categories - 1, each of which occurs

    @property
    def categories(self) -> int:
        """Return how many categories there are."""
        return int(self.category.max()) + 1


@dataclass(slots=True)
class Solution:
    """Where Newton's steps came to."""

    ability: Floats  # (candidates,)
    difficulty: Floats  # (facets' elements,), facet after facet
    steps: Floats  # (categories - 1,)
    covariance: Floats  # (facets' elements + steps,) squared
    place: Floats  # (n,): candidate less facets, of each rating
    rounds: int
    converged: bool


@dataclass(frozen=True, slots=True)
class Moments:
    """What the model expects of ratings at their places."""

    chance: Floats  # (n, categories)
    mean: Floats  # (n,)
    variance: Floats  # (n,)
    third: Floats  # (n,), third central moment


def moments(place: Floats, steps: Floats) -> Moments:
    """Return the chance of each category at places of shape (n,), and its moments."""
    categories = np.arange(steps.size + 1.0)
    weight = place[:, None] * categories - np.concatenate(([0.0], np.cumsum(steps)))
    weight -= weight.max(axis=1, keepdims=True)
    chance = np.exp(weight, out=weight)
    chance /= chance.sum(axis=1, keepdims=True)
    mean = chance @ categories
    raw = [chance @ categories**power for power in (2, 3)]
    variance = raw[0] - mean**2
    third = raw[1] - 3 * mean * raw[0] + 2 * mean**3
    return Moments(chance, mean, variance, third)


def _from_above(table: Floats) -> Floats:
    """Return of each row of shape (categories,) its sums from category 1, 2, … upwards."""
    return np.cumsum(table[:, ::-1], axis=1)[:, ::-1][:, 1:]


class Newton:
    """One estimation: joint maximum likelihood, or free of the candidates' bias (`corrected`)."""

    def __init__(self, problem: Problem, *, corrected: bool) -> None:
        """Lay out indicator matrices once."""
        self.problem, self.corrected = problem, corrected
        self.by_candidate = indicators(problem.candidate, int(problem.candidate.max()) + 1)
        self.design: csr_array = hstack(
            [
                indicators(facet, size)
                for facet, size in zip(problem.facets, problem.sizes, strict=True)
            ],
            format="csr",
        )
        self.reached = problem.category[:, None] >= np.arange(1, problem.categories)

    def solve(self, progress: Callable[[float], object] | None = None) -> Solution:
        """Step until nothing moves; `progress` hears a share from 0 to 1."""
        counts = np.bincount(self.problem.category)
        ability = np.zeros(self.by_candidate.shape[1])
        hard = np.zeros(self.design.shape[1])
        steps = np.log(counts[:-1] / counts[1:])
        share, moved, rounds = 0.0, math.inf, 0
        while moved > TOLERANCE and rounds < MOST_STEPS:
            rounds += 1
            by, covariance = self._step(ability, hard, steps)
            moved = max(float(np.abs(part).max(initial=0.0)) for part in by)
            damped = min(1.0, LONGEST / moved) if moved else 1.0
            ability += damped * by[0]
            hard += damped * by[1]
            steps += damped * by[2]
            if progress is not None:
                share = max(share, min(0.99, max(rounds / USUAL, _nearness(moved))))
                progress(share)
        place = self.by_candidate @ ability - self.design @ hard
        return Solution(ability, hard, steps, covariance, place, rounds, moved <= TOLERANCE)

    def _step(
        self, ability: Floats, hard: Floats, steps: Floats
    ) -> tuple[tuple[Floats, Floats, Floats], Floats]:
        """Return the full Newton step of abilities, facets, steps, and the facets' covariance."""
        problem = self.problem
        expected = moments(self.by_candidate @ ability - self.design @ hard, steps)
        centred = np.arange(problem.categories) - expected.mean[:, None]
        above = _from_above(expected.chance)
        with_steps = _from_above(expected.chance * centred)  # covariance of mark and step reached
        own = self.by_candidate.T @ expected.variance
        own_steps = self.by_candidate.T @ with_steps
        pull_candidate = self.by_candidate.T @ (problem.category - expected.mean)
        pull = self._pull(expected, centred, above, own, own_steps)
        information, mixed = self._information(expected, above, with_steps, own_steps)
        scaled = mixed / own[:, None]
        inverse = _inverse(information - mixed.T @ scaled)
        move = inverse @ (pull + scaled.T @ pull_candidate)
        by_ability = (pull_candidate + mixed @ move) / own
        facets = hard.size
        return (by_ability, move[:facets], move[facets:]), inverse

    def _pull(
        self,
        expected: Moments,
        centred: Floats,
        above: Floats,
        own: Floats,
        own_steps: Floats,
    ) -> Floats:
        """Return the gradient of facets and steps, candidates at their best for them.

        Corrected, it is that of the profile likelihood plus half the logarithm of each candidate's
        information: in an exponential family the likelihood given the candidates' sums, which are
        all that tells of them, to second order.
        """
        facets = self.problem.category - expected.mean
        steps = (above - self.reached).sum(axis=0)
        if self.corrected:
            own_third = self.by_candidate.T @ expected.third
            tilt = self.by_candidate @ (own_third / own)
            half = self.by_candidate @ (0.5 / own)
            facets = facets - half * (tilt * expected.variance - expected.third)
            square = centred**2 - expected.variance[:, None]
            steps = steps + (0.5 * own_third / own**2) @ own_steps
            steps = steps - half @ _from_above(expected.chance * square)
        return np.concatenate((-(self.design.T @ facets), steps))

    def _information(
        self, expected: Moments, above: Floats, with_steps: Floats, own_steps: Floats
    ) -> tuple[Floats, Floats]:
        """Return the information of facets and steps, and what of it they share with candidates.

        The first is square; the second, less its sign, of shape (candidates, facets + steps).
        """
        weighted = self.design.multiply(expected.variance[:, None]).tocsr()
        corner = self.design.T @ with_steps
        places = np.arange(above.shape[1])
        within = above.sum(axis=0)[np.maximum.outer(places, places)] - above.T @ above
        information = np.block([[(self.design.T @ weighted).toarray(), corner], [corner.T, within]])
        mixed = np.hstack([(self.by_candidate.T @ weighted).toarray(), own_steps])
        return information, mixed


def _nearness(moved: float) -> float:
    """Return how near a step that moved so much is to the last one, from below 0 to 1."""
    return math.log10(moved) / math.log10(TOLERANCE) if moved > TOLERANCE else 1.0


def _inverse(information: Floats) -> Floats:
    """Return the inverse on the directions that the ratings tell, 0 on the others."""
    values, vectors = np.linalg.eigh((information + information.T) / 2)
    told = values > _ZERO * values.max()
    inverse: Floats = (vectors[:, told] / values[told]) @ vectors[:, told].T
    return inverse
