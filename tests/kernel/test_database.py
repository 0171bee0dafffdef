from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import StatementError

from kernel import db as kernel_db
from kernel.db import Database
from people.models import Organisation, User

NOON = datetime(2026, 12, 3, 12, tzinfo=UTC)


def test_a_moment_comes_back_in_utc(database, db, make):
    tahiti = timezone(timedelta(hours=-10))
    row = make.organisation(created_at=NOON.astimezone(tahiti))
    db.commit()
    with database.session(read_only=True) as other:
        kept = other.get_one(Organisation, row.id).created_at
    assert kept == NOON
    assert kept.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(db):
    db.add(Organisation(name="Sans fuseau", created_at=datetime(2026, 12, 3, 12)))  # noqa: DTZ001
    with pytest.raises(StatementError, match="time zone"):
        db.flush()


def test_a_transaction_commits_once_or_not_at_all(database):
    with database.transaction() as db:
        db.add(Organisation(name="Kept", created_at=NOON))
    with pytest.raises(RuntimeError), database.transaction() as db:
        db.add(Organisation(name="Lost", created_at=NOON))
        db.flush()
        raise RuntimeError
    with database.session(read_only=True) as db:
        assert db.scalars(select(Organisation.name)).all() == ["Kept"]


def test_readers_do_not_wait_for_a_writer(database, make, db):
    make.organisation(name="Before")
    db.commit()
    with database.transaction() as writer:
        writer.add(Organisation(name="During", created_at=NOON))
        writer.flush()
        with database.session(read_only=True) as reader:
            assert reader.scalars(select(Organisation.name)).all() == ["Before"]


def test_no_change_is_lost_between_writers(database, make, db):
    user_id = make.coordinator().id
    db.commit()

    def fail(_number: int) -> None:
        with database.transaction() as session:
            user = session.get_one(User, user_id, with_for_update=True)
            user.failures += 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fail, range(40)))
    with database.session(read_only=True) as session:
        assert session.get_one(User, user_id).failures == 40


def test_foreign_keys_hold(database, db, make):
    user = make.coordinator()
    user.organisation_id = 999
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        db.flush()


def test_sqlite_writers_begin_at_once(tmp_path):
    place = Database(f"sqlite:///{tmp_path / 'x.db'}")
    with place.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    place.dispose()


on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@pytest.fixture
def place(database) -> Iterator[Database]:
    """The same database through a pool of its own."""
    own = Database(database.url)
    yield own
    own.dispose()


def backend(place: Database) -> int:
    """Return the server's process of the connection that is used next."""
    with place.engine.connect() as connection:
        return connection.scalar(select(func.pg_backend_pid()))


@on_postgresql
def test_a_connection_that_ended_meanwhile_is_not_used(database, place):
    ended = backend(place)
    with database.engine.connect() as other:
        assert other.scalar(select(func.pg_terminate_backend(ended, 10_000))) is True
    assert backend(place) != ended


@on_postgresql
@pytest.mark.parametrize(("rested_s", "last"), [(0.0, ";"), (3600.0, "ROLLBACK")])
def test_only_a_connection_that_rested_is_asked_whether_it_lives(
    database, place, monkeypatch, rested_s, last
):
    monkeypatch.setattr(kernel_db, "RESTED_S", rested_s)
    used = backend(place)
    said = text("SELECT query FROM pg_stat_activity WHERE pid = :used")
    with place.engine.connect(), database.engine.connect() as other:
        assert other.scalar(said, {"used": used}) == last
    assert backend(place) == used


@on_postgresql
def test_a_rush_opens_connections_once(place):
    def rush() -> set[int]:
        with ExitStack() as open_:
            connections = [open_.enter_context(place.engine.connect()) for _ in range(30)]
            return {link.scalar(select(func.pg_backend_pid())) for link in connections}

    assert rush() == rush()
