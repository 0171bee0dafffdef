"""A watch as lanes on a time axis: places in percent of the width, for drawing; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from proctor import policy
from proctor.models import Signal, SignalKind, Snapshot

STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 240)  # minutes between two words of the axis
MOST_WORDS: Final = 9
LEAST_WIDTH: Final = 0.4  # percent: what lasts a moment is seen as well
STILL_WIDTH: Final = 14.0  # percent: a picture, 64 px, where lanes are as narrow as they get


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """One question of the test: when it was shown, and what became of it."""

    number: int
    start: datetime
    end: datetime | None
    state: str
    right: bool | None
    seconds: float | None
    skill: str
    flags: tuple[str, ...] = ()
    pilot: bool = False  # on trial: it counts for nothing


@dataclass(frozen=True, slots=True)
class Bar:
    """Something on a lane; `thing` is what it stands for."""

    x: str
    width: str
    thing: object


@dataclass(frozen=True, slots=True)
class Pin:
    """A picture: when it was taken, and in which row it has room (None: in neither, a dot)."""

    x: str
    row: int | None
    thing: object


@dataclass(frozen=True, slots=True)
class Lane:
    """One kind of signal and its bars."""

    kind: SignalKind
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole timeline."""

    ticks: list[tuple[str, str]]  # place, minutes since the beginning in words
    questions: list[Bar]
    lanes: list[Lane]
    gaps: list[Bar]
    pins: list[Pin]


@dataclass(frozen=True, slots=True)
class Axis:
    """From the first moment to the last."""

    first: datetime
    last: datetime

    def place(self, moment: datetime) -> float:
        """Return how far from the left a moment is, in percent; outside, the nearest edge."""
        whole = (self.last - self.first).total_seconds()
        part = (moment - self.first).total_seconds()
        return 100 * min(1.0, max(0.0, part / whole))

    def bar(self, start: datetime, end: datetime | None, thing: object) -> Bar:
        """Return what lasts from `start` to `end`; None: a moment."""
        left = self.place(start)
        width = max(LEAST_WIDTH, self.place(end or start) - left)
        return Bar(f"{min(left, 100 - width):.3f}%", f"{width:.3f}%", thing)

    def ticks(self) -> list[tuple[str, str]]:
        """Return the words of the axis, minutes since the beginning."""
        minutes = (self.last - self.first).total_seconds() / 60
        step = next((minute for minute in STEPS if minutes / minute <= MOST_WORDS), STEPS[-1])
        return [
            (f"{self.place(self.first + timedelta(minutes=minute)):.3f}%", str(minute))
            for minute in range(0, int(minutes) + 1, step)
        ]


def draw(
    opened: datetime,
    closed: datetime,
    questions: Iterable[QuestionShown],
    signals: Sequence[Signal],
    snapshots: Iterable[Snapshot],
) -> Drawing:
    """Return the lanes of a watch from `opened` to `closed` (now, while it runs)."""
    axis = Axis(opened, max(closed, opened + timedelta(minutes=1)))
    noticed = [span for span in signals if span.kind not in policy.TECHNICAL]
    present = {span.kind for span in noticed}
    return Drawing(
        ticks=axis.ticks(),
        questions=[axis.bar(span.start, span.end or closed, span) for span in questions],
        lanes=[
            Lane(
                kind, [axis.bar(span.at, span.until, span) for span in noticed if span.kind is kind]
            )
            for kind in SignalKind
            if kind in present
        ],
        gaps=[
            axis.bar(span.at, span.until, span) for span in signals if span.kind in policy.TECHNICAL
        ],
        pins=_pins(axis, snapshots),
    )


def _pins(axis: Axis, snapshots: Iterable[Snapshot]) -> list[Pin]:
    """Place pictures in two rows where none covers another."""
    pins, last = [], [-STILL_WIDTH] * 2
    for snapshot in sorted(snapshots, key=lambda snapshot: snapshot.at):
        place = axis.place(snapshot.at)
        row = next((row for row in (0, 1) if place - last[row] >= STILL_WIDTH), None)
        if row is not None:
            last[row] = place
        pins.append(Pin(f"{place:.3f}%", row, snapshot))
    return pins
