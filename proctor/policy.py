"""How a watch behaves, and how much of it there is to look at; pure.

Nothing here judges anybody: a number of moments sorts the list of a coordinator, no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kernel.settings import Settings
from kernel.shown import Shown
from proctor.models import SignalKind

ONE_MOMENT: Final = timedelta(seconds=30)
"""What is noticed within this time of something else is one thing to look at."""

LONGEST: Final = timedelta(minutes=1)
"""What lasts longer counts once for each such length, and hides nothing beside it."""

FOUND: Final = (
    SignalKind.OTHER_BROWSER,
    SignalKind.OTHER_TAB,
    SignalKind.OTHER_ADDRESS,
    SignalKind.NO_PICTURE,
    SignalKind.PART_MISSING,
    SignalKind.WATCH_SILENT,
)
"""What the server finds about the watch itself: looked at before anything that a page noticed."""

FROM_PAGE: Final = frozenset(SignalKind) - {
    *FOUND,
    SignalKind.PAGE_RELOADED,
    SignalKind.SILENCE_OF_PAGE,
}
"""What a page may report; the rest is the server's own finding."""

FIRST_PICTURE: Final = timedelta(minutes=1)
"""Whoever opens or takes over a watch sends a picture within this time."""

PICTURE_SLACK: Final = timedelta(seconds=90)
"""A picture may be so much later than the longest time that is drawn between two."""

QUIET_WATCH: Final = timedelta(minutes=1)
"""A page that answers tells within this time what it watches."""

TECHNICAL: Final = frozenset({SignalKind.SILENCE_OF_PAGE, SignalKind.UPLOAD_FAILED})
"""What tells of the network, and leaves a gap on the timeline."""


class Watch(Shown):
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
    signal_snapshot_s: float  # at signals, one still within this time at the most


@dataclass(frozen=True, slots=True)
class Pictures:
    """How many pictures a candidacy may send, how many bytes in all, and how often they come."""

    most: int
    most_bytes: int
    every: timedelta


def pictures(settings: Settings) -> Pictures:
    """Return what `settings` say of pictures."""
    times = (int(part) for part in settings.snapshot_every_s.split("-"))
    every = timedelta(seconds=max(times))
    return Pictures(settings.snapshots_most, settings.snapshots_mib_most * 1024 * 1024, every)


def watch(settings: Settings, *, faces: bool) -> Watch:
    """Return how the page is to watch under `settings`; `faces`: with a risk file in force."""
    least, _, most = settings.snapshot_every_s.partition("-")
    return Watch(
        faces=faces,
        face_interval_s=settings.face_interval_s,
        face_threshold=settings.face_threshold,
        face_grace_s=settings.face_grace_s,
        faces_grace_s=settings.faces_grace_s,
        camera_still_s=settings.camera_still_s,
        voice_grace_s=settings.voice_grace_s,
        snapshot_least_s=min(int(least), int(most)),
        snapshot_most_s=max(int(least), int(most)),
        snapshots_most=settings.snapshots_most,
        signal_snapshot_s=ONE_MOMENT.total_seconds(),
    )


def moments(spans: Iterable[tuple[datetime, datetime | None]]) -> int:
    """Return how many moments there are to look at.

    Spans near each other are one. What lasts longer than `LONGEST` is counted apart, by its length:
    one long signal never hides what happened meanwhile.
    """
    short: list[tuple[datetime, datetime]] = []
    long: list[tuple[datetime, datetime]] = []
    for start, end in spans:
        until = max(start, end or start)
        (long if until - start > LONGEST else short).append((start, until))
    pieces = (-(-(until - start) // LONGEST) for start, until in _joined(long, timedelta(0)))
    return len(_joined(short, ONE_MOMENT)) + sum(pieces)


def _joined(
    spans: list[tuple[datetime, datetime]], within: timedelta
) -> list[tuple[datetime, datetime]]:
    joined: list[tuple[datetime, datetime]] = []
    for start, until in sorted(spans):
        if joined and start <= joined[-1][1] + within:
            joined[-1] = (joined[-1][0], max(joined[-1][1], until))
        else:
            joined.append((start, until))
    return joined
