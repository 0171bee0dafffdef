"""Second screens that show the grid of an oral: known by their signs of life.

Kept by the web process alone, which is one: it says no more than whether somebody looked lately.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app

from kernel.shown import Shown

LASTS = timedelta(seconds=15)
"""So long after its last sign of life a second screen is still there."""


class Beside(Shown):
    """What goes with each state of an oral, for its evaluator."""

    beside: bool = False


def _seen() -> dict[int, datetime]:
    seen: dict[int, datetime] = current_app.extensions.setdefault("viva_besides", {})
    return seen


def note(interview: int, moment: datetime) -> None:
    """Note that a second screen shows the grid of `interview`."""
    seen = _seen()
    for gone in [key for key, at in list(seen.items()) if moment >= at + LASTS]:
        seen.pop(gone, None)
    seen[interview] = moment


def is_open(interview: int, moment: datetime) -> bool:
    """Tell whether a second screen shows the grid of `interview` now."""
    at = _seen().get(interview)
    return at is not None and moment < at + LASTS
