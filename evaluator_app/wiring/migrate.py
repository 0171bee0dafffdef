"""Bring a database to the newest shape, through Alembic."""

from __future__ import annotations

from types import ModuleType

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from kernel.db import Database
from kernel.settings import HERE


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE / "migrations"))
    return config


def upgrade(database: Database) -> None:
    """Apply every migration that `database` lacks, in one transaction."""
    config = _config()
    with database.engine.begin() as connection:
        if database.engine.dialect.name == "postgresql":  # an index of a large table takes its time
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def revision(database: Database) -> str | None:
    """Return the migration that `database` stands at; None: never migrated."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """Return the newest migration there is."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def script(revision: str) -> ModuleType:
    """Return the module of one migration."""
    return ScriptDirectory.from_config(_config()).get_revision(revision).module


def write(database: Database, message: str, revision: str) -> None:
    """Write a migration from the difference between the rows and `database`."""
    config = _config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message=message, autogenerate=True, rev_id=revision)
