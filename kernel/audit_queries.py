"""What pages read of the audit log."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.audit import AuditEntry

PAGE = 100


def listing(
    db: Session,
    *,
    acts: Collection[str] | None = None,
    actor_id: int | None = None,
    candidacy_ids: Collection[int] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    number: int = 1,
) -> tuple[Sequence[AuditEntry], int]:
    """Return one page of entries, newest first, and how many there are in all.

    None: whatever act, actor, candidacy, from whenever; `until` is the first moment after.
    """
    query = select(AuditEntry)
    if acts is not None:
        query = query.where(AuditEntry.act.in_(acts))
    if actor_id is not None:
        query = query.where(AuditEntry.actor_id == actor_id)
    if candidacy_ids is not None:
        query = query.where(AuditEntry.candidacy_id.in_(candidacy_ids))
    if since is not None:
        query = query.where(AuditEntry.at >= since)
    if until is not None:
        query = query.where(AuditEntry.at < until)
    total = db.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = db.scalars(
        query.order_by(AuditEntry.id.desc()).limit(PAGE).offset((max(1, number) - 1) * PAGE)
    ).all()
    return rows, total


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
    """Return `entries` with equal acts of one actor folded; acts in `quiet` fold together."""
    lines: list[Line] = []
    for _key, group in groupby(
        entries, lambda e: (e.actor_id, e.actor_role, "" if e.act in quiet else e.act)
    ):
        rows = list(group)
        lines.append(Line(rows[0], len(rows)))
    return lines
