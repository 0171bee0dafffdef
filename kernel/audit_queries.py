"""What pages read of the audit log."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from kernel.audit import AuditEntry

PAGE = 100
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries one asks for; None: whatever act, actor, candidacy, from whenever."""

    acts: Collection[str] | None = None
    actor_id: int | None = None
    candidacy_ids: Collection[int] | None = None
    since: datetime | None = None
    until: datetime | None = None  # the first moment after


def _query(wanted: Wanted) -> Select[AuditEntry]:
    query = select(AuditEntry)
    if wanted.acts is not None:
        query = query.where(AuditEntry.act.in_(wanted.acts))
    if wanted.actor_id is not None:
        query = query.where(AuditEntry.actor_id == wanted.actor_id)
    if wanted.candidacy_ids is not None:
        query = query.where(AuditEntry.candidacy_id.in_(wanted.candidacy_ids))
    if wanted.since is not None:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEntry.at < wanted.until)
    return query


def listing(db: Session, wanted: Wanted, number: int = 1) -> tuple[Sequence[AuditEntry], int]:
    """Return one page of entries, newest first, and how many there are in all."""
    query = _query(wanted)
    total = db.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = db.scalars(
        query.order_by(AuditEntry.id.desc()).limit(PAGE).offset((max(1, number) - 1) * PAGE)
    ).all()
    return rows, total


def batches(db: Session, wanted: Wanted) -> Iterator[Sequence[AuditEntry]]:
    """Give every entry, newest first, some hundred at a time, holding no more than those."""
    query = _query(wanted).order_by(AuditEntry.id.desc()).limit(AT_ONCE)
    rows = db.scalars(query).all()
    while rows:
        yield rows
        last = rows[-1].id
        db.expunge_all()
        rows = db.scalars(query.where(AuditEntry.id < last)).all()


def of_candidacy(db: Session, candidacy_id: int) -> Sequence[AuditEntry]:
    """Return everything that the log says of one candidacy, oldest first."""
    return db.scalars(
        select(AuditEntry)
        .where(AuditEntry.candidacy_id == candidacy_id)
        .order_by(AuditEntry.id)
        .limit(1000)
    ).all()


@dataclass(frozen=True)
class Line:
    """Entries in a row that say the same: the first of them, and how many they are."""

    entry: AuditEntry
    count: int


def condensed(entries: Sequence[AuditEntry], quiet: frozenset[str] = frozenset()) -> list[Line]:
    """Return `entries` with equal acts of one actor folded; acts in `quiet` fold together.

    Moves to two stages are two acts.
    """

    def said(entry: AuditEntry) -> tuple[int | None, str, str, object]:
        act = "" if entry.act in quiet else entry.act
        return entry.actor_id, entry.actor_role, act, act and entry.data.get("to")

    lines: list[Line] = []
    for _key, group in groupby(entries, said):
        rows = list(group)
        lines.append(Line(rows[0], len(rows)))
    return lines
