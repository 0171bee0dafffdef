from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from kernel.db import Database
from people.models import Organisation, User

NOON = datetime(2026, 12, 3, 12, tzinfo=UTC)


def test_a_moment_comes_back_in_utc(database, db, make):
    tahiti = timezone(timedelta(hours=-10))
    row = make.organisation(created_at=NOON.astimezone(tahiti))
    db.commit()
    with database.session(read_only=True) as other:
        found = other.get_one(Organisation, row.id).created_at
    assert found == NOON
    assert found.tzinfo is UTC


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
