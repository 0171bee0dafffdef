"""What the product comes with: the first grid and policy, and the cards of the oral."""

from __future__ import annotations

from kernel.db import Database
from kernel.permissions import SYSTEM
from results import policies
from results.policy import DEFAULT
from rooms import cards, library
from rubrics.library import grid
from rubrics.publishing import publish


def put_in(database: Database) -> None:
    """Publish grid and default policy, load the cards that are not there yet; again is nothing."""
    with database.transaction() as db:
        publish(db, SYSTEM, grid())
        policies.publish(db, SYSTEM, DEFAULT, grid())
        cards.load(db, library.every_card())
