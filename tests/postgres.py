"""A real PostgreSQL for the tests: one cluster a run, on a private socket, gone at the end.

PostgreSQL refuses to run as root, so that root hands it to the user `postgres`. The cluster keeps
nothing: it does not even wait for the disk.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

OPTIONS = (
    "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off "
    "-c shared_buffers=64MB -c max_connections=200 -c autovacuum=off -c timezone=UTC"
)


class Missing(Exception):
    """PostgreSQL is not installed; the message says which package brings it."""


def binaries() -> Path:
    """Return the folder of the newest `initdb` and `pg_ctl` of this machine."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3])
    )
    if installed:
        return installed[-1].parent
    if there := shutil.which("initdb"):
        return Path(there).resolve().parent
    msg = "PostgreSQL is not installed: apt-get install postgresql (make test does it)"
    raise Missing(msg)


def _owner() -> dict[str, object]:
    """Return as whom PostgreSQL runs: `postgres` for root, else whoever we are."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _run(folder: Path, *command: str) -> None:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, **_owner()
    )
    if done.returncode:
        pytest.fail(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}", pytrace=False)


@contextmanager
def locked(folder: Path):
    """Let one worker at a time pass."""
    with (folder / "lock").open("a") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


def start(folder: Path) -> None:
    """Start a cluster in `folder`, whose socket lies there too; it ends with the whole run."""
    home = binaries()
    (folder / "cluster").mkdir()
    if os.geteuid() == 0:
        folder.chmod(0o755)
        shutil.chown(folder / "cluster", "postgres", "postgres")
    data = folder / "cluster" / "data"
    _run(
        folder / "cluster",
        *(str(home / "initdb"), "-D", str(data), "-U", "viva", "-A", "trust", "-E", "UTF8"),
        *("--locale", "C.UTF-8", "--no-sync", "--no-instructions"),
    )
    _run(
        folder / "cluster",
        *(str(home / "pg_ctl"), "-D", str(data), "-w", "-t", "30", "-l", str(data / "log")),
        *("-o", f"{OPTIONS} -k {folder / 'cluster'}", "start"),
    )
    # A run that is killed stops nothing itself: this stays behind it until it is gone.
    whole_run = (folder / "pid").read_text()
    stop_it = f"{home / 'pg_ctl'} -D {data} -m immediate stop"
    subprocess.Popen(
        ["sh", "-c", f"tail --pid={whole_run} -f /dev/null; test ! -e {data} || {stop_it}"],
        cwd="/",
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **_owner(),
    )


def stop(folder: Path) -> None:
    """Stop the cluster of `folder`, if one was started."""
    data = folder / "cluster" / "data"
    if (data / "postmaster.pid").exists():
        _run(
            folder / "cluster",
            *(str(binaries() / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop"),
        )


def url(folder: Path, name: str) -> str:
    """Return the SQLAlchemy address of the database `name`."""
    return f"postgresql+psycopg://viva@/{name}?host={folder / 'cluster'}"
