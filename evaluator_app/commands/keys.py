"""`viva keys rotate`: seal everything that is kept with the current storage key."""

from __future__ import annotations

import sys
from argparse import Namespace
from contextlib import suppress

from kernel import storage
from kernel.settings import load
from kernel.storage import NotStored, StorageError


def run(_arguments: Namespace) -> int:
    """Reseal file by file while everything runs; say what still needs a former key."""
    settings = load()
    try:
        kept = storage.from_settings(settings)
        waiting = list(kept.sealed_before())
        left = []
        for number, key in enumerate(waiting, start=1):
            print(f"\r{number} of {len(waiting)}", end="", file=sys.stderr, flush=True)
            with suppress(NotStored):  # its time was over meanwhile
                if not kept.reseal(key):
                    left.append(key)
    except (StorageError, OSError) as error:
        print(f"\nviva keys rotate: {error}", file=sys.stderr)
        return 1
    print(f"\n{len(waiting) - len(left)} files sealed with the current key", file=sys.stderr)
    if left:
        print(
            f"{len(left)} recordings are not made playable yet: run this again in some minutes, "
            "before a former key is taken out of VIVA_STORAGE_KEYS"
        )
        return 1
    print("nothing needs a former key: only the first of VIVA_STORAGE_KEYS is needed now")
    return 0
