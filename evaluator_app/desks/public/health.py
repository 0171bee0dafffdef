"""Whether the installation works, for whoever watches over it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from evaluator_app.processes.probing import NoAnswer, Probe
from evaluator_app.web.edge import house
from kernel import clock, outbox, pulse
from kernel.db import Database

PATIENCE = 1.5
STUCK = timedelta(minutes=10)
"""How long a row may wait to be run while everything is said to work."""


def missing() -> list[str]:
    """Return which parts do not answer, among database, media, jobs and outbox; in 2 s at most."""
    try:
        silent = _database().ask()
    except (NoAnswer, SQLAlchemyError):
        silent = ["database"]
    return silent if house().engine.healthy() else ["media", *silent]


def _database() -> Probe[list[str]]:
    """Return the probe of this application's database."""
    database = house().database
    probes: dict[int, Probe[list[str]]] = current_app.extensions.setdefault("viva_probes", {})
    return probes.setdefault(id(database), Probe(lambda: _look(database), PATIENCE))


def _look(database: Database) -> list[str]:
    """Return what the rows say of the other processes: whether they live, whether work is stuck."""
    with database.session(read_only=True) as db:
        silent = [] if pulse.alive(db, "jobs") else ["jobs"]
        oldest = outbox.oldest_due(db)
        stuck = oldest is not None and clock.now() - oldest > STUCK
        return [*silent, "outbox"] if stuck else silent


def healthz() -> ResponseReturnValue:
    """Answer 200 when web, media and jobs work; else 503 and which one does not."""
    silent = missing()
    answer: dict[str, Any] = {"status": "ok"}
    if silent:
        answer = {"status": "failing", "failing": silent}
    return answer, 503 if silent else 200
