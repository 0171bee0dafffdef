"""Who may hold a live connection: somebody signed in, a few at once. Each costs a thread.

What a stranger's program sends instead of Socket.IO is one line in the log, never a trace.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask
from flask_login import current_user
from flask_socketio import SocketIO

from evaluator_app.sign_in.entering import mine

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = structlog.get_logger(__name__)

MOST_A_PERSON = 16
"""Connections of one person at once: their tabs and devices, and those that died unnoticed."""
RESERVE = 32
"""Threads that no connection takes, so that pages go on being answered."""


@dataclass(frozen=True)
class Connection:
    """A connection that is held."""

    sid: str
    user_id: int
    session_id: int


def protocol_log() -> logging.Logger:
    """Return where the protocol's libraries write: what they could not read is one line."""

    def shorten(record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[1] is not None:
            record.msg = f"{record.getMessage()}: {record.exc_info[1]!r}"[:300]
            record.args, record.exc_info, record.exc_text = (), None, None
        return True

    logger = logging.getLogger("viva.live")
    if not logger.filters:
        logger.setLevel(logging.ERROR)
        logger.addFilter(shorten)
    return logger


class Door:
    """Lets connections in, and closes a person's oldest ones when they hold too many.

    When all `most` places are taken, whoever comes with fewer than another holds takes one of
    theirs. Its length is how many are taken.
    """

    def __init__(self, app: Flask, io: SocketIO) -> None:
        """Stand before `io`, which is bound to `app`."""
        self._app = app
        self._server = io.server.eio
        self._let_in = self._server.handlers["connect"]
        self._let_go = self._server.handlers["disconnect"]
        self._server.on("connect", self._arrive)
        self._server.on("disconnect", self._leave)
        self.most = max(RESERVE, app.extensions["viva"].settings.web_threads - RESERVE)
        self._held: list[Connection] = []
        self._lock = threading.Lock()
        self._inner = app.wsgi_app
        app.wsgi_app = self._guard  # type: ignore[method-assign]

    def __len__(self) -> int:
        return len(self._held)

    def _guard(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        if not environ.get("PATH_INFO", "").startswith("/socket.io"):
            return self._inner(environ, start_response)
        try:
            return self._inner(environ, start_response)
        except StopIteration:  # so gunicorn is told that a websocket has ended
            raise
        except Exception as error:  # noqa: BLE001 -- whatever the libraries raise
            log.info("live_unreadable", error=repr(error)[:200])
            if "HTTP_UPGRADE" in environ:
                raise StopIteration from None
            start_response("400 Bad Request", [("Content-Type", "text/plain")])
            return [b"unreadable"]

    def _arrive(self, sid: str, environ: WSGIEnvironment) -> Any:
        with self._app.request_context(environ):
            session = mine() if current_user.is_authenticated else None
        if session is None:
            log.info("live_refused", address=environ.get("REMOTE_ADDR", ""))
            return False
        comer = Connection(sid, session.user_id, session.id)
        with self._lock:
            gone = self._make_room(comer)
            if gone is not None:
                self._held.append(comer)
        if gone is None:
            log.warning("live_full", most=self.most)
            return False
        for held in gone:
            log.info("live_too_many", user_id=held.user_id)
            self._close(held)
        return self._let_in(sid, environ)

    def _make_room(self, comer: Connection) -> list[Connection] | None:
        """Return which connections go so that `comer` may stay; None: there is no place."""
        own = [held for held in self._held if held.user_id == comer.user_id]
        if len(own) >= MOST_A_PERSON:
            return own[: len(own) + 1 - MOST_A_PERSON]
        if len(self._held) < self.most:
            return []
        greediest, count = Counter(held.user_id for held in self._held).most_common(1)[0]
        if count <= len(own) + 1:
            return None
        return [next(held for held in self._held if held.user_id == greediest)]

    def _close(self, held: Connection) -> None:
        with self._lock:
            if held in self._held:
                self._held.remove(held)
        if (socket := self._server.sockets.pop(held.sid, None)) is not None:
            socket.close(wait=False)

    def close_session(self, session_id: int) -> None:
        """Close what the browser of a session that ended holds."""
        with self._lock:
            over = [held for held in self._held if held.session_id == session_id]
        for held in over:
            log.info("live_session_over", user_id=held.user_id)
            self._close(held)

    def _leave(self, sid: str, reason: str) -> Any:
        with self._lock:
            self._held = [held for held in self._held if held.sid != sid]
        return self._let_go(sid, reason)
