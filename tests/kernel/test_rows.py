from __future__ import annotations

from datetime import UTC, datetime

import pytest
from query_count import counted
from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError

from kernel import rows
from people.models import Organisation, User

NOON = datetime(2026, 12, 3, 12, tzinfo=UTC)


def organisation(name: str) -> Organisation:
    return Organisation(
        name=name, locale="fr", timezone="Europe/Paris", active=True, created_at=NOON
    )


@pytest.fixture
def pair(db, make) -> tuple[Organisation, User]:
    """Two rows as a request reads them."""
    numbers = make.organisation(name="Before").id, make.coordinator(given_name="Ada").id
    db.commit()
    return db.get_one(Organisation, numbers[0]), db.get_one(User, numbers[1])


def stand(database) -> list[tuple[object, ...]]:
    """Return what the database has."""
    with database.session(read_only=True) as other:
        organisations = select(Organisation.name, Organisation.locale).order_by(Organisation.id)
        people = select(User.given_name, User.mf_recovery_codes, User.confirmed_at)
        return [tuple(row) for row in (*other.execute(organisations), *other.execute(people))]


def test_rows_are_written_by_one_statement_where_the_database_can(database, db, pair):
    read, user = pair
    read.locale, new = "en", organisation("New")
    user.mf_recovery_codes, user.confirmed_at = ["a", "b"], NOON
    with counted(database.engine) as sent:
        rows.write(db, user, read, new)
        told = (new.name, read.locale, user.confirmed_at, new.id > read.id)
    assert told == ("New", "en", NOON, True)
    assert sent.count == (1 if database.engine.dialect.name == "postgresql" else 3)
    db.commit()
    assert stand(database) == [("Before", "en"), ("New", "fr"), ("Ada", ["a", "b"], NOON)]


def test_what_was_written_stands_in_the_session_as_read(database, db, pair):
    read, _user = pair
    read.locale, new = "en", organisation("New")
    rows.write(db, read, new)
    assert (set(db.dirty), set(db.new), inspect(read).persistent) == (set(), set(), True)
    read.name = new.locale = "changed again"
    db.commit()
    assert stand(database)[:2] == [("changed again", "en"), ("New", "changed again")]


def test_a_row_that_did_not_change_is_not_written(database, db, pair):
    read, user = pair
    user.given_name = "Grace"
    with counted(database.engine) as sent:
        rows.write(db, read, user)
    assert [statement.split()[0] for statement in sent.statements] == ["UPDATE"]
    db.commit()
    assert [row[0] for row in stand(database)] == ["Before", "Grace"]


def test_what_is_rolled_back_was_not_written(database, db, pair):
    read, _user = pair
    read.locale = "en"
    rows.write(db, read, organisation("New"))
    db.rollback()
    assert read.locale == "fr"
    assert [row[0] for row in stand(database)] == ["Before", "Ada"]


def test_nothing_is_written_where_one_row_is_refused(database, db, pair):
    read, _user = pair
    read.locale = "en"
    with pytest.raises(IntegrityError):
        rows.write(db, read, organisation("Before"))
    db.rollback()
    assert stand(database)[:1] == [("Before", "fr")]
