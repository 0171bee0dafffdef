"""A PostgreSQL of a benchmark's own: durable as a real one, and gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

OPTIONS = "-c listen_addresses='' -c max_connections=200 -c timezone=UTC"


class NotThere(Exception):
    """PostgreSQL is not installed here, or does not start; the message says which."""


def _binaries() -> Path:
    """Return the folder of the newest `initdb` and `pg_ctl` of this machine."""
    places = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3])
    )
    there = places[-1] if places else shutil.which("initdb")
    if there is None:
        msg = "PostgreSQL is not installed: apt-get install postgresql"
        raise NotThere(msg)
    return Path(there).resolve().parent


def _owner() -> dict[str, Any]:
    """Return as whom PostgreSQL runs: `postgres` where we are root, whom it refuses."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _run(folder: Path, *command: str) -> None:
    # Its output goes to a file: the server that stays behind would keep a pipe open.
    with (folder / "said").open("wb") as said:
        done = subprocess.run(
            command, cwd=folder, stdout=said, stderr=said, check=False, timeout=120, **_owner()
        )
    if done.returncode:
        raise NotThere((folder / "said").read_text(errors="replace").strip()[-300:])


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """Give the SQLAlchemy address of an empty database; its socket lies in `folder`."""
    home, data = _binaries(), folder / "data"
    folder.mkdir()
    if os.geteuid() == 0:
        folder.parent.chmod(0o755)
        shutil.chown(folder, "postgres", "postgres")
    control = (str(home / "pg_ctl"), "-D", str(data), "-w", "-t", "60")
    _run(
        folder,
        *(str(home / "initdb"), "-D", str(data), "-U", "viva", "-A", "trust", "-E", "UTF8"),
        *("--locale", "C.UTF-8", "--no-instructions"),
    )
    _run(folder, *control, "-l", str(folder / "log"), "-o", f"{OPTIONS} -k {folder}", "start")
    try:
        yield f"postgresql+psycopg://viva@/postgres?host={folder}"
    finally:
        _run(folder, *control, "-m", "immediate", "stop")
