"""Rows written together by a statement of their own, for what happens many times a second.

The unit of work takes far more of the processor than its statements do, and sends one after the
other. PostgreSQL takes all of them as one statement, SQLite each by itself. What happens now and
then is left to the session.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

from sqlalchemy import Insert, Update, bindparam, insert, inspect, update
from sqlalchemy.orm import Session, make_transient, make_transient_to_detached

from kernel.db import Base


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is written of a row: its place among the others, and the names of its values."""

    place: int
    kind: type[Base]
    names: tuple[str, ...]
    is_new: bool

    def called(self, name: str) -> str:
        """Return what a value of this row is called in the statement."""
        return f"row{self.place}_{name}"


def write(db: Session, *rows: Any) -> None:
    """Write what changed of rows that were read, each by its `id`; a new one comes last.

    The caller holds those that were read against everybody else. The new one is in no session and
    has all its values but its id. Afterwards all stand in the session as if they had been read;
    what else waits there goes on waiting. Not within a savepoint: its end takes nothing of it back.
    """
    shapes = tuple(shape for shape in map(_shape, count(), rows) if shape.names)
    values = [_values(shape, rows[shape.place]) for shape in shapes]
    connection = db.connection()
    if connection.dialect.name == "postgresql":
        together = {name: value for of_row in values for name, value in of_row.items()}
        done = connection.execute(_together(shapes), together)
    else:
        for shape, of_row in zip(shapes, values, strict=True):
            done = connection.execute(_statement(shape), of_row)
    if shapes[-1].is_new:
        rows[-1].id = done.scalar_one()
    for row in rows:
        make_transient(row)
        make_transient_to_detached(row)
        db.add(row)


def _shape(place: int, row: Base) -> _Shape:
    state = inspect(row)
    columns, written = (
        state.mapper.columns,
        state.dict if state.transient else state.committed_state,
    )
    names = tuple(sorted(name for name in written if name in columns))
    return _Shape(place, type(row), names, state.transient)


def _values(shape: _Shape, row: Any) -> dict[str, Any]:
    values = {shape.called(name): getattr(row, name) for name in shape.names}
    return values if shape.is_new else values | {shape.called("id"): row.id}


@lru_cache(maxsize=256)
def _statement(shape: _Shape) -> Insert | Update:
    table = Base.metadata.tables[shape.kind.__tablename__]
    columns = inspect(shape.kind).columns
    values = {
        columns[name]: bindparam(shape.called(name), type_=columns[name].type)
        for name in shape.names
    }
    if shape.is_new:
        return insert(table).values(values).returning(table.c.id)
    return update(table).values(values).where(table.c.id == bindparam(shape.called("id")))


@lru_cache(maxsize=256)
def _together(shapes: tuple[_Shape, ...]) -> Insert | Update:
    """Return the last row's statement, with those of the others before it."""
    *others, last = map(_statement, shapes)
    return last.add_cte(*(other.cte(f"write{place}") for place, other in enumerate(others)))
