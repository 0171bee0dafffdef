"""Several requests at the very same moment, each in a transaction of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.orm import Session

from kernel.db import Database
from kernel.errors import Refused


def at_once(database: Database, *acts: Callable[[Session], object]) -> list[str]:
    """Do `acts` together; return "done" or "refused" for each, sorted."""
    barrier = threading.Barrier(len(acts))

    def outcome(act: Callable[[Session], object]) -> str:
        barrier.wait(timeout=30)
        try:
            with database.transaction() as session:
                act(session)
        except Refused:
            return "refused"
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(outcome, acts))
