"""The demo's jobs process: fill what is empty, make the ways in, then work as any other."""

from __future__ import annotations

import importlib
import json

from sqlalchemy import select

from evaluator_app.demo import links
from evaluator_app.demo.opening import FILLED
from evaluator_app.processes import logs
from evaluator_app.processes.jobs import Worker
from evaluator_app.processes.supervisor import die_with_parent
from evaluator_app.wiring import rules, stock, timekeeping
from kernel.db import Database
from kernel.settings import Settings, load
from people.models import Organisation


def fill(settings: Settings) -> None:
    """Fill an empty demo; leave this start's sign-in links in its folder."""
    timekeeping.follow(settings)
    rules.register()
    database = Database(settings.database)
    stock.put_in(database)
    with database.transaction() as db:
        if db.scalar(select(Organisation.id).limit(1)) is None:
            # Loaded for an empty demo alone: a second start does not wait for it.
            importlib.import_module("evaluator_app.demo.seed").fill(db, settings)
    with database.transaction() as db:
        collected = links.collect(db, settings)
    database.dispose()
    fresh = settings.var / (FILLED + ".part")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(collected, indent=2, ensure_ascii=False) + "\n")
    fresh.replace(settings.var / FILLED)


def main() -> None:
    """Fill, then work until SIGTERM."""
    die_with_parent()
    logs.configure()
    settings = load()
    if not (settings.var / "links.json").exists():  # a worker that was started again goes on
        fill(settings)
    Worker(settings).run()


if __name__ == "__main__":
    main()
