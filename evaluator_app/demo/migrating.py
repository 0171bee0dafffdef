"""Bring the demo's database to the newest shape."""

from __future__ import annotations

from pathlib import Path

from evaluator_app.wiring import migrate as migrations
from evaluator_app.wiring import rules
from kernel.db import Database
from kernel.settings import load


def migrate(var: Path) -> None:
    """Migrate the database in `var`."""
    var.mkdir(parents=True, exist_ok=True)
    rules.register()
    database = Database(load().database)
    migrations.upgrade(database)
    database.dispose()
