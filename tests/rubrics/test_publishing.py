from __future__ import annotations

import pytest
from sqlalchemy import func, select

from evaluator_app.wiring import stock
from kernel.errors import Forbidden, Refused
from kernel.permissions import SYSTEM
from rooms.models import Card, ContentSet
from rubrics.library import grid, read_grid
from rubrics.models import Rubric
from rubrics.publishing import publish, read, row_in_force, take_in_force


def test_a_version_is_published_once(db):
    first = publish(db, SYSTEM, grid())
    db.flush()
    assert publish(db, SYSTEM, grid()) is first
    assert first.content["criteria"][0]["key"] == "listening"


def test_what_is_published_is_never_edited(db):
    publish(db, SYSTEM, grid())
    db.flush()
    edited = grid().model_dump(mode="json")
    edited["criteria"][0]["name"]["fr"] = "Écoute"
    with pytest.raises(Refused, match="« grid-1 » est publiée\u00a0: elle ne change plus"):
        publish(db, SYSTEM, read_grid(edited))


def test_own_grids_bear_names_of_their_own_and_serve_who_chose_them(db, make):
    first = publish(db, SYSTEM, grid())
    with pytest.raises(Refused, match="un nom des grilles fournies"):
        publish(db, SYSTEM, grid().renamed("grid-7"))
    with pytest.raises(Forbidden):
        publish(db, make.evaluator().actor, grid().renamed("care-9"))
    own = publish(db, make.coordinator().actor, grid().renamed("care-9"))
    db.flush()
    assert (own.name, own.version, row_in_force(db, None)) == ("care-9", 9, first)
    assert row_in_force(db, own.id) is own
    assert read(own).renamed("grid-1") == grid()
    own.content = own.content | {"version": 8}
    with pytest.raises(ValueError, match="care-9 is not what was published"):
        read(own)


def test_whoever_began_to_mark_goes_on_with_the_grid_of_the_beginning(db, make):
    own = publish(db, SYSTEM, grid().renamed("care-1"))
    db.flush()
    begun, to_come = make.performance(), make.performance()
    make.scoresheet(begun, make.evaluator())
    for performance in (begun, to_come):
        take_in_force(db, performance, own.id)
    assert [row.rubric.name for row in (begun, to_come)] == ["grid-1", "care-1"]


def test_the_stock_is_put_in_once(database):
    for _ in range(2):
        stock.put_in(database)
        with database.session(read_only=True) as db:
            assert db.scalar(select(func.count()).select_from(ContentSet)) == 5
            assert db.scalar(select(func.count()).select_from(Card)) == 348
            assert db.scalar(select(func.count()).select_from(Rubric)) == 1
