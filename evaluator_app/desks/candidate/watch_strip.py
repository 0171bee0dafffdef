"""The watch that the last answer ended: its strip on pages until it is left, or two minutes."""

from __future__ import annotations

from typing import Any

from enrolment.models import Candidacy
from evaluator_app.web.edge import db
from kernel import clock
from proctor import watching
from proctor.models import ProctorSession


def open_watch(candidacy: Candidacy) -> ProctorSession | None:
    """Return the watch that ended with the last answer and is still to be left."""
    return watching.to_leave(db(), candidacy)


def seconds_left(session: ProctorSession) -> int:
    """Return in how many seconds the watch closes by itself."""
    since = clock.now() - (session.watched_until or session.opened_at)
    return max(0, round((watching.TO_LEAVE - since).total_seconds()))


def strip() -> dict[str, Any]:
    """Return what every page of the desk may show of it."""
    return {"open_watch": open_watch, "seconds_left": seconds_left}
