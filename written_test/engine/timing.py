"""The time of a question: the server's clock decides, a lost connection stops it for a while; pure.

A page that lives speaks every few seconds. When it has not for longer than QUIET, or while help is
open over the question, the time since its last word is given back, as far as the test's budget for
lost time reaches.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

PULSE: Final = 5.0
"""Seconds between two words of a page that has nothing else to say."""
QUIET: Final = 12.0
"""Seconds without a word after which the connection counts as lost."""
GRACE: Final = 3.0
"""Seconds that an answer may need on its way, after the question's time is over."""
LAST_SECONDS: Final = 5.0
"""A swap with less time left is flagged."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the clock of a question says: seconds left (below 0: over), and given back just now."""

    left: float
    given_back: float

    @property
    def is_over(self) -> bool:
        """Tell whether the question's time is over."""
        return self.left <= 0

    @property
    def is_too_late(self) -> bool:
        """Tell whether an answer that arrives now is late, its way counted."""
        return self.left < -GRACE


def read(
    now: datetime,
    *,
    shown_at: datetime,
    seconds: float,
    paused: float,
    heard_at: datetime,
    budget: float,
    is_paused: bool = False,
) -> Reading:
    """Return what is left of a question's time.

    Args:
        now: this moment.
        shown_at: when the question was first shown.
        seconds: its time, extra time included.
        paused: seconds of it that were given back before.
        heard_at: when the page last spoke, of this question or an earlier one.
        budget: seconds that may still be given back in this test.
        is_paused: help has been open over the question since `heard_at`.
    """
    silence = (now - max(heard_at, shown_at)).total_seconds()
    stops = is_paused or silence > QUIET
    back = min(silence, max(budget, 0.0)) if stops else 0.0
    return Reading(seconds + paused + back - (now - shown_at).total_seconds(), back)
