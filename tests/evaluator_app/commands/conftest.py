"""A database that commands find by the settings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from evaluator_app.wiring import migrate, stock
from kernel.db import Database
from kernel.settings import load


@pytest.fixture
def stocked(monkeypatch, tmp_path) -> Iterator[Database]:
    """A database of its own that commands find, with what the product comes with."""
    monkeypatch.setenv("VIVA_VAR", str(tmp_path))
    load.cache_clear()
    database = Database(load().database)
    migrate.upgrade(database)
    stock.put_in(database)
    yield database
    database.dispose()
    load.cache_clear()
