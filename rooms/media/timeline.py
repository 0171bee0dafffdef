"""When each frame happened: RTP clocks of several streams laid on the recording's one clock.

Sound and picture of one person have each an RTP clock of their own, which begins anywhere and,
for sound, drifts with the sound card. Sender reports tell what both showed at the same moment of
the sender's clock; that gives lip sync. Without them arrival serves: the packet that travelled
fastest tells where the stream stands. A clock that stood for a while (``steps``) is laid piece by
piece: what comes after stays at its second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from rooms.media.depacketise import RATE, Frame, Stream
from rooms.media.steps import WINDOW, Array, floors, judge, steps

OVERLAP: Final = 1.0  # seconds that a stream lives on beside a new one of the other kind
MOST_LATE: Final = 2.0  # seconds: sender reports that disagree more with arrival are not believed


@dataclass(frozen=True)
class Placed:
    """A frame without its data: which connection it belongs to and when it happened, in s."""

    session: int
    time: float
    frame: Frame


def sessions(streams: Sequence[Stream]) -> list[int]:
    """Return the number, from 0, of the connection that each stream of one person belongs to.

    A stream joins what is there as long as a stream of the other kind lives on (a microphone
    exchanged) or none of its kind was there yet; else it began a new connection.
    """
    numbers = [0] * len(streams)
    current: list[Stream] = []
    session = 0
    for index in sorted(range(len(streams)), key=lambda i: streams[i].first_at):
        stream = streams[index]
        alive = [other for other in current if other.last_at > stream.first_at - OVERLAP]
        beside = any(
            other.kind != stream.kind and other.last_at > stream.first_at + OVERLAP
            for other in alive
        )
        first_of_kind = all(other.kind != stream.kind for other in current)
        if current and not beside and not (first_of_kind and alive):
            session += 1
            current = []
        current.append(stream)
        numbers[index] = session
    return numbers


def place(streams: Sequence[Stream], frames: Sequence[Frame]) -> list[Placed]:
    """Return the frames of one person, in the order given, each with its moment."""
    numbers = sessions(streams)
    of_stream: list[list[int]] = [[] for _ in streams]
    for index, frame in enumerate(frames):
        of_stream[frame.stream].append(index)
    times = np.zeros(len(frames))
    for session in set(numbers):
        members = [n for n, its in enumerate(numbers) if its == session and of_stream[n]]
        _place_session(streams, frames, [(n, of_stream[n]) for n in members], times)
    return [
        Placed(numbers[frame.stream], max(0.0, float(moment)), frame)
        for frame, moment in zip(frames, times, strict=True)
    ]


def _place_session(
    streams: Sequence[Stream],
    frames: Sequence[Frame],
    members: Sequence[tuple[int, list[int]]],
    times: Array,
) -> None:
    """Write the times of one connection's frames."""
    told: list[tuple[list[int], Array, Array]] = []
    for number, indexes in members:
        at = np.array([frames[i].at for i in indexes])
        own = np.array([frames[i].timestamp for i in indexes]) / RATE[streams[number].kind]
        times[indexes], ntp = _clocks(streams[number], own, at)
        if ntp is not None and _spread(at, ntp) < MOST_LATE:
            told.append((indexes, at, ntp))
    if told:
        shift = min(float((at - ntp).min()) for _, at, ntp in told)
        for indexes, _, ntp in told:
            # Reports that would move a stream further than any delay explains are a broken clock.
            if np.abs(ntp + shift - times[indexes]).max() < MOST_LATE:
                times[indexes] = ntp + shift
    for _, indexes in members:  # a clock that ran ahead and was set back brings no picture forward
        times[indexes] = np.maximum.accumulate(times[indexes])


def _clocks(stream: Stream, own: Array, at: Array) -> tuple[Array, Array | None]:
    """Return the frames' moments by their arrival, and on the sender's clock; None: not told."""
    begins = steps(own, at)
    lag = at - own
    reports = np.array(
        [(report.timestamp / RATE[stream.kind], report.ntp, report.at) for report in stream.clocks]
    ).reshape(-1, 3)
    judged = judge(own, at, begins, reports) if len(reports) else None
    if judged is None:
        # A stall alone can be told from a better way through the network by arrival alone.
        begins = [index for index in begins if lag[index] > lag[index - 1]]
        return own + _spread_out(own, begins, floors(lag, begins)), None
    begins, rate, offsets = judged
    least = floors(lag, begins)
    known = np.flatnonzero(~np.isnan(offsets))
    for number in np.flatnonzero(np.isnan(offsets)):
        nearest = known[np.abs(known - number).argmin()]
        offsets[number] = offsets[nearest] + least[number] - least[nearest]
    return own + _spread_out(own, begins, least), own * rate + _spread_out(own, begins, offsets)


def _spread_out(own: Array, begins: Sequence[int], values: Array) -> Array:
    """Give each frame its piece's value."""
    return np.repeat(values, np.diff([0, *begins, len(own)]))


def _spread(at: Array, ntp: Array) -> float:
    """Return by how much the least delay changes, in s: a stall that catches up changes nothing."""
    order = np.argsort(at, kind="stable")
    late, arrived = (at - ntp)[order], at[order]
    count = max(1, int((arrived[-1] - arrived[0]) // WINDOW))
    edges = np.searchsorted(arrived, arrived[0] + WINDOW * np.arange(count))
    least = np.minimum.reduceat(late, np.unique(edges))
    return float(least.max() - least.min())
