"""Which moments are free: opening hours, less what is taken, at a steady pace; pure.

All moments are seconds since 1970, all durations seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scheduling.hours import Spans, merged

APART: Final = 1 << 40
"""Seconds between one evaluator's clock and the next one's: no moment reaches so far."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: an oral of `length`, then `buffer` to mark it, begun each `pace`."""

    length: int
    buffer: int
    pace: int

    @property
    def whole(self) -> int:
        """How long the evaluator is taken."""
        return self.length + self.buffer


def free(open_: Spans, taken: Spans, wanted: Wanted) -> Spans:
    """Return every (evaluator, start, end) that fits what is open and overlaps nothing taken.

    Slots begin at a span's start and each `pace` from there, so that what is booked leaves no
    holes too short for anybody; `end` is when the evaluator is free again. `open_` is merged.
    """
    room = open_[:, 2] - open_[:, 1] - wanted.whole
    counts = np.where(room >= 0, room // wanted.pace + 1, 0)
    span = np.repeat(np.arange(len(open_)), counts)
    if not len(span):
        return np.empty((0, 3), np.int64)
    number = np.arange(len(span)) - np.repeat(np.cumsum(counts) - counts, counts)
    starts = open_[span, 1] + number * wanted.pace
    slots = np.stack([open_[span, 0], starts, starts + wanted.whole], axis=1)
    return np.asarray(slots[~_overlaps(slots, taken)], np.int64)


def _overlaps(slots: Spans, taken: Spans) -> NDArray[np.bool_]:
    """Tell of each slot whether its evaluator is taken at any moment of it."""
    if not len(taken):
        return np.zeros(len(slots), bool)
    known = merged(taken)
    people = np.unique(np.concatenate([known[:, 0], slots[:, 0]]))
    base = np.searchsorted(people, known[:, 0]) * APART
    own = np.searchsorted(people, slots[:, 0]) * APART
    begins, ends = known[:, 1] + base, known[:, 2] + base
    last = np.searchsorted(begins, slots[:, 2] + own, side="left") - 1  # begins before the end
    return (last >= 0) & (ends[np.maximum(last, 0)] > slots[:, 1] + own)


def below_daily_most(
    slots: Spans, days: NDArray[np.int64], booked: Spans, most: NDArray[np.int64]
) -> Spans:
    """Leave out the slots of a day on which their evaluator holds as many orals as they wish.

    `days`: the beginnings of the local days, in order, over all slots; `booked`: the orals that
    count; `most[i]`: the most a day of the evaluator of `slots[i]`.
    """
    if not len(slots):
        return slots
    people = np.unique(np.concatenate([slots[:, 0], booked[:, 0]]))
    width = len(days) + 1

    def cells(rows: Spans) -> NDArray[np.int64]:
        whose = np.searchsorted(people, rows[:, 0]) * width
        return np.asarray(whose + np.searchsorted(days, rows[:, 1], "right"), np.int64)

    counts = np.bincount(cells(booked), minlength=len(people) * width)
    below: NDArray[np.bool_] = counts[cells(slots)] < most
    return np.asarray(slots[below], np.int64)
