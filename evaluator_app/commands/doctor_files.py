"""`viva doctor --files`: whether every file that a row names is kept, and whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kernel.storage import Storage, StorageError
from proctor.models import IdentityCheck, Snapshot
from results.models import Document
from rooms.models import Recording, RecordingCopy, RecordingState
from scheduling.models import AppointmentChange
from written_test.models import Item, ResultImport

AT_A_TIME = 500
NAMED = 5
"""How many lost files a line names."""

KEYS: tuple[tuple[str, Select[Any]], ...] = (
    ("documents", select(Document.storage_key)),
    ("identity pictures", select(IdentityCheck.picture_key)),
    ("stills", select(Snapshot.storage_key)),
    ("proofs", select(AppointmentChange.document_key)),
    ("sounds", select(Item.audio_key)),
    ("imported results", select(ResultImport.file_key)),
    ("copies", select(RecordingCopy.key)),
)


@dataclass
class FilesOfKind:
    """How many files of a kind rows name, and which of them cannot be read."""

    kind: str
    named: int = 0
    lost: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """Say it in a line."""
        if not self.lost:
            return f"{self.named} {self.kind}"
        first = ", ".join(self.lost[:NAMED])
        more = f" and {len(self.lost) - NAMED} more" if len(self.lost) > NAMED else ""
        return f"{len(self.lost)} of {self.named} {self.kind} lost: {first}{more}"


def compare(db: Session, storage: Storage) -> list[FilesOfKind]:
    """Compare each row that names a file with what is kept; nothing is changed.

    A file is read as far as its seal: missing, cut short and altered ones are lost; so is one whose
    key is not among the settings'.
    """
    looked_at = [_looked_at(kind, _named(db, keys), storage) for kind, keys in KEYS]
    return [*looked_at, _looked_at("recordings", _of_recordings(db), storage)]


def _looked_at(kind: str, keys: Iterator[str], storage: Storage) -> FilesOfKind:
    kept = FilesOfKind(kind)
    for key in keys:
        kept.named += 1
        try:
            storage.size(key)
        except (StorageError, OSError):
            kept.lost.append(key)
    return kept


def _named(db: Session, keys: Select[Any]) -> Iterator[str]:
    for key in db.scalars(keys.execution_options(yield_per=AT_A_TIME)):
        if key:
            yield key


def _of_recordings(db: Session) -> Iterator[str]:
    rows = select(Recording.manifest).where(Recording.state == RecordingState.READY)
    for manifest in db.scalars(rows.execution_options(yield_per=AT_A_TIME)):
        for segment in (manifest or {}).get("segments", []):
            yield str(segment["key"])
