"""Publish a grid: from then on it is never edited, only followed by a next version."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.permissions import Actor
from rubrics.library import Grid
from rubrics.models import Rubric


def publish(db: Session, actor: Actor, grid: Grid) -> Rubric:
    """Publish `grid` unless this version of it was published before; return its row."""
    known = db.scalar(
        select(Rubric).where(Rubric.name == grid.name, Rubric.version == grid.version)
    )
    if known is not None:
        return known
    row = Rubric(
        name=grid.name,
        version=grid.version,
        published_at=clock.now(),
        content=grid.model_dump(mode="json"),
    )
    db.add(row)
    audit.record(db, actor, "rubric.publish", row, version=grid.version)
    return row
