"""The free slots of a candidacy as a page shows them: weeks of one's own clock, one open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import request

from evaluator_app.desks.shared import zones
from evaluator_app.desks.shared.weeks import Bounds, Reader, Slot, Week, lay_out, slot
from evaluator_app.words import locale, timezone
from kernel import clock, exam_zone
from scheduling.availability import Offer
from scheduling.occupancy import moment_of


def reader() -> Reader:
    """Return who reads this page."""
    return Reader(locale(), timezone(), exam_zone.name())


@dataclass(frozen=True)
class Shown:
    """What of the calendar a page shows."""

    weeks: list[Week]
    week: Week | None
    previous: Week | None
    following: Week | None
    nearest: list[Slot]
    listed: bool
    day: date | None  # the one that is shown where there is room for one
    zone: str
    zones: zones.Choices

    @property
    def free(self) -> int:
        """Return how many slots are free in all."""
        return sum(week.free for week in self.weeks)


def show(offer: Offer, bounds: tuple[datetime, datetime], near: datetime | None = None) -> Shown:
    """Lay out an offer between two moments: the asked-for week, or the first with a free slot.

    `near`: a moment that could not be had, whose nearest free ones are shown too.
    """
    who = reader()
    there = [(moment_of(begins), moment_of(ends)) for _who, begins, ends in offer.open.tolist()]
    weeks = lay_out(offer.starts(), there, who, Bounds(clock.now(), *bounds))
    asked = request.args.get("week", "")
    index = next(
        (number for number, week in enumerate(weeks) if week.monday.isoformat() == asked),
        next((number for number, week in enumerate(weeks) if week.free), 0),
    )
    return Shown(
        weeks=weeks,
        week=weeks[index] if weeks else None,
        previous=weeks[index - 1] if index else None,
        following=weeks[index + 1] if index + 1 < len(weeks) else None,
        nearest=[slot(moment, who) for moment in offer.nearest(near)] if near else [],
        listed=request.args.get("view") == "list",
        day=_day(weeks[index]) if weeks else None,
        zone=who.zone,
        zones=zones.choices(who.zone),
    )


def _day(week: Week) -> date:
    """Return the asked-for day of a week, or its first one with a free slot, or its first."""
    asked = request.args.get("day", "")
    named = (day for day in week.days if day.date.isoformat() == asked)
    free = (day for day in week.days if day.slots)
    return next(named, next(free, week.days[0])).date
