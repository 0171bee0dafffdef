"""How far each item may be exposed: parameters set by simulation; pure.

Sympson & Hetter, Controlling item-exposure rates in computerized adaptive testing, 1985: simulate
tests, and let an item that would be chosen for a share S of candidates above the target r pass
with probability r / S; again until the highest rate stays near r.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np

from written_test.engine.adaptive import Course, Pool, Rules
from written_test.engine.irt import PRIOR_MEAN, PRIOR_SD, Floats, probability

Progress = Callable[[int, int], None]
LEAST: Final = 0.02
"""No item is closed altogether by its exposure parameter."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a simulation of tests found; shares from 0 to 1."""

    candidates: int
    exact_level: float
    rmse: float
    mean_length: float
    max_exposure: float
    bank_used: float

    def as_json(self) -> dict[str, Any]:
        """Return the figures by name."""
        return asdict(self)


def simulate(
    pool: Pool,
    rules: Rules,
    candidates: int,
    seed: int = 1,
    *,
    sat: Callable[[int], None] | None = None,
) -> tuple[Simulated, Floats]:
    """Let simulated candidates, abilities from the prior, sit the test; `sat` hears how many have.

    Returns:
        the figures, and the share of candidates who saw each item, in the pool's order.
    """
    chance = np.random.default_rng(seed)
    truths = chance.normal(PRIOR_MEAN, PRIOR_SD, candidates)
    shown = np.zeros(len(pool))
    exact, length, error = 0, 0, 0.0
    for number, truth in enumerate(truths):
        course = Course(pool, rules, seed * 1_000_003 + number)
        while course.stop() is None and (choice := course.next()) is not None:
            place = pool.place[choice.id]
            parts = slice(pool.starts[place], pool.starts[place + 1])
            chances = probability(truth, pool.a[parts], pool.b[parts], pool.c[parts])
            course.record(choice.id, [bool(x) for x in chance.random(chances.size) < chances])
            shown[place] += 1
        level = int(np.searchsorted(rules.cuts, truth))
        exact += int(course.levels().argmax()) == level
        length += course.scored
        error += (course.posterior.theta - truth) ** 2
        if sat is not None:
            sat(number + 1)
    rates = shown / candidates
    figures = Simulated(
        candidates=candidates,
        exact_level=exact / candidates,
        rmse=float(error / candidates) ** 0.5,
        mean_length=length / candidates,
        max_exposure=float(rates.max()),
        bank_used=float((shown > 0).mean()),
    )
    return figures, rates


def calibrate(
    pool: Pool,
    rules: Rules,
    most: float,
    *,
    candidates: int = 1000,
    rounds: int = 8,
    progress: Progress | None = None,
) -> tuple[Pool, Simulated]:
    """Return the pool with exposure parameters that keep every item near `most`.

    Of the rounds' parameters, those with the lowest highest rate are kept, with what they gave.
    `progress` hears after each test how many of all were simulated.
    """
    best: tuple[Pool, Simulated] | None = None
    for number in range(rounds):
        sat = partial(_tell, progress, number * candidates, rounds * candidates)
        figures, rates = simulate(pool, rules, candidates, seed=number + 1, sat=sat)
        if best is None or figures.max_exposure < best[1].max_exposure:
            best = pool, figures
        wanted = rates / pool.exposure
        with np.errstate(divide="ignore"):
            passing = np.where(wanted > most, most / wanted, 1.0)
        pool = with_exposure(pool, np.clip(passing, LEAST, 1.0))
    if best is None:
        raise ValueError("at least one round")
    return best


def _tell(progress: Progress | None, before: int, total: int, done: int) -> None:
    if progress is not None:
        progress(before + done, total)


def with_exposure(pool: Pool, exposure: Floats) -> Pool:
    """Return the same items with other exposure parameters, in the pool's order."""
    pairs = zip(pool.entries, exposure, strict=True)
    return Pool([replace(entry, exposure=float(value)) for entry, value in pairs])
