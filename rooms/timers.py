"""How long each part has run, from its rows and the server's clock; pure.

A browser draws a timer from these figures and never decides anything with it. The time that a
lost connection took is not counted: while a run is paused, its elapsed time stands still.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

PARTS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Run:
    """When one part ran: `paused_s` is over, `paused_at` says since when it is paused again."""

    part: int
    started_at: datetime
    ended_at: datetime | None = None
    paused_s: float = 0.0
    paused_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Soft and hard limits of the three parts in seconds, before the accommodation's factor."""

    soft: Sequence[float]
    hard: Sequence[float]
    factor: float = 1.0

    def soft_of(self, part: int) -> float:
        """Return the seconds after which part `part` should end."""
        return round(float(self.soft[part - 1]) * self.factor)

    def hard_of(self, part: int) -> float:
        """Return the seconds after which part `part` is over its time, never below the soft."""
        return max(self.soft_of(part), round(float(self.hard[part - 1]) * self.factor))


@dataclass(frozen=True, slots=True)
class PartTime:
    """One part as the clock sees it; all durations in seconds."""

    part: int
    soft_s: float
    hard_s: float
    elapsed_s: float
    running: bool
    paused: bool
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def remaining_s(self) -> float:
        """Return what is left until the soft limit, never negative."""
        return max(0.0, self.soft_s - self.elapsed_s)

    @property
    def soft_reached(self) -> bool:
        """Tell whether the part should end."""
        return self.elapsed_s >= self.soft_s

    @property
    def hard_reached(self) -> bool:
        """Tell whether the part is over its time."""
        return self.elapsed_s >= self.hard_s


def elapsed(run: Run, now: datetime) -> float:
    """Return how many seconds `run` has lasted at `now`, pauses left out, never negative."""
    end = run.ended_at or run.paused_at or now
    return max(0.0, (end - run.started_at).total_seconds() - run.paused_s)


def parts(runs: Iterable[Run], limits: Limits, now: datetime) -> tuple[PartTime, ...]:
    """Return the three parts at `now`; one that has not begun has elapsed 0."""
    begun = {run.part: run for run in runs}
    return tuple(_part(number, begun.get(number), limits, now) for number in PARTS)


def _part(number: int, run: Run | None, limits: Limits, now: datetime) -> PartTime:
    running = run is not None and run.ended_at is None
    return PartTime(
        part=number,
        soft_s=limits.soft_of(number),
        hard_s=limits.hard_of(number),
        elapsed_s=elapsed(run, now) if run else 0.0,
        running=running,
        paused=running and run is not None and run.paused_at is not None,
        started_at=run.started_at if run else None,
        ended_at=run.ended_at if run else None,
    )


def total(times: Iterable[PartTime]) -> float:
    """Return the seconds that all parts have lasted together."""
    return sum(time.elapsed_s for time in times)
