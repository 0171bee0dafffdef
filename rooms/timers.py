"""How long each part has run, from its rows and the server's clock; pure.

A browser draws a timer from these figures and never decides anything with it. The time that a
lost connection took is not counted: while a run is paused, its elapsed time stands still. Not for
ever: `Patience` says how long in all; past that time goes on, and the evaluator is offered to end
the oral as a technical failure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

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
class Patience:
    """How long time may stand still: `most_s` seconds in all parts together, never past `until`.

    `until` is when the evaluator's next appointment begins, if there is one.
    """

    most_s: float
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """How time stands still now; `over`: it went on, because the patience is at its end."""

    since: datetime | None
    ends_at: datetime | None
    taken_s: float
    left_s: float
    over: bool


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


ENDLESS = Patience(float("inf"))


def stands_until(runs: Iterable[Run], patience: Patience) -> datetime | None:
    """Return until when the paused run may stand still; None: none is paused, or without end."""
    known = list(runs)
    since = next((run.paused_at for run in known if run.paused_at is not None), None)
    if since is None:
        return None
    left = max(0.0, patience.most_s - sum(run.paused_s for run in known))
    ends = [] if left == float("inf") else [since + timedelta(seconds=left)]
    if patience.until is not None and patience.until > since:
        ends.append(patience.until)
    return min(ends, default=None)


def still(run: Run, now: datetime, ends_at: datetime | None = None) -> timedelta:
    """Return for how long the pause that runs has stopped the time, at `now`."""
    if run.paused_at is None:
        return timedelta()
    until = now if ends_at is None else min(now, ends_at)
    return max(timedelta(), until - run.paused_at)


def pause(runs: Iterable[Run], patience: Patience, now: datetime) -> Pause:
    """Return how time stands still at `now`, whichever part runs."""
    known = list(runs)
    ends_at = stands_until(known, patience)
    since = next((run.paused_at for run in known if run.paused_at is not None), None)
    taken = sum(run.paused_s + still(run, now, ends_at).total_seconds() for run in known)
    left = max(0.0, patience.most_s - taken)
    if ends_at is not None:
        left = min(left, max(0.0, (ends_at - now).total_seconds()))
    return Pause(since, ends_at, taken, left, ends_at is not None and now >= ends_at)


def elapsed(run: Run, now: datetime, ends_at: datetime | None = None) -> float:
    """Return how many seconds `run` has lasted at `now`, pauses left out, never negative.

    `ends_at` is until when a pause that runs may stop the time (`stands_until`); None: as long
    as it lasts.
    """
    end = run.ended_at or now
    # Subtracted in whole microseconds: as floats, a clock that stands could seem to go back.
    counted = end - run.started_at - still(run, end, ends_at)
    return max(0.0, counted.total_seconds() - run.paused_s)


def parts(
    runs: Iterable[Run], limits: Limits, now: datetime, patience: Patience = ENDLESS
) -> tuple[PartTime, ...]:
    """Return the three parts at `now`; one that has not begun has elapsed 0."""
    begun = {run.part: run for run in runs}
    ends_at = stands_until(begun.values(), patience)
    return tuple(_part(number, begun.get(number), limits, now, ends_at) for number in PARTS)


def _part(
    number: int, run: Run | None, limits: Limits, now: datetime, ends_at: datetime | None
) -> PartTime:
    running = run is not None and run.ended_at is None
    stands = run is not None and run.paused_at is not None and (ends_at is None or now < ends_at)
    return PartTime(
        part=number,
        soft_s=limits.soft_of(number),
        hard_s=limits.hard_of(number),
        elapsed_s=elapsed(run, now, ends_at) if run else 0.0,
        running=running,
        paused=running and stands,
        started_at=run.started_at if run else None,
        ended_at=run.ended_at if run else None,
    )


def total(times: Iterable[PartTime]) -> float:
    """Return the seconds that all parts have lasted together."""
    return sum(time.elapsed_s for time in times)
