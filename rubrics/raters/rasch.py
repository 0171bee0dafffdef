"""Severities by a many-facet Rasch model, with their errors and fit; pure.

    logit(k over k − 1) = candidate − rater − criterion − mode − step k        (rating scale)

Source: J. M. Linacre (1989), Many-Facet Rasch Measurement; D. Andrich (1978), A rating formulation
for ordered response categories, Psychometrika 43, 561–573. How it is estimated, and why so:
`docs/decisions/0028-severities-given-the-candidates.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rubrics.raters.figures import Floats, Ints
from rubrics.raters.rasch_newton import Moments, Newton, Problem, Solution, moments
from rubrics.raters.subsets import connected


@dataclass(frozen=True, slots=True)
class Ratings:
    """Marks, one a rating, all of shape (n,): of which candidate, by whom, of what, in which mode.

    Candidates, raters, criteria and modes are places from 0; marks are values of the scale. What is
    not assessable is left out.
    """

    candidate: Ints
    rater: Ints
    criterion: Ints
    mode: Ints
    mark: Ints

    def only(self, kept: np.ndarray) -> Ratings:
        """Return some of the ratings."""
        return Ratings(
            *(part[kept] for part in (self.candidate, self.rater, self.criterion)),
            *(part[kept] for part in (self.mode, self.mark)),
        )


@dataclass(frozen=True, slots=True)
class Facet:
    """The elements of a facet: logits above the mean of their subset, with standard errors."""

    measure: Floats  # NaN: never rated, or extreme throughout
    error: Floats
    subset: Ints  # those of one number can be compared, others not; -1: nothing is known


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the ratings tell."""

    raters: Facet  # above 0: severe
    criteria: Facet  # above 0: hard
    modes: Facet  # above 0: marks are lower in this mode
    infit: Floats  # (raters,), mean squares weighted by information; 1 is expected
    outfit: Floats  # (raters,), mean squares, moved by single surprises
    fair: Floats  # (raters,), the mark to expect of them for the mean candidate of their subset
    ratings: Ints  # (raters,): how many of each were counted
    steps: Floats  # logits of each value of the scale over the one before that was given
    values: Ints  # the values of the scale that were given
    extreme_candidates: int  # left out: every mark the highest, or the lowest: they tell nothing
    extreme_raters: Ints  # left out likewise
    rounds: int
    converged: bool


class TooLittle(Exception):
    """Nothing can be estimated: not two values of the scale, or no candidate in between."""


def estimate(
    ratings: Ratings,
    progress: Callable[[float], object] | None = None,
    *,
    corrected: bool = True,
) -> Estimate:
    """Estimate severities from marks; `progress` hears a share from 0 to 1.

    `corrected` takes out the bias that comes of estimating every candidate beside the raters;
    without it this is plain joint maximum likelihood.

    Raises:
        TooLittle: nothing is left to estimate from.
    """
    raters = int(ratings.rater.max(initial=-1)) + 1
    sizes = [raters, int(ratings.criterion.max(initial=-1)) + 1]
    sizes.append(int(ratings.mode.max(initial=-1)) + 1)
    kept, extreme_candidates, extreme_raters = _telling(ratings)
    if kept.mark.size == 0:
        raise TooLittle
    values, category = np.unique(kept.mark, return_inverse=True)
    _names, candidate = np.unique(kept.candidate, return_inverse=True)
    facets = [kept.rater, kept.criterion, kept.mode]
    problem = Problem(candidate, facets, sizes, category)
    solution = Newton(problem, corrected=corrected).solve(progress)
    measured = _measures(problem, solution)
    expected = moments(solution.place, solution.steps)
    infit, outfit = _fit(problem, expected)
    return Estimate(
        *measured,
        infit=infit,
        outfit=outfit,
        fair=_fair(problem, solution, measured[0], values),
        ratings=np.bincount(kept.rater, minlength=raters),
        steps=solution.steps - solution.steps.mean(),
        values=values,
        extreme_candidates=extreme_candidates,
        extreme_raters=extreme_raters,
        rounds=solution.rounds,
        converged=solution.converged,
    )


