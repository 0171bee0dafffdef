from __future__ import annotations

from sqlalchemy import func, select

from evaluator_app.wiring import stock
from kernel.permissions import SYSTEM
from rooms.models import Card
from rubrics.library import grid
from rubrics.models import Rubric
from rubrics.publishing import publish


def test_a_version_is_published_once(db):
    first = publish(db, SYSTEM, grid())
    db.flush()
    assert publish(db, SYSTEM, grid()) is first
    assert first.content["criteria"][0]["key"] == "listening"


def test_the_stock_is_put_in_once(database):
    for _ in range(2):
        stock.put_in(database)
        with database.session(read_only=True) as db:
            assert db.scalar(select(func.count()).select_from(Card)) == 108
            assert db.scalar(select(func.count()).select_from(Rubric)) == 1
