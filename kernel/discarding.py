"""Files that no row needs any more, removed once the transaction that says so is committed.

Whoever lets go of a file whose row stands until the commit (a picture taken again, an upload that
was brought in) queues its removal here: a transaction that fails leaves both. A purge does
otherwise, and may: it removes first, and is run again when it was cut short.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from kernel import outbox
from kernel.db import Database
from kernel.storage import Storage

KIND: Final = "file_discard"


def discard(db: Session, key: str) -> None:
    """Have the file `key` removed after the commit; one that is gone already is none."""
    outbox.enqueue(db, KIND, {"key": key})


def register(storage: Storage) -> None:
    """Let the jobs process remove files from this storage."""

    @outbox.handles(KIND)
    def _handle(_database: Database, row: outbox.OutboxRow) -> None:
        storage.delete(row.payload["key"])
