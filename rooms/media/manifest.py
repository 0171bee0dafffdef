"""What a recording is made of, on one timeline: files, parts, loudness, gaps.

It lies encrypted beside the files, and goes with the fact that the recording is ready. All times
are seconds since the recording began.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict

PEAK_S: Final = 0.1
_QUIETEST: Final = 60.0  # dB under full scale that are drawn as nothing


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SegmentFile(_Value):
    """One WebM file: sound and picture of one person without a break."""

    role: str
    key: str
    offset_s: float
    duration_s: float
    width: int  # 0 without picture
    height: int
    sound: bool
    size: int
    sha256: str


class Part(_Value):
    """A part of the oral, from its beginning to the next one's."""

    number: int
    start_s: float
    end_s: float


class Gap(_Value):
    """A span in which nothing of a person came."""

    role: str
    start_s: float
    end_s: float


class Manifest(_Value):
    """A whole recording; `peaks`: by role, a loudness from 0 to 1 for each tenth of a second."""

    version: int = 1
    recording: str
    started_at: AwareDatetime
    duration_s: float
    segments: list[SegmentFile]
    parts: list[Part]
    gaps: list[Gap]
    peak_s: float = PEAK_S
    peaks: dict[str, list[float]]
    dropped: int = 0  # packets that the recorder could not keep
    dumps: list[str] = []  # what it was made from


def name(recording_id: str) -> str:
    """Return the storage name of a recording's manifest."""
    return f"recordings/{recording_id}/manifest.json"


def parts(begun: Iterable[tuple[int, float]], duration: float) -> list[Part]:
    """Return the parts from (number, start) in order; each lasts until the next.

    One that is begun again goes on: a recording that was interrupted says once more where it is.
    """
    marks: list[tuple[int, float]] = []
    for number, start in begun:
        if not marks or marks[-1][0] != number:
            marks.append((number, start))
    ends = [*[start for _, start in marks], duration][1:]
    return [
        Part(number=number, start_s=_round(start), end_s=_round(max(start, end)))
        for (number, start), end in zip(marks, ends, strict=True)
    ]


def peaks(levels: Iterable[tuple[float, int]], duration: float) -> list[float]:
    """Return the loudest of each tenth of a second, from (time, level in -dBov) pairs.

    The scale is in decibels, as ears are: 0 at 60 dB under full scale and below, 1 at full scale.
    """
    values = [0.0] * math.ceil(round(duration / PEAK_S, 3))
    for moment, level in levels:
        index = math.floor(moment / PEAK_S)
        if 0 <= index < len(values):
            values[index] = max(values[index], round(max(0.0, 1 - level / _QUIETEST), 2))
    return values


def merge(earlier: Manifest, later: Manifest) -> Manifest:
    """Join a later dump's manifest to what is there; the timeline stays that of the first.

    The last part of what is there goes on until the later one's first.
    """
    shift = (later.started_at - earlier.started_at).total_seconds()
    duration = max(earlier.duration_s, shift + later.duration_s)
    begun = [(part.number, part.start_s) for part in earlier.parts]
    begun += [(part.number, part.start_s + shift) for part in later.parts]
    roles = sorted(set(earlier.peaks) | set(later.peaks))
    return Manifest(
        recording=earlier.recording,
        started_at=earlier.started_at,
        duration_s=_round(duration),
        segments=earlier.segments
        + [
            segment.model_copy(update={"offset_s": _round(segment.offset_s + shift)})
            for segment in later.segments
        ],
        parts=parts(begun, duration),
        gaps=earlier.gaps + _between(earlier, later, shift) + _shifted(later.gaps, shift),
        peaks={
            role: _joined(earlier.peaks.get(role, []), later.peaks.get(role, []), shift, duration)
            for role in roles
        },
        dropped=earlier.dropped + later.dropped,
        dumps=earlier.dumps + later.dumps,
    )


def _shifted(gaps: Sequence[Gap], shift: float) -> list[Gap]:
    return [
        Gap(role=gap.role, start_s=_round(gap.start_s + shift), end_s=_round(gap.end_s + shift))
        for gap in gaps
    ]


def _between(earlier: Manifest, later: Manifest, shift: float) -> list[Gap]:
    """Return the time between two dumps, when nobody was recorded."""
    if shift <= earlier.duration_s:
        return []
    roles = sorted(set(earlier.peaks) | set(later.peaks))
    return [Gap(role=role, start_s=earlier.duration_s, end_s=_round(shift)) for role in roles]


def _joined(
    earlier: Sequence[float], later: Sequence[float], shift: float, duration: float
) -> list[float]:
    values = [0.0] * math.ceil(round(duration / PEAK_S, 3))
    for start, row in ((0, earlier), (round(shift / PEAK_S), later)):
        for index, value in enumerate(row, start):
            if 0 <= index < len(values):
                values[index] = max(values[index], value)
    return values


def _round(seconds: float) -> float:
    return round(seconds, 3)
