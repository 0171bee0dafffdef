"""Files that somebody gave and nobody confirmed yet: uploaded, looked at, then brought in or not.

Such a file waits encrypted in the storage, without any row, so that looking at it changes nothing.
It opens for whoever gave it, for the import it was given to, and for a day; its name is a secret.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from kernel import clock, discarding, retention
from kernel.errors import N_, NotThere, Refused
from kernel.permissions import Actor
from kernel.retention import RetentionClass
from kernel.storage import NotStored, Storage

FOLDER: Final = "incoming"
KEPT: Final = retention.fixed(RetentionClass.UPLOAD)
MOST_NAME: Final = 200
_STAMP: Final = "%Y%m%d%H%M%S"
_TOKEN: Final = re.compile(r"[0-9]{14}-[0-9a-f]{32}")


class NoLongerStaged(Refused):
    """The file waited for too long, or was brought in or dropped already."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            N_("Ce fichier n'est plus gardé : il l'est un jour au plus. Envoyez-le de nouveau.")
        )


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that waits: what it is about (the id of a row), and what was said with it."""

    about: int
    filename: str
    said: dict[str, Any]
    data: bytes


def keep(storage: Storage, actor: Actor, kind: str, staged: Staged) -> str:
    """Let a file wait for an import of this kind; return the name that its confirmation gives."""
    token = f"{clock.now().astimezone(UTC):{_STAMP}}-{secrets.token_hex(16)}"
    head = {
        "by": actor.user_id,
        "kind": kind,
        "about": staged.about,
        "filename": staged.filename[:MOST_NAME],
        "said": staged.said,
    }
    storage.put(f"{FOLDER}/{token}", json.dumps(head).encode() + b"\n" + staged.data)
    return token


def fetch(
    storage: Storage, actor: Actor, kind: str, token: str, about: int | None = None
) -> Staged:
    """Return the file that waits under a name; `about`: for this very row.

    Raises:
        NotThere: no such name, another person's, for another import or row.
        NoLongerStaged: it is not kept any more.
    """
    if not _TOKEN.fullmatch(token):
        raise NotThere
    try:
        line, _, data = storage.bytes(f"{FOLDER}/{token}").partition(b"\n")
    except NotStored:
        raise NoLongerStaged from None
    head = json.loads(line)
    mine = head.get("by") == actor.user_id and head.get("kind") == kind
    if not mine or about not in (None, head["about"]):
        raise NotThere
    return Staged(head["about"], head["filename"], head["said"], data)


def forget(db: Session, token: str) -> None:
    """Have a file that was brought in removed once this transaction is committed."""
    if _TOKEN.fullmatch(token):
        discarding.discard(db, f"{FOLDER}/{token}")


def drop(storage: Storage, token: str) -> None:
    """Remove a file that nobody will bring in, now."""
    if _TOKEN.fullmatch(token):
        storage.delete(f"{FOLDER}/{token}")


def purge(storage: Storage) -> int:
    """Forget the files that nobody confirmed within a day; return how many."""
    count = 0
    for name in storage.names(FOLDER):
        stamp = name.removeprefix(f"{FOLDER}/").partition("-")[0]
        try:
            at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue
        if clock.now() - at >= KEPT:
            count += storage.delete(name)
    return count
