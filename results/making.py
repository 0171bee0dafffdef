"""The file of a document, made in three steps: claimed, drawn with no transaction open, kept.

A row is claimed by compare-and-set, with what it states kept in the same transaction. Drawing (and
later signing) may take its time: nothing is locked meanwhile. Keeping asks whether the claim still
stands. Each claim writes its own file, so that two makers never write one another's: a maker that
dies leaves a claim that ends by itself, and its file to whoever claims next; one that was overtaken
removes its own.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.orm import Session

from kernel import audit, clock, live
from kernel.db import Database
from kernel.permissions import SYSTEM
from kernel.settings import Settings
from kernel.storage import Storage, StoredFile
from results import kinds, queries, stating
from results.models import Document

FOLDER: Final = "documents"
LEASE: Final = timedelta(minutes=2)
"""How long a maker has to itself what it claimed."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A document that one maker alone may make, and all that it is drawn from."""

    document_id: int
    claim: str
    kind: str
    code: str
    template: int
    statement: dict[str, Any]
    overtaken: str | None  # the claim of a maker that did not come back

    @property
    def key(self) -> str:
        """The name of the file that this claim writes."""
        return self._key(self.claim)

    @property
    def left(self) -> str | None:
        """The name of the file that the overtaken maker may have left."""
        return self._key(self.overtaken) if self.overtaken else None

    def _key(self, claim: str) -> str:
        return f"{FOLDER}/{self.code}-{claim}.{kinds.of(self.kind).ending}"


def make(database: Database, settings: Settings, storage: Storage, document_id: int) -> bool:
    """Make the file of a document unless it has one; tell whether it has one now.

    Not while another maker has claimed it: whoever needs the file asks again.
    """
    with database.transaction() as db:
        claimed = claim(db, settings, document_id)
    if claimed is not None:
        content = stating.draw(claimed.kind, claimed.template, claimed.statement)
        stored = storage.put(claimed.key, content)
        with database.transaction() as db:
            kept = keep(db, claimed, stored)
        unnamed = claimed.left if kept else claimed.key
        if unnamed:
            storage.delete(unnamed)
    with database.session(read_only=True) as db:
        key = db.scalar(select(Document.storage_key).where(Document.id == document_id))
    return key is not None


def claim(db: Session, settings: Settings, document_id: int) -> Claimed | None:
    """Claim a document that lacks its file; None: it has one, or somebody is making it."""
    moment, token = clock.now(), secrets.token_hex(8)
    before = db.scalar(select(Document.claim).where(Document.id == document_id))
    free = or_(Document.claimed_until.is_(None), Document.claimed_until <= moment)
    done = db.execute(
        update(Document)
        .where(
            Document.id == document_id,
            Document.storage_key.is_(None),
            Document.claim.is_(None) if before is None else Document.claim == before,
            free,
        )
        .values(claim=token, claimed_until=moment + LEASE)
        .execution_options(synchronize_session=False)
    )
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        return None
    document = db.get_one(Document, document_id, populate_existing=True)
    stating.state(db, settings, queries.with_all_it_bears(db, document.verdict_id), document)
    return Claimed(
        document_id=document.id,
        claim=token,
        kind=document.kind,
        code=document.code,
        template=document.template,
        statement=document.statement or {},
        overtaken=before,
    )


def keep(db: Session, claimed: Claimed, stored: StoredFile) -> bool:
    """Give a document the file that was made for it, unless the claim ended; tell whether."""
    done = db.execute(
        update(Document)
        .where(Document.id == claimed.document_id, Document.claim == claimed.claim)
        .values(claim=None, claimed_until=None, storage_key=stored.key, missing_at=None)
        .execution_options(synchronize_session=False)
    )
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        return False
    document = db.get_one(Document, claimed.document_id, populate_existing=True)
    _log(db, document, stored.sha256)
    live.publish(db, f"candidacy:{document.verdict.candidacy_id}")
    return True


def _log(db: Session, document: Document, sha256: str) -> None:
    """Keep the digest; other bytes than before are a new version."""
    before = document.sha256
    if before is not None and before != sha256:
        document.version += 1
    document.sha256 = sha256
    facts: dict[str, Any] = {"sha256": sha256, "template": document.template}
    if before is not None:
        facts |= {"before": before, "version": document.version}
    audit.record(
        db,
        SYSTEM,
        "document.issue" if before is None else "document.remake",
        document,
        candidacy_id=document.verdict.candidacy_id,
        kind=document.kind,
        **facts,
    )
