"""A staged file opens for its person, its import and its row, for a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from kernel import clock, staging
from kernel.errors import NotThere
from kernel.outbox import OutboxRow
from kernel.permissions import Actor, Role
from kernel.staging import NoLongerStaged, Staged
from kernel.storage import from_settings

EVA, ANN = Actor(1, Role.COORDINATOR), Actor(2, Role.COORDINATOR)
FILE = Staged(12, "niveaux.csv", {"source": "étude"}, b"a;b\n\n1;2\n")


@pytest.fixture
def store(settings):
    return from_settings(settings)


def test_it_comes_back_as_it_was_given(store):
    token = staging.keep(store, EVA, "items", FILE)
    assert staging.fetch(store, EVA, "items", token, about=12) == FILE
    assert staging.fetch(store, EVA, "items", token) == FILE


@pytest.mark.parametrize(
    ("who", "kind", "about"), [(ANN, "items", 12), (EVA, "results", 12), (EVA, "items", 13)]
)
def test_it_is_there_for_nobody_and_nothing_else(store, who, kind, about):
    token = staging.keep(store, EVA, "items", FILE)
    with pytest.raises(NotThere):
        staging.fetch(store, who, kind, token, about=about)


@pytest.mark.parametrize("name", ["", "../secret", "20260101000000-" + "g" * 32])
def test_what_is_no_name_opens_nothing(store, name):
    with pytest.raises(NotThere):
        staging.fetch(store, EVA, "items", name)


def test_it_is_forgotten_after_a_day(store):
    token = staging.keep(store, EVA, "items", FILE)
    clock.move(timedelta(hours=23))
    assert staging.purge(store) == 0
    clock.move(timedelta(hours=1))
    assert staging.purge(store) == 1
    with pytest.raises(NoLongerStaged):
        staging.fetch(store, EVA, "items", token)


def test_what_was_brought_in_goes_after_the_commit_and_what_was_dropped_at_once(db, store):
    token = staging.keep(store, EVA, "items", FILE)
    staging.forget(db, token)
    assert staging.fetch(store, EVA, "items", token) == FILE
    [row] = db.scalars(select(OutboxRow))
    assert row.payload == {"key": f"{staging.FOLDER}/{token}"}
    staging.drop(store, token)
    assert store.names(staging.FOLDER) == []
