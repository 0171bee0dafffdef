"""What the database knows of some evaluators' time: read once, whoever computes with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

import numpy as np
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from kernel import clock
from scheduling.hours import Other, Spans, Weekly
from scheduling.models import BusyTime, Occupancy, OpeningHours, OtherDay
from scheduling.occupancy import moment_of


@dataclass(frozen=True, slots=True)
class Known:
    """When people are there, by evaluator, and what takes their time: orals, their own calendars.

    `booked` reaches whole days further than was asked.
    """

    weekly: dict[int, list[Weekly]]
    others: dict[int, list[Other]]
    booked: Spans
    busy: Spans

    def load(self) -> dict[int, int]:
        """Return how many orals each has who has any."""
        who, count = np.unique(self.booked[:, 0], return_counts=True)
        return dict(zip(who.tolist(), count.tolist(), strict=True))


def read(db: Session, ids: list[int], first: int, last: int, but: int | None = None) -> Known:
    """Return what is known of these people between two seconds, in four queries.

    `but`: the id of an occupancy that is about to be given up, and counts as free.
    """
    weekly, others = _opening(db, ids, first, last)
    booked = as_spans(db, _booked(ids, first, last, but))
    return Known(weekly, others, booked, as_spans(db, _busy(ids, first, last)))


def as_spans(db: Session, query: Select[int, int, int]) -> Spans:
    """Return what a selection of (evaluator, start, end) finds."""
    # Straight from the connection: nothing of these rows is an object of the session.
    db.flush()
    rows = db.connection().execute(query).all()
    return np.fromiter(chain.from_iterable(rows), np.int64, 3 * len(rows)).reshape(-1, 3)


def _booked(ids: list[int], first: int, last: int, but: int | None) -> Select[int, int, int]:
    """Select what orals take of these people, marking included, and whole days around."""
    # Whole days around, so that the most a day is counted right at the edges.
    return select(Occupancy.evaluator_id, Occupancy.start_s, Occupancy.end_s).where(
        Occupancy.evaluator_id.in_(ids),
        Occupancy.start_s < last + 2 * 86_400,
        Occupancy.start_s > first - 2 * 86_400,
        or_(Occupancy.expires_at.is_(None), Occupancy.expires_at > clock.now()),
        Occupancy.id != (but or 0),
    )


def _busy(ids: list[int], first: int, last: int) -> Select[int, int, int]:
    """Select what their own calendars take of these people."""
    return select(BusyTime.evaluator_id, BusyTime.start_s, BusyTime.end_s).where(
        BusyTime.evaluator_id.in_(ids), BusyTime.start_s < last, BusyTime.end_s > first
    )


def _opening(
    db: Session, ids: list[int], first: int, last: int
) -> tuple[dict[int, list[Weekly]], dict[int, list[Other]]]:
    """Return the weekly hours and the days unlike them of these people, by evaluator."""
    start, end = moment_of(first).date(), moment_of(last).date()
    weekly: dict[int, list[Weekly]] = {}
    for row in db.execute(
        select(
            OpeningHours.evaluator_id,
            OpeningHours.weekday,
            OpeningHours.start_minute,
            OpeningHours.end_minute,
        ).where(OpeningHours.evaluator_id.in_(ids))
    ):
        weekly.setdefault(row[0], []).append(Weekly(*row))
    others: dict[int, list[Other]] = {}
    for other in db.execute(
        select(
            OtherDay.evaluator_id, OtherDay.day, OtherDay.start_minute, OtherDay.end_minute
        ).where(
            OtherDay.evaluator_id.in_(ids),
            OtherDay.day.between(start - timedelta(days=3), end + timedelta(days=3)),
        )
    ):
        others.setdefault(other[0], []).append(Other(*other))
    return weekly, others
