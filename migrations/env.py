"""Alembic's environment: the house's own engine, batch mode for SQLite."""

from __future__ import annotations

from alembic import context
from sqlalchemy import JSON

from evaluator_app.wiring import rules
from kernel.db import Base, UTCDateTime

rules.register()


def _render(kind: str, obj: object, autogen: object) -> str | bool:
    if kind == "type" and isinstance(obj, UTCDateTime):
        autogen.imports.add("from kernel.db import UTCDateTime")  # type: ignore[attr-defined]
        return "UTCDateTime()"
    if kind == "type" and isinstance(obj, JSON):
        autogen.imports.add("from kernel.db import Json")  # type: ignore[attr-defined]
        return "Json"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=_render,
    transaction_per_migration=False,
)
context.run_migrations()
