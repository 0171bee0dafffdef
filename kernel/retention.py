"""How long what is kept is kept: one idea of a month, one table of classes, read by every purge.

A month is a calendar month, in UTC: what begins on the 15th at 10 h lasts until the 15th at 10 h. A
day that the last month has not (the 31st in June, the 29th of February) ends with that month, so
that nothing goes early and a thing never outlasts one that began after it.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from kernel import clock
from kernel.settings import Settings

INSTANT: Final = timedelta(microseconds=1)


class Unit(StrEnum):
    """What a length is counted in."""

    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Length:
    """So many hours, days, calendar months or years."""

    count: int
    unit: Unit

    def after(self, moment: datetime) -> datetime:
        """Return when what began at `moment` is over."""
        if self._fixed is not None:
            return moment + self._fixed
        utc, first = moment.astimezone(UTC), _month(moment, self._months)
        if utc.day > _days(first):
            return _month(first, 1)
        return utc.replace(year=first.year, month=first.month)

    def before(self, moment: datetime) -> datetime:
        """Return the last beginning whose time is over at `moment`: `after` of it is not later."""
        if self._fixed is not None:
            return moment - self._fixed
        utc, first = moment.astimezone(UTC), _month(moment, -self._months)
        if utc.day > _days(first):
            return _month(first, 1) - INSTANT
        return utc.replace(year=first.year, month=first.month)

    @property
    def _fixed(self) -> timedelta | None:
        if self.unit in (Unit.MONTHS, Unit.YEARS):
            return None
        return timedelta(hours=self.count * (24 if self.unit is Unit.DAYS else 1))

    @property
    def _months(self) -> int:
        return self.count * (12 if self.unit is Unit.YEARS else 1)


def _month(moment: datetime, months: int) -> datetime:
    """Return the beginning of the month that is so many after that of `moment`."""
    utc = moment.astimezone(UTC)
    number = utc.year * 12 + utc.month - 1 + months
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)


def _days(first: datetime) -> int:
    return calendar.monthrange(first.year, first.month)[1]


class RetentionClass(StrEnum):
    """The classes of what is kept for a time."""

    IDENTITY_PICTURE = "identity_picture"
    SNAPSHOT = "snapshot"
    SNAPSHOT_WITHOUT_RESULT = "snapshot_without_result"
    PROOF = "proof"
    RECORDING = "recording"
    WRITTEN_ANSWER = "written_answer"
    RESULTS_FILE = "results_file"
    LETTER_SENT = "letter_sent"
    LETTER_GIVEN_UP = "letter_given_up"
    SIGN_IN_TRY = "sign_in_try"
    UPLOAD = "upload"
    STRAY = "stray"


@dataclass(frozen=True, slots=True)
class Rule:
    """How long a class is kept: by a setting, or (`fixed`) the same everywhere."""

    what: str
    since: str
    unit: Unit
    purge: str
    """The function that removes it, as `module.name`."""
    setting: str = ""
    fixed: int = 0

    def length(self, settings: Settings) -> Length:
        """Return how long, by these settings."""
        count = getattr(settings, self.setting) if self.setting else self.fixed
        return Length(int(count), self.unit)


TABLE: Final[dict[RetentionClass, Rule]] = {
    RetentionClass.IDENTITY_PICTURE: Rule(
        "picture of an identity document",
        "it was taken",
        Unit.HOURS,
        "proctor.jobs.purge_identity_pictures",
        setting="identity_picture_hours",
    ),
    RetentionClass.SNAPSHOT: Rule(
        "snapshots of the watch over a written test",
        "the results",
        Unit.MONTHS,
        "proctor.jobs.purge_snapshots",
        setting="snapshot_months",
    ),
    RetentionClass.SNAPSHOT_WITHOUT_RESULT: Rule(
        "snapshots of a session that led to no results",
        "the session began",
        Unit.MONTHS,
        "proctor.jobs.purge_snapshots",
        setting="snapshot_months_most",
    ),
    RetentionClass.PROOF: Rule(
        "document that proves a force majeure",
        "the change of hour that it is for",
        Unit.MONTHS,
        "scheduling.jobs.purge_proofs",
        setting="proof_months",
    ),
    RetentionClass.RECORDING: Rule(
        "recording of an oral, and copies of it",
        "the recording ended",
        Unit.MONTHS,
        "rooms.recordings.purge",
        setting="recording_months",
    ),
    RetentionClass.WRITTEN_ANSWER: Rule(
        "answers of a written test; whether each was right stays",
        "the test ended",
        Unit.YEARS,
        "written_test.purging.purge",
        setting="written_years",
    ),
    RetentionClass.RESULTS_FILE: Rule(
        "file of results from another platform, and the reasons of its refusals",
        "it was brought in",
        Unit.YEARS,
        "written_test.purging.purge",
        setting="written_years",
    ),
    RetentionClass.LETTER_SENT: Rule(
        "that a letter or a file left, when, and to which address",
        "it left, or was given up",
        Unit.DAYS,
        "kernel.outbox.purge",
        setting="outbox_days",
    ),
    RetentionClass.LETTER_GIVEN_UP: Rule(
        "contents of a letter that could not leave",
        "it was given up",
        Unit.DAYS,
        "kernel.outbox.purge",
        fixed=30,
    ),
    RetentionClass.SIGN_IN_TRY: Rule(
        "count of wrong passwords from one place",
        "the last of them",
        Unit.DAYS,
        "people.locking.forget",
        fixed=1,
    ),
    RetentionClass.UPLOAD: Rule(
        "file that waits for its import to be confirmed",
        "it was sent",
        Unit.DAYS,
        "kernel.staging.purge",
        fixed=1,
    ),
    RetentionClass.STRAY: Rule(
        "file that no row names, of a transaction that failed",
        "it was written",
        Unit.DAYS,
        "each purge of files",
        fixed=1,
    ),
}


def length(settings: Settings, kept: RetentionClass) -> Length:
    """Return how long a class is kept."""
    return TABLE[kept].length(settings)


def fixed(kept: RetentionClass) -> timedelta:
    """Return how long a class is kept whose length is no setting."""
    return timedelta(days=TABLE[kept].fixed)


def until(settings: Settings, kept: RetentionClass, since: datetime) -> datetime:
    """Return when what is of this class, and counts `since`, must go."""
    return length(settings, kept).after(since)


def over_since(settings: Settings, kept: RetentionClass) -> datetime:
    """Return the last beginning whose time is over now: what began by then must go."""
    return length(settings, kept).before(clock.now())


def in_words(settings: Settings) -> list[tuple[str, str, str, str]]:
    """Return each class for the documentation: what, how long, since when, by which setting."""
    return [
        (
            rule.what,
            f"{rule.length(settings).count} {rule.unit}",
            rule.since,
            f"`VIVA_{rule.setting.upper()}`" if rule.setting else "fixed",
        )
        for rule in TABLE.values()
    ]
