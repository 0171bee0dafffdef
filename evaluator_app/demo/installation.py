"""The demo's settings: secrets made once and kept beside its data, SQLite, mail to a folder.

The standard library alone: the demo's processes start before this one has loaded the rest.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import socket
import sqlite3
from pathlib import Path

from evaluator_app.processes.supervisor import HERE

SECRETS = "secrets.json"


def folder() -> Path:
    """Return where the demo lives: `var/demo`, or VIVA_VAR."""
    return Path(os.environ.get("VIVA_VAR") or HERE / "var" / "demo").resolve()


def forget(var: Path) -> None:
    """Remove a demo, if this is one; anything else is left alone."""
    if (var / SECRETS).exists():
        shutil.rmtree(var)


def _secrets(var: Path) -> dict[str, str]:
    """Return the demo's secrets, made at its first start."""
    file = var / SECRETS
    if file.exists():
        kept: dict[str, str] = json.loads(file.read_text())
        return kept
    made = {
        "VIVA_SECRET_KEY": secrets.token_urlsafe(48),
        "VIVA_PASSWORD_SALT": secrets.token_urlsafe(24),
        "VIVA_MEDIA_SECRET": secrets.token_urlsafe(24),
        "VIVA_STORAGE_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    var.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(json.dumps(made))
    return made


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(var: Path, port: int) -> dict[str, str]:
    """Return this process's environment with the demo's settings in place of any others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VIVA_")}
    return {
        **kept,
        **_secrets(var),
        "VIVA_MODE": "demo",
        "VIVA_VAR": str(var),
        "VIVA_BIND": "127.0.0.1",
        "VIVA_PORT": str(port),
        "VIVA_BASE_URL": f"http://127.0.0.1:{port}",
        # Its clock moves: hours that nobody lived through sign nobody out.
        **{f"VIVA_IDLE_{who}_MINUTES": "0" for who in ("COORDINATOR", "STAFF", "CANDIDATE")},
        "VIVA_RESULTS_HOLD_S": "5",
        "VIVA_MEDIA_URL": f"http://127.0.0.1:{_free_port()}",
    }


def take_over(environ: dict[str, str]) -> None:
    """Put the demo's settings in force in this process."""
    for name in [name for name in os.environ if name.startswith("VIVA_")]:
        del os.environ[name]
    os.environ.update({k: v for k, v in environ.items() if k.startswith("VIVA_")})


def is_migrated(var: Path) -> bool:
    """Tell whether the database stands at the newest migration; its processes may start then."""
    versions = HERE / "migrations" / "versions"
    newest = max(file.name.partition("_")[0] for file in versions.glob("[0-9]*.py"))
    if not (var / "viva.db").exists():
        return False
    try:
        with sqlite3.connect(var / "viva.db") as connection:
            revisions = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except sqlite3.Error:
        return False
    return revisions == [(newest,)]
