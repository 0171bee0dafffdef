"""`viva calendar check`: when people's calendar files say that they are busy, a JSON line each."""

from __future__ import annotations

import json
from argparse import Namespace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from kernel.i18n import Locale
from scheduling.busy_reading import LeftOut, read
from scheduling.unreadable import Unreadable, in_words


def run(arguments: Namespace) -> int:
    """Read files in order, in one process; exit 1 if one was refused."""
    zone = ZoneInfo(arguments.zone)
    start = _midnight(arguments.first, zone)
    end = _midnight(arguments.until + timedelta(days=1), zone)
    refused = [file for file in arguments.files if not _tell(file, arguments.zone, start, end)]
    return 1 if refused else 0


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _tell(file: str, zone: str, start: datetime, end: datetime) -> bool:
    """Print what a file says; tell whether it could be read."""
    try:
        engagements = read(Path(file).read_bytes(), zone, start, end)
    except Unreadable as error:
        why = in_words(error.reason, Locale.EN)
        _line(file, refused=f"{why} ({error.detail})" if error.detail else why)
        return False
    except OSError as error:
        _line(file, refused=error.strerror or str(error))
        return False
    for begins, ends in engagements.times:
        _line(file, start=_moment(begins), end=_moment(ends))
    for event in engagements.left_out:
        _line(file, left_out=_named(event), why=in_words(event.why, Locale.EN))
    return True


def _named(event: LeftOut) -> str:
    return ", ".join(filter(None, (event.title, event.day))) or "an event without title or day"


def _moment(second: int) -> str:
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _line(file: str, **words: str) -> None:
    print(json.dumps({"file": file, **words}, ensure_ascii=False), flush=True)
