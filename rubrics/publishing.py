"""Publish a grid: from then on it is never edited, only followed by a next version.

Also here: which grid is in force.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.errors import N_, Refused
from kernel.permissions import Actor
from rubrics.library import Grid, read_grid
from rubrics.models import Rubric


def publish(db: Session, actor: Actor, grid: Grid) -> Rubric:
    """Publish `grid` unless this version of it was published before; return its row.

    Raises:
        Refused: another content was published as this version.
    """
    known = db.scalar(
        select(Rubric).where(Rubric.name == grid.name, Rubric.version == grid.version)
    )
    if known is not None:
        if read_grid(known.content) != grid:
            raise Refused(
                N_("La grille « %(name)s » %(version)s est publiée : elle ne change plus."),
                name=grid.name,
                version=grid.version,
            )
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


def row_in_force(db: Session, chosen: int | None) -> Rubric:
    """Return the grid that is marked with from now on: the one chosen, else the newest.

    Raises:
        Refused: none is published.
    """
    if chosen is not None:
        return db.get_one(Rubric, chosen)
    newest = db.scalars(
        select(Rubric)
        .where(Rubric.published_at.is_not(None))
        .order_by(Rubric.version.desc(), Rubric.id.desc())
        .limit(1)
    ).first()
    if newest is None:
        raise Refused(N_("Aucune grille n'est publiée pour cette certification."))
    return newest


def in_force(db: Session, chosen: int | None) -> Grid:
    """Return the content of `row_in_force`; raise Refused as it does."""
    return read_grid(row_in_force(db, chosen).content)
