"""How a watch behaves, and how much of it there is to look at; pure.

Nothing here judges anybody: a number of moments sorts the list of a coordinator, no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from kernel.settings import Settings
from proctor.models import SignalKind

ONE_MOMENT: Final = timedelta(seconds=30)
"""What is noticed within this time of something else is one thing to look at."""

FROM_PAGE: Final = frozenset(SignalKind) - {SignalKind.SILENCE_OF_PAGE}
"""What a page may report; that it was silent is the server's own finding."""

TECHNICAL: Final = frozenset({SignalKind.SILENCE_OF_PAGE, SignalKind.UPLOAD_FAILED})
"""What tells of the network, and leaves a gap on the timeline."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What the page is told: thresholds and times, in seconds."""

    faces: bool
    face_interval_s: float
    face_threshold: float
    face_grace_s: float
    faces_grace_s: float
    camera_still_s: float
    voice_grace_s: float
    snapshot_least_s: int
    snapshot_most_s: int
    snapshots_most: int

    def as_json(self) -> dict[str, Any]:
        """Return what `startWatch` takes as its settings."""
        return asdict(self)


def watch(settings: Settings) -> Watch:
    """Return how the page is to watch under `settings`."""
    least, _, most = settings.snapshot_every_s.partition("-")
    return Watch(
        faces=settings.face_detection,
        face_interval_s=settings.face_interval_s,
        face_threshold=settings.face_threshold,
        face_grace_s=settings.face_grace_s,
        faces_grace_s=settings.faces_grace_s,
        camera_still_s=settings.camera_still_s,
        voice_grace_s=settings.voice_grace_s,
        snapshot_least_s=min(int(least), int(most)),
        snapshot_most_s=max(int(least), int(most)),
        snapshots_most=settings.snapshots_most,
    )


def moments(spans: Iterable[tuple[datetime, datetime | None]]) -> int:
    """Return how many moments there are to look at: spans near each other are one."""
    count = 0
    reach: datetime | None = None
    for start, end in sorted(spans, key=lambda span: span[0]):
        if reach is None or start > reach + ONE_MOMENT:
            count += 1
        last = max(start, end or start)
        reach = last if reach is None else max(reach, last)
    return count
