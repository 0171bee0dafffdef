"""Who may hold a live connection: somebody signed in, a few at once. Each costs a thread.

What a stranger's program sends instead of Socket.IO is one line in the log, never a trace.
"""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask
from flask_login import current_user
from flask_socketio import SocketIO

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = structlog.get_logger(__name__)

MOST_A_PERSON = 16
"""Connections of one person at once: their tabs and devices, and those that died unnoticed."""


def protocol_log() -> logging.Logger:
    """Return where the protocol's libraries write: what they could not read is one line."""

    def shorten(record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[1] is not None:
            record.msg = f"{record.getMessage()}: {record.exc_info[1]!r}"[:300]
            record.args, record.exc_info, record.exc_text = (), None, None
        return True

    found = logging.getLogger("viva.live")
    if not found.filters:
        found.setLevel(logging.ERROR)
        found.addFilter(shorten)
    return found


class Door:
    """Lets connections in, and closes a person's oldest ones when they hold too many."""

    def __init__(self, app: Flask, io: SocketIO) -> None:
        """Stand before `io`, which is bound to `app`."""
        self._app = app
        self._server = io.server.eio
        self._let_in = self._server.handlers["connect"]
        self._let_go = self._server.handlers["disconnect"]
        self._server.on("connect", self._arrive)
        self._server.on("disconnect", self._leave)
        self._held: defaultdict[int, list[str]] = defaultdict(list)
        self._lock = threading.Lock()
        self._inner = app.wsgi_app
        app.wsgi_app = self._guard  # type: ignore[method-assign]

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
            who = current_user.user_id if current_user.is_authenticated else None
        if who is None:
            log.info("live_refused", address=environ.get("REMOTE_ADDR", ""))
            return False
        with self._lock:
            self._held[who].append(sid)
            oldest = self._held[who][:-MOST_A_PERSON]
        for one in oldest:
            log.info("live_too_many", user_id=who)
            if (socket := self._server.sockets.pop(one, None)) is not None:
                socket.close(wait=False)
        return self._let_in(sid, environ)

    def _leave(self, sid: str, reason: str) -> Any:
        with self._lock:
            for who, held in list(self._held.items()):
                if sid in held:
                    held.remove(sid)
                if not held:
                    del self._held[who]
        return self._let_go(sid, reason)
