"""An installation that stands at an older migration, filled as it was then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from alembic import command
from sqlalchemy import JSON, Connection, Date, DateTime, MetaData, String, insert, text

from evaluator_app.wiring import migrate
from kernel.db import Database

AT = datetime(2026, 9, 1, 10, tzinfo=UTC)
Rows = Sequence[tuple[str, dict[str, Any]]]


def stand(database: Database, revision: str, rows: Rows) -> None:
    """Bring an empty database to `revision`, and put rows in."""
    config = migrate.alembic_config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        _put(connection, rows)


def _put(connection: Connection, rows: Rows) -> None:
    """Insert rows by their tables; what a column needs and no row says is empty, unique or `AT`."""
    known = MetaData()
    known.reflect(connection)
    blanks: dict[type, Any] = {JSON: [], Date: date(1990, 1, 1), DateTime: AT}
    for number, (name, values) in enumerate(rows):
        table = known.tables[name]
        filled = dict(values)
        for column in table.columns:
            if column.nullable or column.name in values or column.name == "id":
                continue
            kind = column.type
            blank = str(number) if isinstance(kind, String) else None
            for type_, value in blanks.items():
                blank = value if isinstance(kind, type_) else blank
            filled[column.name] = kind.python_type(0) if blank is None else blank
        if connection.dialect.name == "sqlite":
            filled = {
                key: value.replace(tzinfo=None) if isinstance(value, datetime) else value
                for key, value in filled.items()
            }
        connection.execute(insert(table).values(filled))
    if connection.dialect.name == "postgresql":  # ids that were given are taken
        for name in {name for name, _values in rows}:
            sequence = f"pg_get_serial_sequence('\"{name}\"', 'id')"
            connection.execute(text(f'SELECT setval({sequence}, max(id)) FROM "{name}"'))
