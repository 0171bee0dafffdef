"""Where a stream's RTP clock stood, or ran ahead, while time went on.

A microphone's clock counts samples: a headset unplugged, a telephone call or a starved computer
stop the samples, and the clock with them. From then on each timestamp means a later moment than
the line before it said. A network that stalls looks the same at first, but what it held back
catches up, and the sender's own reports show no step.
"""

import itertools
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

STEP: Final = 0.05  # seconds: less is the noise of arrivals and reports
WINDOW: Final = 10.0  # seconds of arrivals, before and after, whose fastest packet is compared
SETTLED: Final = 0.5  # seconds of arrivals needed on each side to tell where the clock stands
LOOK_EVERY: Final = 1.0  # seconds: a clock that loses a little at a time shows no single leap
STEADY: Final = 10.0  # seconds of sender reports needed to trust a drift
MOST_DRIFT: Final = 1e-3


def steps(own: Array, at: Array) -> list[int]:
    """Return the first frame of each piece but the first: its clock stepped, and stays so.

    `own`: the frames' moments on the stream's clock; `at`: their arrivals; both in seconds.
    """
    lag, arrived = at - own, np.maximum.accumulate(at)
    indices: list[int] = []
    begun = 0
    for index in _candidates(lag, arrived):
        first = max(begun, int(np.searchsorted(arrived, arrived[index - 1] - WINDOW)))
        end = int(np.searchsorted(arrived, arrived[index] + WINDOW, "right"))
        sides = (arrived[index - 1] - arrived[first], arrived[end - 1] - arrived[index])
        if first == index or min(sides) < SETTLED:
            continue
        before, after = lag[first:index].min(), lag[index:end].min()
        # A packet that is faster than any before tells when a clock began to run ahead.
        if after > before + STEP or (after < before - STEP and lag[index] < before - STEP / 2):
            indices.append(index)
            begun = index
    return indices


def _candidates(lag: Array, arrived: Array) -> Iterator[int]:
    leaps = np.flatnonzero(np.abs(np.diff(lag)) > STEP / 2) + 1
    looks = np.searchsorted(arrived, np.arange(arrived[0] + LOOK_EVERY, arrived[-1], LOOK_EVERY))
    yield from np.union1d(leaps, looks).tolist()


def judge(
    own: Array, at: Array, begins: list[int], reports: Array
) -> tuple[list[int], float, Array] | None:
    """Judge steps by the sender's reports; None when they contradict themselves.

    `reports`: (own clock, sender's clock, arrival) a row, in seconds. Return the steps that the
    reports bear out, the sender's seconds in one of the stream's, and each piece's offset; nan
    where no report came.
    """
    while True:
        pieces = _piece_of(at, begins, reports[:, 2])
        rate = _rate(reports, pieces)
        if rate is None:
            return None
        apart = reports[:, 1] - reports[:, 0] * rate
        offsets = np.array(
            [
                np.median(apart[pieces == number]) if (pieces == number).any() else np.nan
                for number in range(len(begins) + 1)
            ]
        )
        denied = _denied(floors(at - own, begins), offsets)
        if not denied:
            return begins, rate, offsets
        before, after = denied[0]
        begins = begins[:before] + begins[after:]


def _denied(least: Array, offsets: Array) -> list[tuple[int, int]]:
    """Return from which piece to which nothing stepped: the network changed, and not the clock.

    Without a report on both sides a stall alone is believed: a way that became shorter is common,
    above all at the beginning, a clock that runs ahead is not.
    """
    known: list[int] = np.flatnonzero(~np.isnan(offsets)).tolist()
    denied = [
        (before, after)
        for before, after in itertools.pairwise(known)
        if abs(offsets[after] - offsets[before]) < STEP
    ]
    denied += [
        (number, number + 1)
        for number in range(len(offsets) - 1)
        if np.isnan(offsets[number : number + 2]).any() and least[number + 1] < least[number]
    ]
    return denied


def floors(lag: Array, begins: list[int]) -> Array:
    """Return the least delay of each piece."""
    return np.asarray(np.minimum.reduceat(lag, [0, *begins]))


def _piece_of(at: Array, begins: list[int], moments: Array) -> NDArray[np.intp]:
    """Return in which piece each report came: one sent while the clock stood is of the earlier."""
    return np.searchsorted(at[begins], moments, "right")


def _rate(reports: Array, pieces: NDArray[np.intp]) -> float | None:
    """Return the drift within the pieces by least squares: single reports are rounded."""
    over = under = span = 0.0
    for number in np.unique(pieces):
        own, ntp = reports[pieces == number, 0], reports[pieces == number, 1]
        middle = own - own.mean()
        over += float((middle * (ntp - ntp.mean())).sum())
        under += float((middle**2).sum())
        span = max(span, float(own.max() - own.min()))
    if span < STEADY:
        return 1.0
    rate = over / under
    return rate if abs(rate - 1) <= MOST_DRIFT else None
