from __future__ import annotations

import pytest
from sqlalchemy import func, select

from evaluator_app.wiring import stock
from kernel.errors import Refused
from kernel.permissions import SYSTEM
from rooms.models import Card, ContentSet
from rubrics.library import grid, read_grid
from rubrics.models import Rubric
from rubrics.publishing import publish


def test_a_version_is_published_once(db):
    first = publish(db, SYSTEM, grid())
    db.flush()
    assert publish(db, SYSTEM, grid()) is first
    assert first.content["criteria"][0]["key"] == "listening"


def test_what_is_published_is_never_edited(db):
    publish(db, SYSTEM, grid())
    edited = grid().model_dump(mode="json")
    edited["criteria"][0]["name"]["fr"] = "Écoute"
    with pytest.raises(Refused, match="est publiée : elle ne change plus"):
        publish(db, SYSTEM, read_grid(edited))


def test_the_stock_is_put_in_once(database):
    for _ in range(2):
        stock.put_in(database)
        with database.session(read_only=True) as db:
            assert db.scalar(select(func.count()).select_from(ContentSet)) == 5
            assert db.scalar(select(func.count()).select_from(Card)) == 348
            assert db.scalar(select(func.count()).select_from(Rubric)) == 1
