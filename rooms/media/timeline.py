"""When each frame happened: RTP clocks of several streams laid on the recording's one clock.

Sound and picture of one person have each an RTP clock of their own, which begins anywhere and,
for sound, drifts with the sound card. Sender reports tell what both showed at the same moment of
the sender's clock; that gives lip sync. Without them arrival serves: the packet that travelled
fastest tells where the stream stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from rooms.media.depacketise import RATE, Frame, Stream

OVERLAP: Final = 1.0  # seconds that a stream lives on beside a new one of the other kind
STEADY: Final = 10.0  # seconds of sender reports needed to trust a drift
MOST_DRIFT: Final = 1e-3
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
        alive = [one for one in current if one.last_at > stream.first_at - OVERLAP]
        beside = any(
            one.kind != stream.kind and one.last_at > stream.first_at + OVERLAP for one in alive
        )
        first_of_kind = all(one.kind != stream.kind for one in current)
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
        members = [n for n, one in enumerate(numbers) if one == session and of_stream[n]]
        _place_session(streams, frames, [(n, of_stream[n]) for n in members], times)
    return [
        Placed(numbers[frame.stream], max(0.0, float(moment)), frame)
        for frame, moment in zip(frames, times, strict=True)
    ]


def _place_session(
    streams: Sequence[Stream],
    frames: Sequence[Frame],
    members: Sequence[tuple[int, list[int]]],
    times: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> None:
    """Write the times of one connection's frames."""
    told: list[tuple[list[int], np.ndarray[tuple[int], np.dtype[np.float64]]]] = []
    for number, indexes in members:
        stream = streams[number]
        at = np.array([frames[i].at for i in indexes])
        own = np.array([frames[i].timestamp for i in indexes]) / RATE[stream.kind]
        times[indexes] = own + (at - own).min()
        line = _sender_clock(stream)
        if line is not None:
            ntp = line[0] + own * line[1]
            late = at - ntp
            if late.max() - late.min() < MOST_LATE:
                told.append((indexes, ntp))
    if told:
        shift = min(float((np.array([frames[i].at for i in ix]) - ntp).min()) for ix, ntp in told)
        for indexes, ntp in told:
            # Reports that would move a stream further than any delay explains are a broken clock.
            if np.abs(ntp + shift - times[indexes]).max() < MOST_LATE:
                times[indexes] = ntp + shift


def _sender_clock(stream: Stream) -> tuple[float, float] | None:
    """Return offset and rate of the sender's clock against the stream's seconds, None if unknown.

    A least-squares line: single reports are rounded to a packet.
    """
    if not stream.clocks:
        return None
    own = np.array([timestamp for timestamp, _ in stream.clocks]) / RATE[stream.kind]
    ntp = np.array([moment for _, moment in stream.clocks])
    rate = 1.0
    if own.max() - own.min() >= STEADY:
        middle, base = own.mean(), ntp.mean()
        rate = float(((own - middle) * (ntp - base)).sum() / ((own - middle) ** 2).sum())
        if abs(rate - 1) > MOST_DRIFT:
            return None
    return float(np.mean(ntp - own * rate)), rate
