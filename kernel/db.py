"""The database: one declarative base, UTC times, SQLite as PostgreSQL's embedded twin.

SQLite writers begin with `BEGIN IMMEDIATE`: a plain BEGIN loses read-then-write transactions.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from select import POLLIN, poll
from typing import Any, ClassVar, Final

from sqlalchemy import JSON, DateTime, Dialect, Engine, Enum, MetaData, create_engine, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """A moment, always aware and in UTC; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into what the database keeps."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a moment without a time zone cannot be kept"
            raise ValueError(msg)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> datetime | None:
        """Give the moment back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


LOCK: dict[str, Any] = {"key_share": True}
"""How a row is held until the end of a transaction, for `with_for_update`.

Not against whoever writes another row that points to it: such writers would deadlock with us.
"""

Json = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """The base of every row."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {
        datetime: UTCDateTime(),
        dict[str, Any]: Json,
        list[Any]: Json,
        list[str]: Json,
        StrEnum: Enum(
            StrEnum, native_enum=False, length=40, values_callable=lambda e: [m.value for m in e]
        ),
    }


def _tune_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=10000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        mode = connection.get_execution_options().get("viva_begin", "IMMEDIATE")
        connection.exec_driver_sql(f"BEGIN {mode}")


PATIENCE: Final = {
    "connect_timeout": 10,
    # A connection whose other side went without a word is given up.
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
    "options": "-c statement_timeout=120s",
}
"""How long PostgreSQL is waited for; migrations take the limit of a statement away."""


MOST_CONNECTIONS: Final = 40
"""So many a process holds at the most; what a rush has opened stays open."""
RESTED_S: Final = 5.0
"""A connection that nobody used for so long is asked whether it still lives before it is used."""


def _ask_rested(engine: Engine) -> None:
    """Ask a connection whether it still lives where it rested, or where something was said to it.

    What ends a connection in order is said at once: a restart of the database is noticed however
    short the rest was, and whoever used one a moment ago pays for no question.
    """

    @event.listens_for(engine, "checkin")
    def _rest(_connection: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(connection: Any, record: Any, _fairy: Any) -> None:
        rests_since = record.info.get("rests_since")
        if rests_since is None:
            return  # it was just opened
        if time.monotonic() - rests_since < RESTED_S and not _was_told(connection):
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error  # the pool opens another one


def _was_told(connection: Any) -> bool:
    """Tell whether something came from the other side of a connection that asked nothing."""
    if connection.closed:
        return True
    listening = poll()
    listening.register(connection.fileno(), POLLIN)
    return bool(listening.poll(0))


def make_engine(url: str) -> Engine:
    """Return the engine for `url`; SQLite gets WAL, foreign keys and IMMEDIATE transactions."""
    if url.startswith("sqlite"):
        engine = create_engine(
            url,
            connect_args={"check_same_thread": False, "timeout": 10},
            hide_parameters=True,  # a trace in the log shows no value
        )
        _tune_sqlite(engine)
        return engine
    engine = create_engine(
        url,
        pool_size=MOST_CONNECTIONS,
        max_overflow=0,  # those beyond the size would be opened anew each time, in a rush above all
        pool_timeout=10,
        pool_use_lifo=True,  # the few that are used know their statements
        hide_parameters=True,
        connect_args=PATIENCE,
    )
    _ask_rested(engine)
    return engine


class Database:
    """One database and its sessions."""

    def __init__(self, url: str) -> None:
        """Open nothing yet: connections come with the first session."""
        self.url = url
        self.engine = make_engine(url)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._readers = sessionmaker(
            self.engine.execution_options(viva_begin="DEFERRED"), expire_on_commit=False
        )

    def session(self, *, read_only: bool = False) -> Session:
        """Return a new session; `read_only` ones never wait for SQLite's single writer."""
        return self._readers() if read_only else self._sessions()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session that commits once at the end, or rolls back on an error."""
        with self._sessions() as db, db.begin():
            yield db

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()
