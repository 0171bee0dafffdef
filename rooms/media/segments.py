"""Which frames make which file: a pure plan, made before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rooms.media.depacketise import opus_samples
from rooms.media.timeline import Placed

HOLE: Final = 1.0  # seconds without anything of a person: a gap worth telling
_PICTURE: Final = 1 / 30  # seconds that the last picture is given


@dataclass
class Segment:
    """One file to write: one person, one connection, one size, no hole. Times in seconds."""

    session: int
    start: float
    end: float = 0.0
    width: int = 0
    height: int = 0
    pictures: int = 0
    key_frames: int = 0
    sounds: int = 0

    @property
    def frames(self) -> int:
        """Return how many frames the file will be given."""
        return self.pictures + self.sounds


def plan(placed: Sequence[Placed]) -> tuple[list[Segment], list[int]]:
    """Cut one person's frames into segments; return them, and each frame's segment.

    A new connection, a new size of picture, or what comes after a hole begins a segment.
    """
    segments: list[Segment] = []
    numbers = [0] * len(placed)
    order = sorted(range(len(placed)), key=lambda i: (placed[i].session, placed[i].time))
    again = _after_holes([placed[index] for index in order])
    for index, after_hole in zip(order, again, strict=True):
        frame = placed[index]
        if not segments or after_hole or _begins(segments[-1], frame):
            segments.append(Segment(frame.session, frame.time))
        _take(segments[-1], frame)
        numbers[index] = len(segments) - 1
    return segments, numbers


def holes(placed: Sequence[Placed], duration: float) -> list[tuple[float, float]]:
    """Return the spans of more than a second, up to `duration`, in which nothing came."""
    moments = sorted(frame.time for frame in placed)
    edges = zip([0.0, *moments], [*moments, duration], strict=True)
    return [(start, end) for start, end in edges if end - start > HOLE]


def _after_holes(ordered: Sequence[Placed]) -> list[bool]:
    """Tell of each frame whether it is the first after a hole, and a file can begin with it.

    Players do not wait inside a file: sound would run ahead of the picture. A file whose first
    picture is no key frame could not be shown at all.
    """
    begins = [False] * len(ordered)
    shows = True  # whether the next picture can be shown without those before it
    for index in range(len(ordered) - 1, 0, -1):
        after, before = ordered[index], ordered[index - 1]
        if after.frame.kind == "video":
            shows = after.frame.key
        if after.session != before.session:
            shows = True
        else:
            begins[index] = shows and after.time - before.time > HOLE
    return begins


def _begins(segment: Segment, placed: Placed) -> bool:
    if placed.session != segment.session:
        return True
    size = (placed.frame.width, placed.frame.height)
    return (
        placed.frame.key
        and size not in {(0, 0), (segment.width, segment.height)}
        and bool(segment.pictures)
    )


def _take(segment: Segment, placed: Placed) -> None:
    if placed.frame.kind == "audio":
        segment.sounds += 1
        lasts = opus_samples(placed.frame.data) / 48_000
    else:
        if placed.frame.key:
            segment.width, segment.height = placed.frame.width, placed.frame.height
            segment.key_frames += 1
        segment.pictures += 1
        lasts = _PICTURE
    segment.end = max(segment.end, placed.time + lasts)
