"""The log only grows, and whoever tampers with it is found."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from kernel.audit import (
    AuditEntry,
    HeadLost,
    accept,
    begin_head,
    record,
    seal,
    verify,
    write_head,
)
from kernel.permissions import SYSTEM

SECRET = "the secret that signs the head"


@pytest.fixture
def head(tmp_path):
    return tmp_path / "elsewhere" / "head.json"


def _log(database, head, number=5):
    with database.session(read_only=True) as db:
        begin_head(db, [SECRET], head)
    with database.transaction() as db:
        for n in range(number):
            record(db, SYSTEM, "sample.act", None, n=n)
    with database.transaction() as db:
        assert seal(db) == number
    with database.session(read_only=True) as db:
        write_head(db, [SECRET], head)


def _force(database, *statements):
    """Do what only somebody with the database's own keys could: the guards are taken down."""
    with database.engine.begin() as connection:
        if database.engine.dialect.name == "sqlite":
            for table in ("audit_entry", "audit_seal"):
                for verb in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{verb}"))
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement))


def _verify(database, head):
    with database.session(read_only=True) as db:
        return verify(db, [SECRET], head)


def test_an_untouched_log_is_whole(database, head):
    _log(database, head)
    with database.transaction() as db:
        record(db, SYSTEM, "sample.later", None)
    report = _verify(database, head)
    assert (report.sealed, report.unsealed, report.faults) == (5, 1, [])
    assert report.sound is True


def test_sealing_goes_on_from_the_last_seal(database, head):
    _log(database, head)
    _log(database, head, 3)
    report = _verify(database, head)
    assert (report.sealed, report.faults) == (8, [])
    with database.transaction() as db:
        assert seal(db) == 0


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal"])
def test_the_database_itself_refuses_changes(database, head, table):
    _log(database, head)
    column = "act" if table == "audit_entry" else "hash"
    for statement in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
        with (
            pytest.raises(Exception, match="append-only"),
            database.engine.begin() as connection,
        ):
            connection.execute(text(statement))


def test_an_altered_entry_is_found(database, head):
    _log(database, head)
    _force(database, "UPDATE audit_entry SET act = 'sample.other' WHERE id = 3")
    assert _verify(database, head).faults == ["entry 3 (position 3) was altered"]


def test_a_removed_entry_is_found(database, head):
    _log(database, head)
    _force(
        database,
        "DELETE FROM audit_seal WHERE entry_id = 3",
        "DELETE FROM audit_entry WHERE id = 3",
    )
    assert _verify(database, head).faults == [
        "position 3 is missing from the chain",
        "entry 4 (position 4) was altered",
    ]


def test_swapped_entries_are_found(database, head):
    _log(database, head)
    _force(
        database,
        "UPDATE audit_seal SET entry_id = -2 WHERE position = 2",
        "UPDATE audit_seal SET entry_id = 2 WHERE position = 4",
        "UPDATE audit_seal SET entry_id = 4 WHERE position = 2",
    )
    assert _verify(database, head).faults == [
        "entry 4 (position 2) was altered",
        "entry 2 (position 4) was altered",
    ]


def test_a_cut_end_is_found(database, head):
    _log(database, head)
    _force(
        database,
        "DELETE FROM audit_seal WHERE position > 3",
        "DELETE FROM audit_entry WHERE id > 3",
    )
    assert _verify(database, head).faults == [
        "the chain no longer reaches the signed head (position 5)"
    ]


def test_a_cut_log_is_not_signed_over(database, head):
    _log(database, head)
    _force(
        database,
        "DELETE FROM audit_seal WHERE position > 3",
        "DELETE FROM audit_entry WHERE id > 3",
    )
    signed = head.read_text()
    with pytest.raises(HeadLost, match="no longer reaches the signed head"):
        _log(database, head, 4)  # longer than before: the position alone would not tell
    assert head.read_text() == signed
    assert _verify(database, head).faults == [
        "the chain no longer reaches the signed head (position 5)"
    ]


@pytest.mark.parametrize("spoil", [lambda head: head.unlink(), lambda head: head.write_text("{}")])
def test_a_head_that_is_gone_is_not_replaced(database, head, spoil):
    _log(database, head)
    spoil(head)
    with pytest.raises(HeadLost):
        _log(database, head, 1)
    assert not _verify(database, head).sound


def test_a_log_without_entries_has_its_head(database, head):
    with database.session(read_only=True) as db:
        begin_head(db, [SECRET], head)
    assert _verify(database, head).faults == []
    head.unlink()
    _log(database, head)
    assert _verify(database, head).sound is True


def test_whoever_looked_accepts_the_log_as_it_stands(database, head):
    _log(database, head)
    _force(
        database,
        "DELETE FROM audit_seal WHERE position > 3",
        "DELETE FROM audit_entry WHERE id > 3",
    )
    signed = head.read_text()
    with database.session(read_only=True) as db:
        accept(db, [SECRET], head)
    assert _verify(database, head).sound is True
    [former] = head.parent.glob("head.*.json")
    assert former.read_text() == signed
    _log(database, head, 2)
    assert _verify(database, head).sound is True


def test_what_a_slow_transaction_wrote_is_sealed_all_the_same(database, head):
    _log(database, head)
    with database.transaction() as db:
        record(db, SYSTEM, "sample.late", None)
    with database.transaction() as db:
        assert seal(db, whole=False) == 1
    assert _verify(database, head).unsealed == 0


def test_a_forged_head_is_found(database, head):
    _log(database, head)
    kept = json.loads(head.read_text())
    head.write_text(json.dumps({**kept, "position": 4}))
    assert _verify(database, head).faults == ["the signed head's signature is wrong"]
    head.write_text("{}")
    assert _verify(database, head).faults == ["the signed head head.json cannot be read"]
    head.unlink()
    assert _verify(database, head).faults == ["the signed head head.json is missing"]


def test_entries_hold_ids_alone(db, make):
    user = make.coordinator()
    entry = record(db, user.actor, "people.invite", user, candidacy_id=4, role="evaluator")
    db.flush()
    assert isinstance(entry, AuditEntry)
    assert (entry.actor_id, entry.subject_kind, entry.subject_id) == (user.id, "User", user.id)
    assert entry.data == {"role": "evaluator"}
