"""What happened in the media becomes rows: read in order, absorbed once, by the jobs process.

The media server keeps its facts until they were asked for again from a later number, so that a
crash of either side loses none and absorbs none twice.
"""

from __future__ import annotations

import threading

import structlog

from evaluator_app.processes import logs
from kernel import clock
from kernel.db import Database
from kernel.settings import Settings
from kernel.storage import Storage
from rooms import facts, recordings
from rooms.engines import Engine, EngineError, EngineUnavailable, Fact, FactKind

log = structlog.get_logger(__name__)

WAIT = 20.0
AGAIN = 0.2


class FactsReader:
    """Reads the facts of one engine, for ever."""

    def __init__(
        self, settings: Settings, database: Database, storage: Storage, engine: Engine
    ) -> None:
        """Read nothing yet."""
        self._database = database
        self._storage = storage
        self._engine = engine
        self._settings = settings
        self._silent = False

    def read(self, wait: float = WAIT) -> int:
        """Absorb what has happened since the last fact absorbed; return how many facts came.

        Raises:
            EngineError: the media server does not answer.
        """
        with self._database.session(read_only=True) as db:
            after = facts.cursor(db)
        batch = self._engine.facts(after, wait)
        for fact in batch:
            self._absorb(fact)
        return len(batch)

    def _absorb(self, fact: Fact) -> None:
        with self._database.transaction() as db:
            fresh = facts.absorb(db, self._storage, fact, self._settings)
        if fresh and fact.kind is FactKind.SERVER_STARTED:
            self._resume()

    def _resume(self) -> None:
        """Have the rooms recorded again that were when the media server died."""
        with self._database.session(read_only=True) as db:
            for interview in facts.running(db):
                try:
                    recordings.resume(db, interview, self._engine)
                except EngineError as error:
                    log.error("recording_not_resumed", interview=interview.id, error=str(error))

    def _stop_time(self) -> None:
        """Stop the time of every oral while nobody is carried; facts say who comes back."""
        with self._database.transaction() as db:
            facts.everybody_gone(db, clock.now())

    def run(self, over: threading.Event) -> None:
        """Read until `over` is set; a silent media server is waited for."""
        while not over.is_set():
            try:
                self.read()
                self._silent = False
            except EngineUnavailable as error:
                if not self._silent:
                    log.warning("media_silent", error=str(error))
                    self._stop_time()
                self._silent = True
                over.wait(AGAIN)
            except Exception as error:  # noqa: BLE001 -- the next turn tries again
                logs.failed("facts_not_read", error)
                over.wait(AGAIN)
