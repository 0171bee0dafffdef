"""Whether work grows in step with its input: told alike on a fast, a slow and a shared machine."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

Input = TypeVar("Input")

GROWTH = 32
WIDE = 6 * GROWTH
"""Linear work costs GROWTH times as much, memory that no longer fits the processor's caches a few
times that, and quadratic work GROWTH times that again."""
SLACK = 0.02
"""Seconds: what takes less at its largest harms nobody, however it grows."""
TURNS = 5
LONG_ENOUGH = 0.002
"""Seconds: a small size that takes longer can be measured."""


def cost(act: Callable[[Input], object], given: Input, refusal: type[Exception]) -> float:
    """Return the processor time of one turn, in which nothing is collected."""
    gc.disable()
    try:
        begun = time.thread_time()
        with suppress(refusal):
            act(given)
        return time.thread_time() - begun
    finally:
        gc.enable()


def grows_in_step(
    act: Callable[[Input], object],
    made: Callable[[int], Input],
    *,
    most: int,
    refusal: type[Exception],
) -> bool:
    """Compare a size that takes long enough to be measured with GROWTH times that size.

    The least of a few turns of each, taken in alternation; a machine that lends its processors
    to others makes a turn dearer, never cheaper. `most` bounds the larger size: what is longer
    would be refused unread. `refusal` is what `act` may raise.
    """
    size = min(1024, most // GROWTH)
    while 2 * GROWTH * size <= most and cost(act, made(size), refusal) < LONG_ENOUGH:
        size *= 2
    small, large = made(size), made(GROWTH * size)
    of_small = of_large = math.inf
    for _ in range(TURNS):
        of_small = min(of_small, cost(act, small, refusal))
        of_large = min(of_large, cost(act, large, refusal))
        if of_large < WIDE * of_small + SLACK:
            return True
    return False
