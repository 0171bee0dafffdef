"""How long an offer runs while people are awake; pure.

Two hours of the day, on the person's own clock: what is offered in the evening runs on in the
morning, so that nobody loses a slot in their sleep.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from scheduling.hours import instant, local_day

OPENS: Final = 8 * 60  # minutes of the person's own day
CLOSES: Final = 20 * 60
OFFER: Final = timedelta(hours=2)


def offer_until(zone: str, now: datetime) -> datetime:
    """Return when an offer made `now` has run for two hours between 08:00 and 20:00 of `zone`."""
    moment, left = int(now.timestamp()), int(OFFER.total_seconds())
    day = local_day(zone, moment)
    while True:
        begins, ends = max(moment, instant(zone, day, OPENS)), instant(zone, day, CLOSES)
        if begins + left <= ends:
            return datetime.fromtimestamp(begins + left, UTC)
        left -= max(0, ends - begins)
        day += timedelta(days=1)
