"""Verdicts computed from marks, a written level and a target: the default policy, and others."""

from __future__ import annotations

import os
import random
import time

from bench.figures import figure, progress
from kernel.levels import LEVELS, Level
from results.policy import DEFAULT
from results.verdict import decide
from rubrics.scale import HIGHEST, LOWEST, NOT_ASSESSABLE

SIZES = (10_000, 100_000)
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
NOT_ASSESSABLE_SHARE = 0.01

Given = tuple[dict[str, int | str], Level, Level]


def given(size: int) -> list[Given]:
    """Return what `size` verdicts are made from, the same at each call."""
    chance = random.Random(8)  # noqa: S311 -- marks to count with, no secret

    def mark(middle: int) -> int | str:
        if chance.random() < NOT_ASSESSABLE_SHARE:
            return NOT_ASSESSABLE
        return min(HIGHEST, max(LOWEST, middle + chance.randint(-3, 3)))

    made = []
    for _ in range(size):
        middle = chance.randint(LOWEST, HIGHEST)
        marks = {key: mark(middle) for key in DEFAULT.oral.criteria}
        made.append((marks, chance.choice(list(Level)), chance.choice(list(LEVELS))))
    return made


def main() -> None:
    """Print how long each number of verdicts takes, explanation and digest included."""
    for size in SIZES:
        progress(f"verdict: {size}")
        rows, rounds = given(size), []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            for marks, written, target in rows:
                decide(DEFAULT, marks, written, target)
            rounds.append(time.perf_counter() - began)
        figure("verdict", "native", size, "seconds", rounds, "s")


if __name__ == "__main__":
    main()
