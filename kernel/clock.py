"""The only clock. The demo and the tests may move it, through a file that every process reads."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

_file: Path | None = None
_read_at = 0.0
_offset = timedelta()


def use(file: Path | None) -> None:
    """Let the clock follow the offset in `file` (seconds, as text); None: real time only."""
    global _file, _read_at, _offset
    _file, _read_at, _offset = file, 0.0, timedelta()


def offset() -> timedelta:
    """Return how far this clock is ahead of real time, read twice a second at most."""
    global _read_at, _offset
    if _file is None:
        return timedelta()
    tick = time.monotonic()
    if tick - _read_at >= 0.5 or _read_at == 0.0:
        try:
            _offset = timedelta(seconds=float(_file.read_text() or 0))
        except FileNotFoundError:
            _offset = timedelta()
        _read_at = tick  # last: another thread reads the file as well, never an offset of before
    return _offset


def move(by: timedelta) -> None:
    """Move the clock `by` from where it stands.

    Raises:
        PermissionError: this installation's clock may not be moved.
    """
    global _read_at
    if _file is None:
        msg = "the clock of this installation cannot be moved"
        raise PermissionError(msg)
    _file.parent.mkdir(parents=True, exist_ok=True)
    fresh = _file.with_name(f"{_file.name}.{uuid4().hex}")
    fresh.write_text(str((offset() + by).total_seconds()))
    fresh.replace(_file)  # whole: a process that reads meanwhile finds no empty file
    _read_at = 0.0


def now() -> datetime:
    """Return the present moment in UTC, with the offset of the demo or of a test."""
    return datetime.now(UTC) + offset()
