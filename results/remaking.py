"""Documents whose file is lost: noticed, told to the coordinators, made again from their statement.

The verdict, the code and what the document states are rows: only the file is gone. Made again it
has the same bytes, or is a new version and says so (`results.making`).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from enrolment.models import Candidacy
from kernel import audit, clock, outbox
from kernel.db import Database
from kernel.errors import N_, Refused
from kernel.permissions import SYSTEM, Actor, Permission, check
from kernel.settings import Settings
from kernel.storage import NotStored, Storage, Tampered
from results import making
from results.issuing import NotYet
from results.models import Document, VerdictRow

REMAKE = "document_remake"
LOST = (NotStored, Tampered)
"""The file is not there, or is no longer what was stored."""
MINUTES_A_DAY = 24 * 60


def missing(db: Session) -> Sequence[Document]:
    """Return the documents whose file is known to be lost, oldest first."""
    candidacy = joinedload(Document.verdict).joinedload(VerdictRow.candidacy)
    return db.scalars(
        select(Document)
        .where(Document.missing_at.is_not(None), Document.storage_key.is_not(None))
        .options(candidacy.joinedload(Candidacy.candidate))
        .order_by(Document.missing_at)
    ).all()


def report(db: Session, document_id: int) -> None:
    """Keep that the file of a document is lost; again changes nothing."""
    document = db.get(Document, document_id)
    if document is None or document.missing_at is not None:
        return
    document.missing_at = clock.now()
    audit.record(
        db, SYSTEM, "document.missing", document, candidacy_id=document.verdict.candidacy_id
    )


def look(database: Database, storage: Storage) -> int:
    """Look whether files are there, those of a minute's share; return how many are lost.

    Each document has its minute of the day, so that all are looked at once a day.
    """
    now = clock.now()
    minute = now.hour * 60 + now.minute
    with database.session(read_only=True) as db:
        rows = db.execute(
            select(Document.id, Document.storage_key).where(
                Document.id % MINUTES_A_DAY == minute,
                Document.storage_key.is_not(None),
                Document.missing_at.is_(None),
            )
        ).all()
    lost = [document_id for document_id, key in rows if key and not storage.exists(key)]
    if lost:
        with database.transaction() as db:
            for document_id in lost:
                report(db, document_id)
    return len(lost)


def ask(db: Session, actor: Actor, document: Document) -> None:
    """Have a document made again; the jobs process does it within seconds.

    Raises:
        Forbidden: the actor does not coordinate.
        Refused: its file is there, or it is being made already.
    """
    candidacy = document.verdict.candidacy
    check(db, actor, Permission.VALIDATE_RESULTS, candidacy)
    lost = document.storage_key
    if document.missing_at is None or lost is None:
        raise Refused(
            N_("Ce document n'est pas à refaire : son fichier est là, ou en préparation.")
        )
    document.storage_key = None
    audit.record(db, actor, "document.remake_asked", document, candidacy_id=candidacy.id)
    moment = clock.now().isoformat()
    outbox.enqueue(
        db,
        REMAKE,
        {"document_id": document.id, "lost": lost},
        dedupe=f"{REMAKE}:{document.id}:{moment}",
    )


def register(settings: Settings, storage: Storage) -> None:
    """Let the jobs process make documents again with these settings and this storage."""

    @outbox.handles(REMAKE)
    def _handle(database: Database, row: outbox.OutboxRow) -> None:
        remake(database, settings, storage, row.payload["document_id"], row.payload.get("lost"))


def remake(
    database: Database, settings: Settings, storage: Storage, document_id: int, lost: str | None
) -> None:
    """Make a document again, then remove what is left of the `lost` file; again changes nothing.

    Raises:
        NotYet: another worker is making it.
    """
    if not making.make(database, settings, storage, document_id):
        raise NotYet(f"document {document_id}")
    with database.session(read_only=True) as db:
        key = db.scalar(select(Document.storage_key).where(Document.id == document_id))
    if lost is not None and lost != key:
        storage.delete(lost)
