"""Bring a database to the newest shape, through Alembic."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, text

from kernel.db import Database
from kernel.settings import HERE


def alembic_config() -> Config:
    """Return where Alembic finds our migrations."""
    config = Config()
    config.set_main_option("script_location", str(HERE / "migrations"))
    return config


def upgrade(database: Database) -> None:
    """Apply every migration that `database` lacks, in one transaction.

    SQLite remakes a table that changes: what points to it is not watched meanwhile, but before the
    end, as https://sqlite.org/lang_altertable.html#otheralter asks.
    """
    config = alembic_config()
    with _unwatched(database), database.engine.begin() as connection:
        if database.engine.dialect.name == "postgresql":  # an index of a large table takes its time
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if database.engine.dialect.name == "sqlite":
            dangling = connection.execute(text("PRAGMA foreign_key_check")).all()
            if dangling:
                msg = f"rows point to what is not there: {dangling[:5]}"
                raise RuntimeError(msg)


@contextmanager
def _unwatched(database: Database) -> Iterator[None]:
    """Let SQLite's new connections not watch foreign keys: within a transaction it is too late."""
    engine = database.engine
    if engine.dialect.name != "sqlite":
        yield
        return

    def relax(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA foreign_keys=OFF")

    engine.dispose()
    event.listen(engine, "connect", relax)
    try:
        yield
    finally:
        event.remove(engine, "connect", relax)
        engine.dispose()


def revision(database: Database) -> str | None:
    """Return the migration that `database` stands at; None: never migrated."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """Return the newest migration there is."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def script(revision: str) -> ModuleType:
    """Return the module of one migration."""
    return ScriptDirectory.from_config(alembic_config()).get_revision(revision).module


def write(database: Database, message: str, revision: str) -> None:
    """Write a migration from the difference between the rows and `database`."""
    config = alembic_config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message=message, autogenerate=True, rev_id=revision)
