"""Words of pages from which nothing follows but that they were heard: many by one statement.

Whoever keeps such words for a moment writes them by `keep` within a second or two. A pause counts
as a lost connection after `timing.QUIET` only, so that a word that waits is no pause.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Integer, String, case, column, update, values
from sqlalchemy.orm import Session

from kernel.db import UTCDateTime
from written_test.engine import timing
from written_test.models import Step, WrittenTest, WrittenTestState

IN_RHYTHM: Final = timedelta(seconds=8)
"""A word so soon after the last one gives no time back; what comes later is looked at."""


@dataclass(frozen=True, slots=True)
class Word:
    """When the page that may answer spoke."""

    test_id: int
    page: str
    at: datetime


def ends_at(step: Step) -> datetime:
    """Return when the time of an open step is over, unless time is given back; pure."""
    return step.shown_at + timedelta(seconds=step.seconds + step.paused_s)


def until(step: Step) -> datetime:
    """Return until when an open step stays so, whatever the page says; pure."""
    return ends_at(step) + timedelta(seconds=timing.GRACE)


def keep(db: Session, words: Collection[Word]) -> set[int]:
    """Keep when pages spoke, by one statement; return the tests that still stand as they did."""
    if not words:
        return set()
    spoken = (
        values(
            column("test_id", Integer),
            column("page", String),
            column("at", UTCDateTime()),
            name="spoken",
        )
        .data([(word.test_id, word.page, word.at) for word in words])
        .cte("spoken")
    )
    heard = WrittenTest.heard_at
    return set(
        db.scalars(
            update(WrittenTest)
            .where(
                WrittenTest.id == spoken.c.test_id,
                WrittenTest.page == spoken.c.page,
                WrittenTest.state == WrittenTestState.RUNNING,
            )
            .values(heard_at=case((heard < spoken.c.at, spoken.c.at), else_=heard))
            .returning(WrittenTest.id)
            .execution_options(synchronize_session=False)
        )
    )
