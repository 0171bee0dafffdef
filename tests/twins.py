"""The two databases every test meets: SQLite, and PostgreSQL, both migrated by Alembic.

A database is made once a worker by copying a migrated template, and emptied after each test that
committed something. Emptying is one statement; copying would cost more. The sets of content that
come with the product are in the template, and in each database again after it was emptied.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import postgres
import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from evaluator_app.wiring import migrate
from kernel.db import Database
from rooms import content_sets, library

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

EMPTY = """
CREATE SCHEMA stock;
CREATE TABLE stock.content_set AS TABLE content_set;
CREATE TABLE stock.card AS TABLE card;
CREATE TABLE stock.seal AS
  SELECT 'content_set' AS name, count(*) AS rows, max(xmin::text::bigint) AS last FROM content_set
  UNION ALL SELECT 'card', count(*), max(xmin::text::bigint) FROM card;
CREATE FUNCTION viva_test_empty() RETURNS void LANGUAGE plpgsql AS $$
DECLARE t record; filled boolean; seen record; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR t IN SELECT tablename AS name FROM pg_tables
           WHERE schemaname = 'public'
             AND tablename NOT IN ('alembic_version', 'card', 'content_set') LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', t.name) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM %I', t.name); END IF;
  END LOOP;
  PERFORM setval(s.oid, 1, false) FROM pg_class s WHERE s.relkind = 'S';
  FOR t IN SELECT * FROM stock.seal LOOP
    -- Whoever wrote a row left the number of their transaction in it.
    EXECUTE format('SELECT count(*) AS rows, max(xmin::text::bigint) AS last FROM %I', t.name)
      INTO seen;
    IF (seen.rows, seen.last) IS DISTINCT FROM (t.rows, t.last) THEN
      EXECUTE format('DELETE FROM %1$I', t.name);
      EXECUTE format('INSERT INTO %1$I TABLE stock.%1$I', t.name);
      EXECUTE format('UPDATE stock.seal SET last = (SELECT max(xmin::text::bigint) FROM %I)
                      WHERE name = %L', t.name, t.name);
    END IF;
    EXECUTE format('SELECT setval(''%1$s_id_seq'', max(id)) FROM %1$I', t.name);
  END LOOP;
END $$
"""


def furnish(database: Database) -> None:
    """Bring the tables in, and the sets of content that nearly every oral needs."""
    migrate.upgrade(database)
    with Session(database.engine) as db:
        db.add_all(content_sets.row_of(content) for content in library.brought())
        db.commit()


class Twin:
    """One database of one worker, emptied between tests."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.dirty = False
        event.listen(self.database.engine, "commit", self._committed)

    def _committed(self, _connection: object) -> None:
        self.dirty = True

    def empty(self) -> None:
        if self.dirty:
            self._empty()
            self.dirty = False

    def _empty(self) -> None:
        raise NotImplementedError


class SQLite(Twin):
    """A file copied from a migrated one; nothing waits for the disk."""

    def __init__(self, shared: Path, own: Path) -> None:
        self.template = shared / "template.db"
        with postgres.locked(shared):
            if not self.template.exists():
                fresh = Database(f"sqlite:///{shared / 'fresh.db'}")
                furnish(fresh)
                fresh.dispose()
                (shared / "fresh.db").rename(self.template)
        self.file = own / "viva.db"
        shutil.copy(self.template, self.file)
        super().__init__(f"sqlite:///{self.file}")

        @event.listens_for(self.database.engine, "connect")
        def _hurry(connection, _record):
            connection.execute("PRAGMA synchronous=OFF")

    def _empty(self) -> None:
        self.database.dispose()
        # New files under the old names: a connection that somebody left open keeps the old ones.
        for rest in ("", "-wal", "-shm"):
            self.file.with_name(self.file.name + rest).unlink(missing_ok=True)
        shutil.copy(self.template, self.file)


class PostgreSQL(Twin):
    """A database of the run's cluster, copied from a migrated one."""

    def __init__(self, shared: Path, name: str) -> None:
        with postgres.locked(shared):
            if not (shared / "cluster").exists():
                postgres.start(shared)
                self.ask(shared, "postgres", "CREATE DATABASE template_viva")
                fresh = Database(postgres.url(shared, "template_viva"))
                furnish(fresh)
                fresh.dispose()
                self.ask(shared, "template_viva", EMPTY)
            self.ask(
                shared,
                "postgres",
                f"CREATE DATABASE viva_{name} TEMPLATE template_viva STRATEGY FILE_COPY",
            )
        super().__init__(postgres.url(shared, f"viva_{name}"))

    @staticmethod
    def ask(shared: Path, name: str, statement: str) -> None:
        """Run a statement on the database `name` of the run's cluster."""
        address = f"host={shared / 'cluster'} user=viva dbname={name}"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)

    def _empty(self) -> None:
        with self.database.engine.begin() as connection:
            connection.execute(text("SELECT viva_test_empty()"))
