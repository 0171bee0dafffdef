"""Files that only the account of the service may read: the database, logs, mail, keys."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

ALONE, ALONE_FOLDER = 0o600, 0o700


def keep_what_is_written() -> None:
    """Let whatever this process and its children write be read by its own account alone."""
    os.umask(0o077)


def close_folder(folder: Path) -> None:
    """Make `folder`, and close it and what lies in it to others: an older version left it open.

    What belongs to another account stays as it is.
    """
    folder.mkdir(mode=ALONE_FOLDER, parents=True, exist_ok=True)
    for path in (folder, *folder.iterdir(), *folder.glob("logs/*"), *folder.glob("mail/*")):
        if not path.is_symlink():
            with suppress(OSError):
                path.chmod(ALONE_FOLDER if path.is_dir() else ALONE)
