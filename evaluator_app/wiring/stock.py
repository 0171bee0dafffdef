"""What the product comes with: the first grid and policy, and the content of orals."""

from __future__ import annotations

from kernel.db import Database
from kernel.permissions import SYSTEM
from results import policies
from results.policy import DEFAULT
from rooms import content_sets, library
from rubrics.library import grid
from rubrics.publishing import publish


def put_in(database: Database) -> None:
    """Publish grid, default policy and sets of content; again is nothing.

    Raises:
        Refused: a file was changed under a name that is published already.
    """
    with database.transaction() as db:
        publish(db, SYSTEM, grid())
        policies.publish(db, SYSTEM, DEFAULT, grid())
        for content in library.brought():
            content_sets.publish(db, SYSTEM, content)
