"""Small nudges after a commit, so that nobody waits for the next tick of a clock."""

from __future__ import annotations

from flask import Flask


def after_commit(app: Flask, *, outbox: bool, wrote: bool) -> None:
    """Wake the jobs process when the outbox was filled, and the emitter when anything changed."""
    if outbox and (wake := app.extensions.get("viva_wake_jobs")):
        wake()
    if wrote and (event := app.extensions.get("viva_emitter_event")):
        event.set()
