"""Write the next grid: begun from a published one or a file, criterion by criterion, published.

What the console and decision rules hold to stays: the criteria's keys, their letters, their order.
A grid of other criteria comes as a file.
"""

from __future__ import annotations

import json
from typing import Final

from pydantic import ValidationError
from sqlalchemy.orm import Session

from kernel import unfit
from kernel.errors import N_, Invalid, TooLarge
from kernel.permissions import Actor, Permission, check
from kernel.unfit import Fault
from rubrics import publishing
from rubrics.library import Criterion, Grid
from rubrics.models import GridDraft, Rubric
from rubrics.publishing import DRAFTS

MOST_BYTES: Final = 1024 * 1024


def begin(db: Session, actor: Actor, row: Rubric, name: str) -> GridDraft:
    """Begin a grid from a published one.

    Raises:
        Forbidden: the actor does not publish grids.
        Invalid: its name carries no version (field `name`).
        Refused: a grid or a draft has this name, or it is the product's.
    """
    check(db, actor, Permission.PUBLISH_GRID)
    publishing.require_name(db, name)
    return DRAFTS.begin(db, actor, name, publishing.read(row).renamed(name).as_json(), row.name)


def bring_in(db: Session, actor: Actor, grid: Grid) -> GridDraft:
    """Begin a draft from what a file says, under the name that it bears; raise as `begin`."""
    check(db, actor, Permission.PUBLISH_GRID)
    publishing.require_name(db, grid.full_name)
    return DRAFTS.begin(db, actor, grid.full_name, grid.as_json(), "")


def read_file(data: bytes, name: str = "") -> Grid | tuple[Fault, ...]:
    """Read a grid from JSON, or say what does not fit; `name`: instead of what the file says.

    Raises:
        Invalid: not JSON, or the name carries no version.
        TooLarge: larger than 1 MB.
    """
    if len(data) > MOST_BYTES:
        raise TooLarge(N_("Ce fichier dépasse 1 Mo."), "file")
    try:
        given = json.loads(data)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise Invalid(
            N_("Ce fichier n'est pas une grille en JSON, telle qu'on la télécharge."), "file"
        )
    if name:
        version = publishing.GRIDS.version_of(name)
        given |= {"name": name.removesuffix(f"-{version}"), "version": version}
    try:
        return Grid.model_validate(given)
    except ValidationError as error:
        return unfit.faults(error, "criteria", given.get("criteria"))


def write_criterion(
    db: Session, actor: Actor, draft: GridDraft, seen: int, criterion: Criterion
) -> None:
    """Write a criterion in the place of the one of its key.

    Raises:
        Forbidden: the actor does not publish grids.
        Refused: somebody changed the draft after the state `seen`.
    """
    DRAFTS.take(db, actor, draft, seen)
    grid = publishing.read(draft)
    fixed = grid.criterion(criterion.key)
    kept = criterion.model_copy(update={"letter": fixed.letter, "weight": fixed.weight})
    criteria = [kept if known.key == kept.key else known for known in grid.criteria]
    written = Grid(name=grid.name, version=grid.version, criteria=tuple(criteria))
    DRAFTS.write(db, actor, draft, written.as_json(), criterion=criterion.key)


def publish(db: Session, actor: Actor, draft: GridDraft, seen: int) -> Rubric:
    """Publish a draft as it stands; it is a draft no more.

    Raises:
        Forbidden: the actor does not publish grids.
        Refused: somebody changed the draft after the state `seen`, or published its name.
    """
    return DRAFTS.publish(
        db, actor, draft, seen, lambda: publishing.publish(db, actor, publishing.read(draft))
    )
