"""The zone of the exam: where a day begins and ends when it is nobody's own.

Days of access, days on documents, hours that coordinators type, a zone for whoever has none yet.
An installation sets it once (`VIVA_DEFAULT_TIMEZONE`); each process follows it from its start.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

USUAL: Final = "Europe/Paris"

_name = USUAL


def use(name: str) -> None:
    """Let the exam be held in the zone `name`."""
    global _name
    _name = name


def name() -> str:
    """Return the name of the exam's zone."""
    return _name


def zone() -> ZoneInfo:
    """Return the exam's zone."""
    return ZoneInfo(_name)


def day_of(moment: datetime) -> date:
    """Return the day that `moment` is in the exam's zone."""
    return moment.astimezone(zone()).date()


def midnight(day: date) -> datetime:
    """Return the moment, in UTC, at which `day` begins in the exam's zone."""
    return datetime.combine(day, time(), zone()).astimezone(UTC)
