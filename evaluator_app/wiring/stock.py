"""What the product comes with: the first grid, and the cards of the oral."""

from __future__ import annotations

from kernel.db import Database
from kernel.permissions import SYSTEM
from rooms import cards, library
from rubrics.library import grid
from rubrics.publishing import publish


def put_in(database: Database) -> None:
    """Publish the grid and load the cards that are not there yet; again changes nothing."""
    with database.transaction() as db:
        publish(db, SYSTEM, grid())
        for language in library.LANGUAGES:
            cards.load(db, library.cards(language))
