"""Words of pages that change nothing of a watch but its moments: many are kept by one statement.

A page speaks every few seconds, and mostly says what it said before. Whoever keeps such words for a
moment asks `is_uneventful` of each, under no lock, and writes them by `keep` within a second or
two; all else goes to `watching.heard` at once. What counts as a silence is much longer, so that
nobody finds one that was none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Boolean, Integer, String, and_, case, column, update, values
from sqlalchemy.orm import Session

from kernel.db import UTCDateTime
from proctor import lasting, policy
from proctor.models import ProctorSession
from proctor.watching import RUNNING

IN_RHYTHM: Final = timedelta(seconds=9)
"""A word so long after the last one that is kept follows it; what comes later is looked at."""


@dataclass(frozen=True, slots=True)
class Word:
    """When a page that holds a watch by this token spoke, and whether it told what runs there."""

    watch_id: int
    token_hash: str
    at: datetime
    told: bool


def is_uneventful(
    session: ProctorSession, moment: datetime, silence_s: float, watch: Mapping[str, Any] | None
) -> bool:
    """Tell whether a word at `moment` changes nothing but when the page was heard; pure.

    `silence_s` and `watch` as `watching.heard` takes them.
    """
    if moment - session.heard_at >= min(IN_RHYTHM, timedelta(seconds=silence_s / 2)):
        return False
    if watch is not None and dict(watch) != session.watch:
        return False
    told_at = session.told_at if watch is None else moment
    return lasting.missing(session, moment, told_at).keys() == {
        kind for kind in lasting.MISSING if str(kind) in session.lasting
    }


def until(session: ProctorSession, moment: datetime) -> datetime | None:
    """Return when such words may begin to lack something, if nothing else happens; pure."""
    turns = [session.picture_due_at]
    if session.held_since is not None:
        turns.append(session.held_since + policy.QUIET_WATCH)
    return min((turn for turn in turns if turn is not None and turn >= moment), default=None)


def keep(db: Session, words: Collection[Word]) -> set[int]:
    """Keep when pages spoke, by one statement; return the watches that still stand as they did."""
    if not words:
        return set()
    spoken = (
        values(
            column("watch_id", Integer),
            column("token_hash", String),
            column("at", UTCDateTime()),
            column("told", Boolean),
            name="spoken",
        )
        .data([(word.watch_id, word.token_hash, word.at, word.told) for word in words])
        .cte("spoken")
    )
    stands = and_(
        ProctorSession.id == spoken.c.watch_id,
        ProctorSession.token_hash == spoken.c.token_hash,
        *RUNNING,
    )
    heard, told = ProctorSession.heard_at, ProctorSession.told_at
    is_news = and_(spoken.c.told, (told.is_(None)) | (told < spoken.c.at))
    return set(
        db.scalars(
            update(ProctorSession)
            .where(stands)
            .values(
                heard_at=case((heard < spoken.c.at, spoken.c.at), else_=heard),
                told_at=case((is_news, spoken.c.at), else_=told),
            )
            .returning(ProctorSession.id)
            .execution_options(synchronize_session=False)
        )
    )
