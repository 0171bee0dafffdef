"""What other platforms sent, kept as it came: encrypted, found again, gone in time."""

from __future__ import annotations

import json
from typing import Any, Final

from kernel import staging, strays
from kernel.errors import NotThere
from kernel.permissions import Actor
from kernel.staging import Staged
from kernel.storage import NotStored, Storage
from written_test.models import ResultImport, ResultSource

FOLDER: Final = "results"
KIND: Final = "results"
SHOWN: Final = 200
"""Refusals in the row itself; the others stand in a file beside."""


def wait(storage: Storage, actor: Actor, source: ResultSource, filename: str, data: bytes) -> str:
    """Let a file wait to be mapped and imported; return its name."""
    return staging.keep(storage, actor, KIND, Staged(source.id, filename, {}, data))


def waiting(storage: Storage, actor: Actor, name: str) -> Staged:
    """Return the file that waits, about its source; raise as `staging.fetch`."""
    return staging.fetch(storage, actor, KIND, name)


def keep(
    storage: Storage, data: bytes, counts: dict[str, int], refusals: list[list[Any]]
) -> tuple[str, dict[str, Any]]:
    """Keep a file that is imported; return its key, and the report that its row bears."""
    name = strays.new_name()
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