def _telling(ratings: Ratings) -> tuple[Ratings, int, Ints]:
    """Leave out, again and again, candidates and raters whose marks are all highest or lowest."""
    kept, candidates, raters = ratings, 0, np.empty(0, dtype=np.int64)
    while kept.mark.size:
        candidate, rater = _extreme(kept.candidate, kept.mark), _extreme(kept.rater, kept.mark)
        if not (candidate.any() or rater.any()):
            break
        candidates += np.unique(kept.candidate[candidate]).size
        raters = np.union1d(raters, kept.rater[rater])
        kept = kept.only(~(candidate | rater))
    return kept, candidates, raters


def _extreme(element: Ints, mark: Ints) -> np.ndarray:
    """Tell of each rating whether all of its element are the highest, or all the lowest."""
    count = np.bincount(element)
    highest = np.bincount(element, mark == mark.max()) == count
    lowest = np.bincount(element, mark == mark.min()) == count
    both: np.ndarray = (highest | lowest)[element]
    return both


def _measures(problem: Problem, solution: Solution) -> tuple[Facet, Facet, Facet]:
    """Centre each facet within its subsets, with the error of each centred measure."""
    raters, modes = connected(problem.candidate, problem.facets[0], problem.facets[2])
    criteria = connected(problem.candidate, problem.facets[1])[0]
    facets, begin = [], 0
    for numbers, places, size in zip(
        (raters, criteria, modes), problem.facets, problem.sizes, strict=True
    ):
        rated = np.bincount(places, minlength=size) > 0
        subset = np.where(rated, np.pad(numbers, (0, size - numbers.size)), -1)
        cut = slice(begin, begin + size)
        facets.append(_centred(solution.difficulty[cut], solution.covariance[cut, cut], subset))
        begin += size
    return facets[0], facets[1], facets[2]


def _centred(measure: Floats, covariance: Floats, subset: Ints) -> Facet:
    centring = (subset[:, None] == subset[None, :]).astype(float)
    centring = np.eye(subset.size) - centring / centring.sum(axis=1, keepdims=True)
    variance = ((centring @ covariance) * centring).sum(axis=1)
    unknown = subset < 0
    return Facet(
        np.where(unknown, np.nan, centring @ measure),
        np.where(unknown, np.nan, np.sqrt(np.maximum(variance, 0.0))),
        subset,
    )


def _fit(problem: Problem, expected: Moments) -> tuple[Floats, Floats]:
    """Return infit and outfit mean squares of raters.

    A residual is smaller than its variance since its candidate was estimated from it: by the share
    that it has of the candidate's information. Source: B. D. Wright, G. N. Masters (1982), Rating
    Scale Analysis, chapter 5; the share: that of a residual in any regression (its leverage).
    """
    size = problem.sizes[0]

    def by_rater(parts: Floats) -> Floats:
        return np.bincount(problem.facets[0], parts, minlength=size).astype(np.float64)

    own = np.bincount(problem.candidate, expected.variance)
    left = 1 - expected.variance / own[problem.candidate]
    square = (problem.category - expected.mean) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        infit = by_rater(square) / by_rater(expected.variance * left)
        outfit = by_rater(square / expected.variance) / by_rater(left)
    alone = by_rater(left) < 1e-9  # candidates with a single mark tell nothing of fit
    return np.where(alone, np.nan, infit), np.where(alone, np.nan, outfit)


def _fair(problem: Problem, solution: Solution, raters: Facet, values: Ints) -> Floats:
    """Return the mark to expect of each rater for the mean candidate of their subset.

    The mean is that of places (logits) over the subset's ratings, each as if by its mean rater.
    """
    by, fair = problem.facets[0], np.full(raters.measure.size, np.nan)
    centred = np.nan_to_num(raters.measure)
    for number in range(int(raters.subset.max(initial=-1)) + 1):
        inside = raters.subset == number
        rated = inside[by]
        if not rated.any():
            continue
        middle = float((solution.place + centred[by])[rated].mean())
        chance = moments(middle - centred[inside], solution.steps).chance
        fair[inside] = chance @ values
    return fair
