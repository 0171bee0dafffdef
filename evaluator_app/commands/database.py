"""`viva db upgrade`: bring the database to the newest shape."""

from __future__ import annotations

from argparse import Namespace

from evaluator_app.wiring import migrate, rules, stock
from kernel.db import Database
from kernel.settings import load


def run(_arguments: Namespace) -> int:
    """Apply every migration that the database lacks, and put in what the product comes with."""
    settings = load()
    rules.register()
    settings.var.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    migrate.upgrade(database)
    stock.put_in(database)
    print(f"the database is at {migrate.revision(database)}")
    return 0
