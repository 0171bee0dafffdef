"""Empty databases to bring to an older migration, on both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import postgres
import pytest
from twins import PostgreSQL

from kernel.db import Database


@pytest.fixture(params=["sqlite", "postgresql"])
def unmigrated(request: pytest.FixtureRequest, shared: Path, tmp_path: Path) -> Iterator[Database]:
    """A database without tables, that goes with the test."""
    name = f"before_{tmp_path.parent.name.replace('-', '_')}"  # each worker has its own
    if request.param == "sqlite":
        made = Database(f"sqlite:///{tmp_path}/before.db")
    else:
        request.getfixturevalue("_postgresql")
        PostgreSQL.ask(shared, "postgres", f"CREATE DATABASE {name}")
        made = Database(postgres.url(shared, name))
    yield made
    made.dispose()
    if request.param == "postgresql":
        PostgreSQL.ask(shared, "postgres", f"DROP DATABASE {name}")
