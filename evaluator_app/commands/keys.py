"""`viva keys rotate`: seal everything that is kept with the current storage key."""

from __future__ import annotations

import sys
from argparse import Namespace
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from evaluator_app.wiring import rules
from kernel import storage
from kernel.db import Database
from kernel.settings import Settings, load
from kernel.storage import NotStored, StorageError
from scheduling import busy


def run(_arguments: Namespace) -> int:
    """Reseal while everything runs; say what still needs a former key."""
    settings = load()
    rules.register()
    try:
        left = [*_files(settings), *_passwords(settings)]
    except (StorageError, OSError) as error:
        print(f"\nviva keys rotate: {error}", file=sys.stderr)
        return 1
    except SQLAlchemyError as error:
        words = str(getattr(error, "orig", error)).strip().splitlines()[0]
        print(
            f"viva keys rotate: the files are sealed; passwords in the database are not: {words}",
            file=sys.stderr,
        )
        return 1
    for line in left:
        print(line)
    if left:
        return 1
    print("nothing needs a former key: only the first of VIVA_STORAGE_KEYS is needed now")
    return 0


def _files(settings: Settings) -> list[str]:
    """Seal file by file; return what is left to do, in words."""
    kept = storage.from_settings(settings)
    waiting = list(kept.sealed_before())
    left = []
    for number, key in enumerate(waiting, start=1):
        print(f"\r{number} of {len(waiting)}", end="", file=sys.stderr, flush=True)
        with suppress(NotStored):  # its time was over meanwhile
            if not kept.reseal(key):
                left.append(key)
    print(f"\n{len(waiting) - len(left)} files sealed with the current key", file=sys.stderr)
    if not left:
        return []
    words = (
        f"{len(left)} recordings are not made playable yet: run this again in some minutes, "
        "before a former key is taken out of VIVA_STORAGE_KEYS"
    )
    return [words]


def _passwords(settings: Settings) -> list[str]:
    """Seal the passwords of evaluators' own calendars; return what is left to do, in words."""
    database = Database(settings.database)
    try:
        count, lost = busy.reseal(database, settings)
    finally:
        database.dispose()
    print(f"{count} calendar passwords sealed with the current key", file=sys.stderr)
    if not lost:
        return []
    whose = ", ".join(str(number) for number in sorted(set(lost)))
    words = (
        f"{len(lost)} calendar passwords open with no key of VIVA_STORAGE_KEYS: put the former key "
        f"back and run this again, or have evaluators number {whose} add their calendar again"
    )
    return [words]
