"""The one Socket.IO server, the topics one may watch, and the thread that emits after commits."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable
from typing import Any

import structlog
from flask import Flask, request
from flask_login import current_user
from flask_socketio import SocketIO, join_room, leave_room
from pydantic import Field, ValidationError
from sqlalchemy.orm import Session

from evaluator_app.live.door import Door, protocol_log
from evaluator_app.live.topics import TOPICS
from evaluator_app.processes import logs
from evaluator_app.web.edge import reach
from evaluator_app.web.posted import Posted
from kernel import live as live_rows
from kernel.db import Database
from kernel.live import Announcement, LiveEvent
from kernel.shown import Shown
from people.models import User
from rooms import queries

log = structlog.get_logger(__name__)


class Topic(Posted):
    """What a browser wants to hear of from now on, or no longer, as `interview:12`."""

    topic: str = Field(max_length=80)


class Changed(Shown):
    """Something under that topic is not what it was."""

    topic: str


LOOK_S = 0.3
"""Seconds between two looks at what other processes have written."""
FORGET_S = 60.0
"""Seconds between two rounds of forgetting what was emitted long ago."""
MOST_TOLD = 10_000
"""So many words wait for the emitter at the most: it starts when somebody comes to hear them."""


def within_reach(db: Session, only: str, name: str) -> bool:
    """Tell whether a session that opens `only` may watch `name`: the oral of its personal link."""
    if not only:
        return True
    kind, _, number = only.partition(":")
    interview = queries.of_appointment(db, int(number)) if kind == "appointment" else None
    return interview is not None and name == f"interview:{interview.id}"


class Live:
    """Socket.IO bound to one application, and its emitter thread."""

    def __init__(self) -> None:
        """Keep the server unbound until `init_app`."""
        self.io = SocketIO(
            async_mode="threading",
            async_handlers=False,
            manage_session=False,
            cors_allowed_origins=None,
            max_http_buffer_size=64 * 1024,
            logger=protocol_log(),
            engineio_logger=protocol_log(),
            ping_interval=10,  # a network that went away is noticed within twenty seconds
            ping_timeout=8,
        )
        self.io.on_error_default(self._failed)
        self.io.on_event("watch", self._watch)
        self.io.on_event("unwatch", self._unwatch)

    def init_app(self, app: Flask) -> None:
        """Bind to `app`; the emitter starts with the first connection or with `start`."""
        self.app = app
        self.io.init_app(app)
        self.door = Door(app, self.io)
        self._wake = threading.Event()
        self._told: deque[Announcement] = deque(maxlen=MOST_TOLD)
        self._look_at = self._forget_at = 0.0
        self._started = False
        self._lock = threading.Lock()
        app.extensions["viva_emitter"] = self.tell

    def start(self) -> None:
        """Start the thread that emits what was committed; once a process."""
        with self._lock:
            if self._started:
                return
            self._started = True
            threading.Thread(target=self._emit_for_ever, name="live-emitter", daemon=True).start()

    def _failed(self, error: Exception) -> dict[str, Any]:
        logs.failed("live_failed", error)
        return {"error": "failed"}

    def _watch(self, data: Any = None, *_more: Any) -> dict[str, Any]:
        self.start()
        try:
            name = Topic.model_validate(data).topic
        except ValidationError:
            return {"error": "bad_topic"}
        kind, _, thing = name.partition(":")
        watcher = TOPICS.get(kind)
        database: Database = self.app.extensions["viva"].database
        if watcher is None or not current_user.is_authenticated:
            return {"error": "not_there"}
        with database.session(read_only=True) as db:
            user = db.get(User, current_user.user_id)
            allowed = (
                user is not None
                and user.active
                and within_reach(db, reach(), name)
                and watcher(db, user.actor, thing)
            )
        if not allowed:
            log.warning("watch_refused", topic=name, user_id=current_user.user_id)
            return {"error": "not_there"}
        join_room(name)
        return {"ok": True, "sid": request.sid}  # type: ignore[attr-defined]

    def _unwatch(self, data: Any = None, *_more: Any) -> dict[str, Any]:
        try:
            leave_room(Topic.model_validate(data).topic)
        except ValidationError:
            return {"error": "bad_topic"}
        return {"ok": True}

    def tell(self, told: Iterable[Announcement]) -> None:
        """Let what a request of this process has committed be emitted by the emitter's thread.

        Where nobody hears a topic nothing is: whoever watches it from now on asks for its state.
        """
        heard = [announcement for announcement in told if self._is_heard(announcement.topic)]
        if heard:
            self._told.extend(heard)
            self._wake.set()

    def _is_heard(self, topic: str) -> bool:
        return _is_of_session(topic) or topic in self.io.server.manager.rooms.get("/", ())

    def emit_pending(self) -> None:
        """Emit all that was committed and nobody has emitted yet."""
        self._emit_told()
        self._emit_rows()

    def _emit_told(self) -> None:
        while self._told:
            self._emit(self._told.popleft())

    def _emit_rows(self) -> None:
        """Emit what other processes have told."""
        database: Database = self.app.extensions["viva"].database
        with database.session(read_only=True) as db:
            waiting = live_rows.pending(db)
        if not waiting:
            return
        for event in waiting:
            self._emit(event)
        with database.transaction() as db:
            live_rows.emitted(db, [event.id for event in waiting])

    def _emit(self, event: Announcement | LiveEvent) -> None:
        if _is_of_session(event.topic):
            self.door.close_session(int(event.topic.partition(":")[2]))
            return
        told = Changed(topic=event.topic).sent()
        self.io.emit(event.name, told | event.payload, to=event.topic)

    def _look_now_and_then(self) -> None:
        if time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + LOOK_S
            self._emit_rows()

    def _forget_now_and_then(self) -> None:
        if time.monotonic() >= self._forget_at:
            self._forget_at = time.monotonic() + FORGET_S
            with self.app.extensions["viva"].database.transaction() as db:
                live_rows.forget(db)

    def _emit_for_ever(self) -> None:
        while True:
            try:
                self._emit_told()
                self._look_now_and_then()
                self._forget_now_and_then()
            except Exception as error:  # noqa: BLE001 -- the next turn goes on
                logs.failed("emitter_failed", error)
                self._look_at = time.monotonic() + 1.0
            self._wake.wait(LOOK_S)
            self._wake.clear()


def _is_of_session(topic: str) -> bool:
    """Tell whether a topic is a sign-in, whose end the door hears."""
    return topic.startswith("session:")


live = Live()
