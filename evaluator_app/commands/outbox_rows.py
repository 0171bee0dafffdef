"""`viva outbox list|retry`: what never left, and once more."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from sqlalchemy import select

from evaluator_app.wiring import rules
from kernel import audit, outbox
from kernel.db import Database
from kernel.outbox import OutboxRow
from kernel.permissions import SYSTEM
from kernel.settings import load
from people.models import User


def run(arguments: Namespace) -> int:
    """Print the rows that were given up, a JSON line each; or run some of them again."""
    rules.register()
    database = Database(load().database)
    if not hasattr(arguments, "rows"):
        _list(database)
        return 0
    with database.transaction() as db:
        missing = [number for number in arguments.rows if not outbox.retry(db, number)]
        for number in set(arguments.rows) - set(missing):
            audit.record(db, SYSTEM, "letter.retry", None, row=number)
    for number in missing:
        print(f"viva outbox retry: no row {number} was given up", file=sys.stderr)
    return 1 if missing else 0


def _list(database: Database) -> None:
    with database.session(read_only=True) as db:
        rows = db.scalars(
            select(OutboxRow)
            .where(OutboxRow.failed_at.is_not(None))
            .order_by(OutboxRow.failed_at.desc(), OutboxRow.id.desc())
        ).all()
        numbers = {row.payload["user"] for row in rows if row.payload.get("user") is not None}
        addresses = dict(db.execute(select(User.id, User.email).where(User.id.in_(numbers))).all())
        for row in rows:
            line = {
                "row": row.id,
                "kind": row.kind,
                "template": row.payload.get("template", ""),
                "to": addresses.get(row.payload.get("user") or 0, ""),
                "given_up": row.failed_at.isoformat() if row.failed_at else "",
                "attempts": row.attempts,
                "why": row.error,
            }
            print(json.dumps(line, ensure_ascii=False))
