"""Small nudges after a commit, so that nobody waits for the next tick of a clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog
from flask import Flask
from huey import SqliteHuey

from kernel.live import Announcement
from kernel.settings import Settings

log = structlog.get_logger(__name__)

DRAIN = "drain"


def queue(settings: Settings) -> SqliteHuey:
    """Return the queue of wake-ups; web and jobs open the same file."""
    settings.var.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(
        "jobs", filename=str(settings.var / "jobs.db"), immediate=False, results=False, timeout=5
    )


def drain_task(huey: SqliteHuey, work: Callable[[], object]) -> Callable[[], object]:
    """Return what asks the jobs process to do `work`; only there is it ever called.

    Huey finds a task by the module and the name of its function: both processes must make it here.
    """

    def drain() -> None:
        work()

    asking: Callable[[], object] = huey.task(name=DRAIN)(drain)
    return asking


def waker(settings: Settings) -> Callable[[], None]:
    """Return what wakes the jobs process after a commit that filled the outbox; never raises."""
    asking: list[Callable[[], object]] = []

    def wake() -> None:
        try:
            if not asking:
                asking.append(drain_task(queue(settings), _elsewhere))
            asking[0]()
        except Exception:
            log.warning("wake_failed", exc_info=True)

    return wake


def _elsewhere() -> None:
    """Stand for the work on the side that only asks for it."""


def after_commit(app: Flask, *, outbox: bool = False, told: Sequence[Announcement] = ()) -> None:
    """Wake the jobs process when the outbox was filled, and the emitter when it has something."""
    if outbox and (wake := app.extensions.get("viva_wake_jobs")):
        wake()
    if told and (tell := app.extensions.get("viva_emitter")):
        tell(told)
