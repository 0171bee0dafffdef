"""Verdicts computed from marks, a written level and a target by the default policy.

`sandbox`: past verdicts decided again by a policy that rounds down, and for whoever changes the
part of the rule that does it; what a trial adds is reading their rows.
"""

from __future__ import annotations

import os
import random
import time
from dataclasses import replace

from bench.figures import figure, progress
from kernel.levels import LEVELS, Level
from results.policy import DEFAULT, Rounding
from results.trying import Past, Tally
from results.verdict import Verdict, decide
from rubrics.scale import HIGHEST, LOWEST, NOT_ASSESSABLE

SIZES = (10_000, 100_000)
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
NOT_ASSESSABLE_SHARE = 0.01
TRIED = 10_000
DOWN = replace(DEFAULT, name="down-1", oral=replace(DEFAULT.oral, rounding=Rounding.DOWN))

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


def past(rows: list[Given]) -> list[Past]:
    """Return what a trial reads of the verdicts that were made from `rows`."""
    made = []
    for number, (marks, written, target) in enumerate(rows):
        verdict = decide(DEFAULT, marks, written, target)
        if isinstance(verdict, Verdict):
            come_to = (verdict.oral, verdict.overall, verdict.certificate is not None)
            made.append(Past(number, number, DEFAULT, marks, written, target, come_to))
    return made


def main() -> None:
    """Print how long verdicts take, explanation and digest included, and how long a trial."""
    for size in SIZES:
        progress(f"verdict: {size}")
        rows, rounds = given(size), []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            for marks, written, target in rows:
                decide(DEFAULT, marks, written, target)
            rounds.append(time.perf_counter() - began)
        figure("verdict", "native", size, "seconds", rounds, "s")
    progress(f"sandbox: {TRIED}")
    verdicts, rounds = past(given(TRIED)), []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        Tally().add(DOWN, verdicts)
        rounds.append(time.perf_counter() - began)
    figure("verdict", "sandbox", TRIED, "seconds", rounds, "s")


if __name__ == "__main__":
    main()
