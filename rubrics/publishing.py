"""Publish a grid: from then on it is never edited, only followed by a next version.

Also here: which grid is in force, and the drafts of the next. A grid's name carries its version
(`grid-1`); the names `grid-2` and so on are those of the product.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.errors import N_, Refused
from kernel.permissions import Actor, Permission, check
from kernel.published import Shelf, digest
from people.drafts import Drafts
from rubrics.library import PRODUCT, Grid, brought, read_grid
from rubrics.models import GridDraft, Performance, Rubric, Scoresheet

GRIDS: Final = Shelf(
    Rubric,
    unversioned=N_("Le nom d'une grille se termine par sa version : « grille-2 »."),
    standing=N_("La grille « %(name)s » est publiée : elle ne change plus."),
    absent=N_("La grille « %(name)s » n'est pas publiée."),
)
DRAFTS: Final = Drafts(GridDraft, "rubric", Permission.PUBLISH_GRID)


def publish(db: Session, actor: Actor, grid: Grid) -> Rubric:
    """Publish `grid` unless this version of it was published before; return its row.

    Raises:
        Forbidden: the actor does not publish grids.
        Refused: another content was published as this version, or the name is the product's.
    """
    check(db, actor, Permission.PUBLISH_GRID)
    content = grid.as_json()
    known = GRIDS.same(db, grid.full_name, digest(content))
    if known is not None:
        return known
    if grid not in brought():
        require_name(db, grid.full_name)
    row = Rubric(
        name=grid.full_name,
        version=grid.version,
        published_at=clock.now(),
        content=content,
        digest=digest(content),
        by_id=actor.user_id,
    )
    db.add(row)
    audit.record(db, actor, "rubric.publish", row, version=grid.version)
    return row


def require_name(db: Session, name: str) -> None:
    """Make sure that a grid of an installation's own may be called so.

    Raises:
        Invalid: the name carries no version (field `name`).
        Refused: a grid was published under this name, or the name is the product's.
    """
    GRIDS.require_free(db, name)
    if name == f"{PRODUCT}-{GRIDS.version_of(name)}":
        raise Refused(
            N_(
                "« %(name)s » est un nom des grilles fournies avec la plateforme : choisissez-en "
                "un autre."
            ),
            name=name,
        )


def read(row: Rubric | GridDraft) -> Grid:
    """Return the grid that a row keeps; raise ValueError when it is not what was published."""
    grid = read_grid(row.content)
    if isinstance(row, Rubric):
        GRIDS.require_whole(row, grid.as_json())
    return grid


def row_in_force(db: Session, chosen: int | None) -> Rubric:
    """Return the grid that is marked with from now on: the one chosen, else the product's newest.

    Raises:
        Refused: none is published.
    """
    if chosen is not None:
        return db.get_one(Rubric, chosen)
    newest = db.scalars(
        select(Rubric)
        .where(Rubric.published_at.is_not(None))
        .order_by(Rubric.name.like(f"{PRODUCT}-%").desc(), Rubric.version.desc(), Rubric.id.desc())
        .limit(1)
    ).first()
    if newest is None:
        raise Refused(N_("Aucune grille n'est publiée pour cette certification."))
    return newest


def in_force(db: Session, chosen: int | None) -> Grid:
    """Return the content of `row_in_force`; raise Refused as it does."""
    return read_grid(row_in_force(db, chosen).content)


def take_in_force(db: Session, performance: Performance, chosen: int | None) -> None:
    """Let a performance be marked with the grid now in force, unless somebody began to mark it."""
    begun = select(Scoresheet.id).where(Scoresheet.performance_id == performance.id)
    if db.scalars(begun.limit(1)).first() is None:
        performance.rubric = row_in_force(db, chosen)
