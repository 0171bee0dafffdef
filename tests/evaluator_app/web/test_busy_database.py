"""A database that does not answer: words, nothing lost, nobody shut out who only looks."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from twins import on_sqlite

from kernel import clock
from kernel.outbox import OutboxRow
from people.models import UserSession
from people.sessions import SEEN_EVERY


@pytest.fixture
def locked(database):
    """Another program's transaction, which the application waits for only an instant."""

    def hurry(connection, _record):
        connection.execute("PRAGMA busy_timeout=20")

    event.listen(database.engine, "connect", hurry)
    database.engine.dispose()
    with closing(sqlite3.connect(database.engine.url.database, isolation_level=None)) as other:
        yield lambda: other.execute("BEGIN IMMEDIATE")
    event.remove(database.engine, "connect", hurry)
    database.engine.dispose()


@on_sqlite
def test_who_looks_sees_and_who_changes_is_told_to_try_again(db, make, signed_in, locked):
    coordinator = signed_in(make.coordinator())
    db.scalars(select(UserSession)).one().seen_at = clock.now() - 2 * SEEN_EVERY
    db.commit()
    locked()
    assert coordinator.get("/coordinator/people").status_code == 200
    page = coordinator.post("/coordinator/organisations", data={"name": "Atelier occupé"})
    assert page.status_code == 503
    assert "rien n'est changé" in page.get_data(as_text=True).replace("&#39;", "'")
    told = coordinator.post(
        "/coordinator/organisations", data={}, headers={"Accept": "application/json"}
    )
    assert (told.status_code, bool(told.get_json()["error"])) == (503, True)


@on_sqlite
def test_what_fails_at_the_very_end_is_told_too(db, make, signed_in):
    evaluator = make.evaluator()
    coordinator = signed_in(make.coordinator())

    def full(session):
        if session.new or session.dirty or session.info.pop("wrote", False):
            raise OperationalError("COMMIT", {}, sqlite3.OperationalError("disk is full"))

    def wrote(session, _flush):
        session.info["wrote"] = True

    event.listen(Session, "after_flush", wrote)
    event.listen(Session, "before_commit", full)
    try:
        answer = coordinator.post(f"/coordinator/people/{evaluator.id}/invitation")
    finally:
        event.remove(Session, "after_flush", wrote)
        event.remove(Session, "before_commit", full)
    assert answer.status_code == 503
    assert db.scalars(select(OutboxRow)).all() == []
