"""The ground that the other tests stand on: it must not lie."""

from __future__ import annotations

import re
import socket

import pytest
import sharing
from network_guard import Outside
from sqlalchemy import inspect, select
from sqlalchemy.exc import DatabaseError

from kernel.audit import AuditEntry, record
from kernel.db import Base
from kernel.permissions import SYSTEM, Role
from kernel.settings import HERE
from people.models import User


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_meets_an_empty_database(database, db, make, turn):
    assert db.scalars(select(User)).all() == []
    user = make.coordinator()
    record(db, SYSTEM, "people.invite", user)
    db.commit()
    assert db.scalars(select(AuditEntry.act)).all() == ["people.invite"]
    assert db.scalars(select(User)).all() == [user]


def test_migrations_make_exactly_the_rows(database):
    made = set(inspect(database.engine).get_table_names()) - {"alembic_version"}
    assert made == set(Base.metadata.tables)


def test_every_row_can_be_made(db, make):
    interview = make.interview()
    db.commit()
    assert interview.appointment.candidacy.candidate.user.role is Role.CANDIDATE


def test_the_log_of_both_databases_only_grows(db, make):
    entry = record(db, SYSTEM, "people.invite", make.coordinator())
    db.commit()
    db.delete(entry)
    with pytest.raises(DatabaseError, match="append-only"):
        db.flush()
    db.rollback()


def test_a_signed_in_person_meets_their_desk(make, signed_in):
    for user, address in [
        (make.coordinator(), "/coordinator/"),
        (make.evaluator(), "/evaluator/"),
        (make.manager(), "/organisation/"),
        (make.candidate().user, "/candidate/"),
    ]:
        assert signed_in(user).get(address).status_code == 200


def test_nothing_reaches_beyond_this_machine():
    with socket.socket() as door, pytest.raises(Outside):
        door.connect(("192.0.2.1", 80))
    with pytest.raises(Outside):
        socket.getaddrinfo("example.org", 80)


def test_every_file_that_drives_a_browser_is_in_a_group():
    for file in (HERE / "tests").rglob("test_*.py"):
        where = sharing.group(f"{file.relative_to(HERE)}::test_it")
        imports = set(re.findall(r"^from (\w+)", file.read_text(encoding="utf-8"), re.MULTILINE))
        if imports & {"oral_steps", "room_steps"}:
            assert where == "rooms", file
        elif "playwright" in imports:
            assert where in ("rooms", "pages"), file
