"""When tests happen: one instant for all of them, and twelve for what depends on the time.

The suite does not ask the machine what day it is: each test begins at `SUITE`, a quiet morning in
the middle of a week, and time runs from there. `pytest --instant NAME` begins all of them at
another of the twelve; what depends on the hour is marked `at_twelve` and runs at each.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

PARIS = ZoneInfo("Europe/Paris")


def paris(*parts: int) -> datetime:
    """Return an instant of the clock of Paris, in UTC."""
    return datetime(*parts, tzinfo=PARIS).astimezone(UTC)


TWELVE = {
    "friday-night": paris(2026, 11, 27, 23, 50),
    "spring-forward": paris(2027, 3, 28, 1, 50),
    "fall-back": paris(2026, 10, 25, 1, 50),
    "fall-back-again": paris(2026, 10, 25, 2, 50) + timedelta(hours=1),
    "new-year-s-eve": paris(2026, 12, 31, 23, 50),
    "new-year-s-day": paris(2027, 1, 1, 0, 5),
    "leap-day": paris(2028, 2, 29, 12, 0),
    "before-leap-day": paris(2028, 2, 28, 23, 50),
    "end-of-january": paris(2027, 1, 31, 12, 0),
    "end-of-april": paris(2027, 4, 30, 23, 50),
    "sunday-night": paris(2026, 12, 6, 23, 50),
    "monday-dawn": paris(2026, 12, 7, 5, 10),
}
SUITE = paris(2026, 12, 8, 10, 31, 27)
SUITE_NAME = "suite"

at_twelve = pytest.mark.parametrize(
    "instant", [None, *TWELVE.values()], ids=[SUITE_NAME, *TWELVE], indirect=True
)
"""Run at the suite's instant on both databases, and at each of the twelve on the embedded one."""


def is_needless(item: pytest.Item) -> bool:
    """Tell whether the other database has seen this test at this instant: the clock is the same."""
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    return parameters.get("database") == "postgresql" and parameters.get("instant") is not None


def named(name: str) -> datetime:
    """Return the instant called `name` on the command line.

    Raises:
        pytest.UsageError: there is none of that name.
    """
    if name == SUITE_NAME:
        return SUITE
    if name not in TWELVE:
        msg = f"--instant {name}: one of {', '.join([SUITE_NAME, *TWELVE])}"
        raise pytest.UsageError(msg)
    return TWELVE[name]


def begin(instant: datetime, file: Path) -> None:
    """Let the clock that follows `file` show `instant` now, and run on from there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(str((instant - datetime.now(UTC)).total_seconds()))
