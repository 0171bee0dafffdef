"""Which raters can be compared at all: those whom shared candidates link; pure."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
from scipy.sparse import csr_array, hstack

from rubrics.raters.figures import Floats, Ints

_ZERO: Final = 1e-10  # of the largest eigenvalue: what is smaller is rounding
_APART: Final = 1e-6


def indicators(places: Ints, size: int) -> csr_array:
    """Return the indicator matrix of shape (n, size) of places of shape (n,)."""
    n = places.size
    return csr_array((np.ones(n), places, np.arange(n + 1)), shape=(n, size))


def connected(candidate: Ints, *facets: Ints) -> list[Ints]:
    """Return of each facet, beside candidates, the subset of each of its elements.

    `candidate` and each of `facets`: places from 0, of shape (n ratings,). Two elements of a facet
    lie in one subset where the ratings alone tell their difference, whatever candidates can do.
    With one facet these are the connected components of candidates and raters; with more they are
    exact as well where two facets cannot be told apart (whoever rated live never rated a
    recording). Subsets are numbered by their first element.

    The differences that nothing tells are the null space of the information that is left once
    candidates are taken out (a Laplacian): elements that it moves alike can be compared.
    """
    sizes = [int(facet.max()) + 1 for facet in facets]
    design = hstack(
        [indicators(facet, size) for facet, size in zip(facets, sizes, strict=True)], format="csr"
    )
    by_candidate = indicators(candidate, int(candidate.max()) + 1)
    rated = np.maximum(by_candidate.sum(axis=0), 1)
    mixed = (by_candidate.T @ design).tocsr()
    shared = mixed.T @ mixed.multiply(1 / rated[:, None])
    values, vectors = np.linalg.eigh((design.T @ design - shared).toarray())
    free = vectors[:, values <= _ZERO * max(float(values.max()), 1.0)]
    ends = np.cumsum([0, *sizes])
    return [_classes(free[begin:end]) for begin, end in pairwise(ends)]


def _classes(rows: Floats) -> Ints:
    """Return a number a row of `rows` (n, free directions), the same for equal ones."""
    numbers = np.full(len(rows), -1, dtype=np.int64)
    count = 0
    for place, row in enumerate(rows):
        if numbers[place] >= 0:
            continue
        alike = (np.abs(rows - row) < _APART).all(axis=1) & (numbers < 0)
        numbers[alike] = count
        count += 1
    return numbers
