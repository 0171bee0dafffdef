"""The day's board as places on an axis: percent from the left, for drawing; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from scheduling.hours import DAY, instant

ROOMY: Final = 11
"""Of so many hours each has its word; of more, every second."""
MORNING: Final = 8 * 60
EVENING: Final = 18 * 60


@dataclass(frozen=True, slots=True)
class Axis:
    """A part of a local day: its first and last moment, in seconds since 1970."""

    zone: str
    day: date
    first: int
    last: int

    @property
    def hours(self) -> list[tuple[str, str]]:
        """Return each whole hour's place, and its word where there is room for one."""
        moments = [(instant(self.zone, self.day, h * 60), h) for h in range(25)]
        shown = [(self.place(moment), hour) for moment, hour in moments]
        there = [(place, hour) for place, hour in shown if place is not None]
        step = 1 if len(there) <= ROOMY + 1 else 2
        return [
            (place, f"{hour % 24:02d}:00" if number % step == 0 else "")
            for number, (place, hour) in enumerate(there)
        ]

    def place(self, moment: int) -> str | None:
        """Return how far from the left a moment is; None: it is not on the board."""
        if not self.first <= moment <= self.last:
            return None
        return self._percent(moment - self.first)

    def stretch(self, start: int, end: int) -> tuple[str, str] | None:
        """Return place and width of what lasts from `start` to `end`; None: not on the board."""
        start, end = max(start, self.first), min(end, self.last)
        if start >= end:
            return None
        return self._percent(start - self.first), self._percent(end - start)

    def _percent(self, seconds: int) -> str:
        return f"{100 * seconds / (self.last - self.first):.3f}%"


def axis(zone: str, day: date, shown: Iterable[tuple[int, int]]) -> Axis:
    """Return the axis of a day in whole hours: office hours, and whatever is shown beyond."""
    begins, ends = instant(zone, day, 0), instant(zone, day, DAY)
    within = [(max(a, begins), min(b, ends)) for a, b in shown if a < ends and b > begins]
    first = min([instant(zone, day, MORNING), *(a for a, _ in within)])
    last = max([instant(zone, day, EVENING), *(b for _, b in within)])
    hours = [instant(zone, day, hour * 60) for hour in range(25)]
    return Axis(
        zone,
        day,
        max(moment for moment in hours if moment <= first),
        min(moment for moment in hours if moment >= last),
    )
