"""Orals that several people marked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from kernel import clock
from people.models import User
from rubrics.library import grid
from rubrics.models import (
    AssignmentReason,
    Mark,
    Mode,
    Performance,
    PerformanceKind,
    RaterRole,
    SheetState,
)


@pytest.fixture
def marked(make, db) -> Callable[..., Performance]:
    """Give `marked((rater, role, reason, thirds), …)`: one performance and its submitted sheets."""

    def oral(
        *sheets: tuple[User, RaterRole, AssignmentReason, tuple[int | None, ...]],
        at: datetime | None = None,
        **values,
    ) -> Performance:
        performance = make.performance(**values)
        for rater, role, reason, thirds in sheets:
            live = reason is AssignmentReason.CONDUCTS
            mode = Mode.LIVE if live else Mode.RECORDED
            make.assignment(performance, rater, role, reason=reason, mode=mode)
            sheet = make.scoresheet(
                performance, rater, role, state=SheetState.SUBMITTED, submitted_at=at or clock.now()
            )
            db.add_all(
                Mark(
                    scoresheet_id=sheet.id,
                    criterion=criterion,
                    thirds=value,
                    not_assessable=value is None,
                    updated_at=clock.now(),
                )
                for criterion, value in zip(grid().keys, thirds, strict=True)
            )
        db.flush()
        return performance

    return oral


@pytest.fixture
def twice(marked) -> Callable[..., Performance]:
    """Give `twice(first, second, mine, theirs)`: conducted by one, marked again by another."""

    def oral(first: User, second: User, mine, theirs, **values) -> Performance:
        return marked(
            (first, RaterRole.FIRST, AssignmentReason.CONDUCTS, mine),
            (second, RaterRole.SECOND, AssignmentReason.SAMPLE, theirs),
            **values,
        )

    return oral


@pytest.fixture
def benchmark(marked) -> Callable[..., Performance]:
    """Give `benchmark({rater: thirds})`: a recording that many marked."""

    def recording(by: dict[User, tuple[int, ...]], **values) -> Performance:
        return marked(
            *(
                (rater, RaterRole.SECOND, AssignmentReason.CALIBRATION, thirds)
                for rater, thirds in by.items()
            ),
            kind=PerformanceKind.BENCHMARK,
            **values,
        )

    return recording
