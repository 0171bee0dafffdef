"""The next question and the estimate after an answer, beside catsim; and a simulation of tests.

Both sit the same tests: the same bank, abilities and chances. Ours chooses under content shares
and exposure control, as in a real test; catsim by information alone, with its own estimate. Banks:
a ~ lognormal(0.15, 0.3), b ~ N(0, 1.3), c = 0.2; abilities ~ N(0, 1.2); levels part at -2, -1.1,
-0.2, 0.7 and 1.6. `simulation`: exposure parameters are set first, by other candidates.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

import numpy as np

from bench.figures import could_not, figure, progress
from written_test.engine.adaptive import Course, Entry, Pool, Rules
from written_test.engine.exposure import calibrate, simulate
from written_test.engine.irt import PRIOR_SD

SIZES = (500, 10_000, 100_000)
QUESTIONS = 25
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
CANDIDATES = 1500
SKILLS = ("vocabulary", "grammar", "expressions", "reading")
RULES = Rules(dict.fromkeys(SKILLS, 0.25), (-2.0, -1.1, -0.2, 0.7, 1.6))
EXPOSURE = 0.25

Round = Callable[[int], float]
"""Sit one test, by its number; return the median time of a question in milliseconds."""


def bank(size: int) -> Pool:
    """Return a bank of `size` items, half of its exposure parameters at work."""
    chance = np.random.default_rng(5)
    a, b = chance.lognormal(0.15, 0.3, size), chance.normal(0, 1.3, size)
    passing = chance.choice([0.5, 1.0], size)
    return Pool(
        [
            Entry(
                number,
                SKILLS[number % 4],
                ((float(a[number]), float(b[number]), 0.2),),
                exposure=float(passing[number]),
            )
            for number in range(size)
        ]
    )


def right(number: int, place: int, truth: float, part: tuple[float, float, float]) -> bool:
    """Tell whether a candidate of a number answers an item rightly, the same for both engines."""
    a, b, c = part
    drawn = np.random.default_rng([number, place]).random()
    return bool(drawn < c + (1 - c) / (1 + np.exp(-a * (truth - b))))


def native(pool: Pool) -> Round:
    """Return a round of our engine."""

    def sit(number: int) -> float:
        truth = float(np.random.default_rng(number).normal(0, PRIOR_SD))
        course, times = Course(pool, RULES, number), []
        for _ in range(QUESTIONS):
            began = time.perf_counter()
            choice = course.next()
            chosen = time.perf_counter() - began
            if choice is None:
                raise RuntimeError("the bank ran out")
            place = pool.place[choice.id]
            was_right = right(number, place, truth, pool.entries[place].parts[0])
            began = time.perf_counter()
            course.record(choice.id, [was_right])
            course.stop()
            _ = course.posterior.theta, course.posterior.standard_error
            times.append(chosen + time.perf_counter() - began)
        return statistics.median(times) * 1000

    return sit


def catsim(pool: Pool) -> Round:
    """Return a round of catsim's maximum information and its numerical estimate.

    Raises:
        ImportError: catsim is not installed.
    """
    from catsim.estimation import NumericalSearchEstimator  # noqa: PLC0415 -- a peer, may be absent
    from catsim.item_bank import ItemBank  # noqa: PLC0415
    from catsim.selection import MaxInfoSelector  # noqa: PLC0415

    items = ItemBank(np.column_stack((pool.a, pool.b, pool.c, np.ones(len(pool)))))
    selector, estimator = MaxInfoSelector(), NumericalSearchEstimator()

    def sit(number: int) -> float:
        truth = float(np.random.default_rng(number).normal(0, PRIOR_SD))
        shown: list[int] = []
        answers: list[bool] = []
        theta, times = 0.0, []
        for _ in range(QUESTIONS):
            began = time.perf_counter()
            place = selector.select(item_bank=items, administered_items=shown, est_theta=theta)
            chosen = time.perf_counter() - began
            if place is None:
                raise RuntimeError("the bank ran out")
            shown.append(int(place))
            answers.append(right(number, int(place), truth, pool.entries[place].parts[0]))
            began = time.perf_counter()
            theta = estimator.estimate(
                item_bank=items,
                administered_items=shown,
                response_vector=answers,
                est_theta=theta,
            )
            times.append(chosen + time.perf_counter() - began)
        return statistics.median(times) * 1000

    return sit


def _speed() -> None:
    for size in SIZES:
        pool = bank(size)
        rounds: dict[str, Round] = {"native": native(pool)}
        try:
            rounds["catsim"] = catsim(pool)
        except ImportError as why:
            could_not("adaptive", "catsim", size, "next_item_median", "ms", str(why))
        times: dict[str, list[float]] = {case: [] for case in rounds}
        for number in range(ROUNDS + 1):  # the first one warms up
            for case, sit in rounds.items():
                took = sit(number)
                if number:
                    times[case].append(took)
        progress(f"adaptive: {size} items")
        for case, durations in times.items():
            figure("adaptive", case, size, "next_item_median", durations, "ms")


def _simulation() -> None:
    units = {
        "exact_level": "share",
        "rmse": "theta",
        "mean_length": "items",
        "max_exposure": "share",
        "bank_used": "share",
    }
    progress("adaptive: exposure parameters of 500 items")
    plain = Pool([Entry(entry.id, entry.skill, entry.parts) for entry in bank(500).entries])
    pool, _ = calibrate(plain, RULES, EXPOSURE, candidates=1000, rounds=8)
    measured: dict[str, list[float]] = {name: [] for name in units}
    for number in range(ROUNDS):
        figures, _ = simulate(pool, RULES, CANDIDATES, seed=1000 + number)
        progress(f"adaptive: simulation {number + 1} of {ROUNDS}")
        for name, value in figures.as_json().items():
            if name in measured:
                measured[name].append(value)
    for name, values in measured.items():
        figure("adaptive", "native", 500, name, values, units[name])


def main() -> None:
    """Measure the engines in turn on each bank, then simulate."""
    _speed()
    _simulation()


if __name__ == "__main__":
    main()
