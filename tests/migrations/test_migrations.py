"""Migrations over what an installation holds, on both databases."""

from __future__ import annotations

import letterbox
import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from enrolment.models import Candidate
from evaluator_app.wiring import migrate
from kernel import clock, outbox
from kernel.db import Base
from people import delivery, letters

on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


def run_again(db: Session, revision: str) -> None:
    """Run one migration's statements once more: those that only fill in what is missing may."""
    context = MigrationContext.configure(db.connection())
    script = migrate.script(revision)
    with Operations.context(context):
        script.upgrade()


@on_postgresql
def test_the_rows_are_what_the_migrations_made(db):
    context = MigrationContext.configure(db.connection())
    differences = compare_metadata(context, Base.metadata)
    # An index that PostgreSQL alone has, and only where its extension may be created.
    assert [(what, thing.name) for what, thing in differences] == [
        ("remove_index", "ix_candidate_search_trigram")
    ]


OLD_CALENDAR = {
    "guest": "candidate",
    "method": "REQUEST",
    "uid": "7f1c@viva-voce",
    "sequence": 0,
    "starts_at": "2026-12-03T13:30:00+00:00",
    "minutes": 20,
    "zone": "Europe/Paris",
    "certification": "Anglais",
    "link": "https://viva.example/p/secret",
}


def test_letters_that_wait_name_their_reader_and_hold_no_key(db, make, settings):
    """What waits or was given up is turned into what is written now; what has left stays."""
    appointment = make.appointment()
    user = appointment.candidacy.candidate.user
    to = {"name": user.name, "email": user.email}
    words = {"person": user.name, "zone": "Europe/Paris", "link": "https://viva.example/e/secret"}
    code = {
        "login": user.email,
        "code": "K7QM-2XWD-9HPT",
        "code_until": "2027-01-01T00:00:00+00:00",
    }
    more = {
        "account_recovery": ({"valid_until": "2026-12-03T13:30:00+00:00"}, None, ""),
        "candidate_enrolled": ({"organisation": "A"} | code, None, ""),
        "candidate_send_link": ({}, None, f"candidate_send_link:{appointment.id}:14"),
        "appointment_confirmed": (
            {"certification": "Anglais"},
            OLD_CALENDAR,
            f"appointment_confirmed:{appointment.id}:0:{user.id}",
        ),
        "organisation_results": ({"candidate": "Zoë"}, None, ""),
    }
    for template, (context, calendar, dedupe) in more.items():
        old = {"template": template, "to": to, "locale": "fr", "files": [], "calendar": calendar}
        outbox.enqueue(db, "mail", old | {"context": words | context}, dedupe=dedupe or template)
    left = outbox.enqueue(db, "mail", {"template": "account_recovery", "to": to})
    left.done_at = clock.now()
    db.flush()
    run_again(db, "0017")
    db.expire_all()
    rows = letterbox.queued(db)
    personal = {"by": "personal_link", "appointment": appointment.id}
    assert [(row.kind, row.payload.get("opens")) for row in rows] == [
        ("mail_awaited", {"by": "entry_link", "purpose": "recovery"}),
        ("mail", {"by": "enrolment", "until": code["code_until"]}),
        ("mail_awaited", personal),
        ("mail", personal),
        ("mail", None),
        ("mail", None),
    ]
    assert rows[-1].payload == {"template": "account_recovery", "to": to}
    for row in rows[:4]:
        assert row.payload["user"] == user.id
        assert "secret" not in str(row.payload)
        assert code["code"] not in str(row.payload)
        assert letters.write(db, settings, row).context["link"] != words["link"]
    assert rows[4].payload["context"] == {"candidate": "Zoë", "link": words["link"]}
    event = delivery.occasion(
        settings, rows[3].payload["calendar"], letters.write(db, settings, rows[3])
    )
    assert (event.uid, event.summary) == ("7f1c@viva-voce", "Oral, Anglais")


LISTS = {
    "candidacy": (
        "SELECT id FROM candidacy ORDER BY created_at DESC, id DESC LIMIT 50",
        "ix_candidacy_newest",
    ),
    "decided": (
        "SELECT id FROM proctor_session ORDER BY decided_at DESC, id DESC LIMIT 50",
        "ix_proctor_session_decided_at",
    ),
    "failed": ("SELECT count(*) FROM outbox WHERE failed_at IS NOT NULL", "ix_outbox_failed"),
}


def plan(db: Session, query: str) -> str:
    """Return how the database would run `query`, were its tables too large to read whole."""
    if db.get_bind().dialect.name == "sqlite":
        return str(db.execute(text(f"EXPLAIN QUERY PLAN {query}")).all())
    db.execute(text("SET LOCAL enable_seqscan = off"))
    db.execute(text("SET LOCAL enable_sort = off"))
    return str(db.execute(text(f"EXPLAIN {query}")).all())


@pytest.mark.parametrize(("query", "index"), LISTS.values(), ids=LISTS)
def test_lists_that_grow_are_read_by_an_index(db, query, index):
    assert index in plan(db, query)


@on_postgresql
def test_what_waits_is_read_without_what_has_left(db):
    waits = "done_at IS NULL AND failed_at IS NULL"
    query = f"SELECT id FROM outbox WHERE {waits} ORDER BY not_before, id LIMIT 8"
    assert "ix_outbox_waiting" in plan(db, query)


@on_postgresql
def test_a_part_of_a_name_is_found_by_trigrams(db):
    query = select(Candidate.id).where(Candidate.search.contains("marti", autoescape=True))
    words = str(query.compile(db.get_bind(), compile_kwargs={"literal_binds": True}))
    assert "ix_candidate_search_trigram" in plan(db, words.replace("%%", "%").replace(":", r"\:"))


@on_postgresql
def test_without_trigrams_the_database_is_brought_up_all_the_same(db):
    script = migrate.script("0012")
    db.execute(text("SAVEPOINT before"))
    db.execute(text("DROP EXTENSION pg_trgm CASCADE"))
    db.execute(text("CREATE ROLE without_rights"))
    db.execute(text("SET LOCAL ROLE without_rights"))
    context = MigrationContext.configure(db.connection())
    with Operations.context(context):
        script._index_trigrams()
    assert db.scalar(text("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")) == 0
    db.rollback()


def test_an_oral_that_had_begun_keeps_the_times_that_pages_showed(db, make):
    begun, to_come = make.interview(started_at=clock.now()), make.interview()
    db.execute(text("ALTER TABLE interview DROP COLUMN rules"))
    run_again(db, "0019")
    db.expire_all()
    assert (begun.rules, to_come.rules) == (
        {"soft_s": [240, 420, 420], "hard_s": [300, 480, 420], "factor": 1, "pause_minutes": 10},
        {},
    )
