"""What the jobs process does for the oral: close rooms that could not be closed, purge in time."""

from __future__ import annotations

from kernel import outbox
from kernel.db import Database
from kernel.outbox import OutboxRow
from kernel.settings import Settings, load
from kernel.storage import Storage, from_settings
from people import sessions
from proctor.jobs import purge_identity_pictures
from rooms import copies, ended_sessions, observing, reconciling, recordings
from rooms.ending import CLOSE
from rooms.engines import native


@outbox.handles(CLOSE)
def close_room(_database: Database, row: OutboxRow) -> None:
    """Close the room of an oral that has ended; again changes nothing.

    Raises:
        EngineError: it is still silent; the outbox tries again.
    """
    settings = load()
    engine = native.from_settings(settings)
    engine.close(str(row.payload["room"]))


@outbox.handles(sessions.OVER)
def end_of_sessions(database: Database, row: OutboxRow) -> None:
    """Free what the browsers held whose sessions ended; again changes nothing."""
    numbers, user_id = list(row.payload["sessions"]), int(row.payload["user"])
    with database.transaction() as db:
        ended_sessions.let_go(db, numbers, user_id)


@outbox.handles(ended_sessions.PUT_OUT)
def put_out(database: Database, row: OutboxRow) -> None:
    """Close a connection of a session that ended, unless somebody has taken its place since.

    The video server is asked outside of any transaction: it may take ten seconds to answer.

    Raises:
        EngineError: it is silent; the outbox tries again.
    """
    with database.session(read_only=True) as db:
        if ended_sessions.is_taken(db, row.payload["claim"]):
            return
    settings = load()
    engine = native.from_settings(settings)
    ended_sessions.put_out(engine, str(row.payload["room"]), str(row.payload["peer"]))


@outbox.handles(copies.RUNS.kind)
def make_copy(database: Database, row: OutboxRow) -> None:
    """Begin a copy, and let the rest of the outbox go on: it takes minutes."""
    copies.begin(database, from_settings(load()), int(row.payload["run"]))


def reconcile(database: Database, storage: Storage, settings: Settings) -> int:
    """Settle the recordings whose word was lost, or alarm; return how many were settled."""
    with database.transaction() as db:
        return reconciling.reconcile(db, storage, settings)


def end_silent_observations(database: Database) -> int:
    """End the observations whose tab went without a word; return how many."""
    with database.transaction() as db:
        return observing.end_silent(db)


def purge(database: Database, storage: Storage, settings: Settings) -> int:
    """Remove identity pictures and recordings whose time is over; return how many went."""
    with database.transaction() as db:
        pictures = purge_identity_pictures(db, storage, settings)
    with database.transaction() as db:
        return pictures + recordings.purge(db, storage)
