"""What other platforms sent, kept as it came: encrypted, found again, gone in time.

A file waits here between its upload and its import without any row, so that looking at it
changes nothing; what nobody imported goes after a day.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from kernel import clock, discarding
from kernel.errors import NotThere
from kernel.storage import NotStored, Storage
from written_test.models import ResultImport

FOLDER: Final = "results"
WAITING: Final = f"{FOLDER}/waiting"
SHOWN: Final = 200
"""Refusals in the row itself; the others stand in a file beside."""
_NAME: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{32}")


@dataclass(frozen=True)
class Upload:
    """A file that waits to be mapped and imported."""

    source_id: int
    filename: str
    data: bytes


def new_name() -> str:
    """Return a name that nobody guesses; it begins with the moment, in seconds."""
    return f"{int(clock.now().timestamp()):08x}-{secrets.token_hex(16)}"


def made_at(name: str) -> datetime:
    """Return the moment that a file's name begins with; long ago for any other name."""
    stamp = name.rpartition("/")[2].partition("-")[0]
    try:
        return datetime.fromtimestamp(int(stamp, 16), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.min.replace(tzinfo=UTC)


def wait(storage: Storage, source_id: int, filename: str, data: bytes) -> str:
    """Let a file wait; return its name."""
    name = new_name()
    head = json.dumps([source_id, filename[:200]]).encode()
    storage.put(f"{WAITING}/{name}", head + b"\n" + data)
    return name


def waiting(storage: Storage, name: str) -> Upload:
    """Return the file that waits under `name`.

    Raises:
        NotThere: none does (any more).
    """
    if _NAME.fullmatch(name) is None:
        raise NotThere
    try:
        head, _, data = storage.bytes(f"{WAITING}/{name}").partition(b"\n")
    except NotStored:
        raise NotThere from None
    source_id, filename = json.loads(head)
    return Upload(source_id, filename, data)


def forget(db: Session, name: str) -> None:
    """Have a file that waited removed, once what became of it is committed."""
    discarding.discard(db, f"{WAITING}/{name}")


def keep(
    storage: Storage, data: bytes, counts: dict[str, int], refusals: list[list[Any]]
) -> tuple[str, dict[str, Any]]:
    """Keep a file that is imported; return its key, and the report that its row bears."""
    name = new_name()
    key = storage.put(f"{FOLDER}/files/{name}", data).key
    report: dict[str, Any] = {"counts": counts, "refusals": refusals[:SHOWN]}
    if len(refusals) > SHOWN:
        rest = json.dumps(refusals, ensure_ascii=False).encode()
        report["refusals_key"] = storage.put(f"{FOLDER}/refusals/{name}", rest).key
    return key, report


def refusals(storage: Storage, row: ResultImport) -> list[list[Any]]:
    """Return every refusal of an import: place, reason, values of the reason."""
    key = row.report.get("refusals_key")
    if not key:
        return list(row.report.get("refusals", []))
    try:
        refused: list[list[Any]] = json.loads(storage.bytes(key))
    except NotStored:
        raise NotThere from None
    return refused
