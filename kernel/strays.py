"""Files that no row names: written in a transaction that failed, and found by their own names.

The name of a file begins with the moment at which it was made, in seconds, and ends with what
nobody guesses. A purge removes what is older than a day and stands in no row.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import UTC, datetime

from kernel import clock, retention
from kernel.retention import RetentionClass
from kernel.storage import Storage


def new_name() -> str:
    """Return a name for a file that is made now, without its folder."""
    return f"{int(clock.now().timestamp()):08x}-{secrets.token_hex(16)}"


def made_at(name: str) -> datetime:
    """Return the moment that a file's name begins with; long ago for any other name."""
    stamp = name.rpartition("/")[2].partition("-")[0]
    try:
        return datetime.fromtimestamp(int(stamp, 16), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.min.replace(tzinfo=UTC)


def old(storage: Storage, folder: str) -> list[str]:
    """Return the files of a folder that a row would name by now."""
    limit = clock.now() - retention.fixed(RetentionClass.STRAY)
    return [name for name in storage.names(folder) if made_at(name) <= limit]


def remove(storage: Storage, names: Collection[str], known: Collection[str | None]) -> int:
    """Remove those of the `old` files that are not among the `known`; return how many."""
    strays = [name for name in names if name not in known]
    for name in strays:
        storage.delete(name)
    return len(strays)
