"""What the tests that were sat here say of items; tests that became void are left out."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from written_test.items.fit import Fit, Scored, average, mean_squares, point_biserial
from written_test.models import (
    Item,
    Release,
    Step,
    StepState,
    WrittenTest,
    WrittenTestState,
)


@dataclass(frozen=True, slots=True)
class PartStatistics:
    """What is known of one scored part of an item; None where too little is."""

    answers: int
    share_right: float | None
    theta_right: float | None
    theta_wrong: float | None
    point_biserial: float | None
    fit: Fit | None


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """What is known of one version of an item."""

    shown: int
    tests: int  # that could have shown it
    swapped: int
    timed_out: int
    seconds: float | None  # mean, of those that were answered
    parts: tuple[PartStatistics, ...]

    @property
    def exposure(self) -> float | None:
        """Return the share of the tests that could show it and did."""
        return self.shown / self.tests if self.tests else None


def tests_by_item(db: Session, bank_id: int) -> dict[int, int]:
    """Return, by item, how many tests sat on a release that had it."""
    sat = (
        select(WrittenTest.release_id, func.count().label("tests"))
        .where(WrittenTest.state != WrittenTestState.VOID)
        .group_by(WrittenTest.release_id)
        .subquery()
    )
    rows = db.execute(
        select(Release.entries, Release.pilots, sat.c.tests)
        .join(sat, sat.c.release_id == Release.id)
        .where(Release.bank_id == bank_id)
    )
    counts: dict[int, int] = {}
    for entries, pilots, tests in rows:
        for item_id in (*(entry[0] for entry in entries), *pilots):
            counts[item_id] = counts.get(item_id, 0) + tests
    return counts


def of_item(db: Session, item: Item) -> ItemStatistics:
    """Return the statistics of one version of an item."""
    rows = db.execute(
        select(Step.state, Step.right, Step.spent_s, Step.theta, WrittenTest.theta)
        .join(Step.test)
        .where(Step.item_id == item.id, WrittenTest.state != WrittenTestState.VOID)
    ).all()
    parts: list[list[Scored]] = [[] for _ in item.shape]
    for _state, right, _spent, at_step, at_end in rows:
        theta = at_end if at_end is not None else at_step
        if right is not None and theta is not None:
            for part, is_right in zip(parts, right, strict=False):
                part.append(Scored(bool(is_right), float(theta)))
    states = [row[0] for row in rows]
    spent = [row[2] for row in rows if row[0] is StepState.ANSWERED and row[2] is not None]
    return ItemStatistics(
        shown=len(rows),
        tests=tests_by_item(db, item.bank_id).get(item.id, 0),
        swapped=states.count(StepState.SWAPPED),
        timed_out=states.count(StepState.TIMED_OUT),
        seconds=average(spent),
        parts=tuple(_part(item, place, answers) for place, answers in enumerate(parts)),
    )


def _part(item: Item, place: int, answers: list[Scored]) -> PartStatistics:
    return PartStatistics(
        answers=len(answers),
        share_right=average([float(answer.right) for answer in answers]),
        theta_right=average([answer.theta for answer in answers if answer.right]),
        theta_wrong=average([answer.theta for answer in answers if not answer.right]),
        point_biserial=point_biserial(answers),
        fit=mean_squares(item.parameters[place], answers),
    )
