"""Send out the documents of a verdict, once each has its file.

Runs in the jobs process, from the outbox row that `validation.validate` queued. A run that was cut
short anywhere is run again, and goes on from what is there.
"""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import links, outbox
from kernel.db import LOCK, Database
from kernel.settings import Settings
from kernel.storage import Storage
from people import entry, letters
from people import queries as people_queries
from results import kinds, making, queries
from results.models import Document, VerdictRow
from results.validation import ISSUE


class NotYet(Exception):
    """Another worker is making a document: the outbox tries again."""


def register(settings: Settings, storage: Storage) -> None:
    """Let the jobs process make documents with these settings and this storage."""

    @outbox.handles(ISSUE)
    def _handle(database: Database, row: outbox.OutboxRow) -> None:
        issue(database, settings, storage, row.payload["verdict_id"])


def issue(database: Database, settings: Settings, storage: Storage, verdict_id: int) -> None:
    """Make the documents of a verdict that lack their file, then queue the mails, once.

    Raises:
        NotYet: another worker is making one of them.
    """
    with database.session(read_only=True) as db:
        ids = db.scalars(
            select(Document.id).where(Document.verdict_id == verdict_id).order_by(Document.id)
        ).all()
    made = [making.make(database, settings, storage, document_id) for document_id in ids]
    if not all(made):
        raise NotYet(f"verdict {verdict_id}")
    with database.transaction() as db:
        db.execute(select(VerdictRow.id).where(VerdictRow.id == verdict_id).with_for_update(**LOCK))
        _send(db, settings, queries.with_all_it_bears(db, verdict_id))


def _send(db: Session, settings: Settings, verdict: VerdictRow) -> None:
    candidacy = verdict.candidacy
    user = candidacy.candidate.user
    # What each reader is sent or told of is what they may open.
    documents = queries.opened_by(db, user.actor, verdict)
    facts = {
        "overall": str(verdict.overall),
        "written": str(verdict.written),
        "oral": str(verdict.oral),
        "target": str(verdict.target),
        "certified": verdict.certified,
        "beyond": verdict.overall.rank > verdict.target.rank,
    }
    letters.to(
        db,
        user,
        "results_ready",
        {
            "certification": letters.in_each_language(candidacy.certification.name),
            "verify_link": links.address(settings, "verify", code=documents[0].code),
            "documents": letters.in_each_language(
                partial(kinds.said, documents, word=attrgetter("yours"))
            ),
            **facts,
        },
        opens=entry.leads_to("results", candidacy_id=candidacy.id),
        files=[_attached(document) for document in documents],
        dedupe=f"results_ready:{verdict.id}",
    )
    _tell_organisation(db, settings, verdict, facts)


def _attached(document: Document) -> dict[str, str]:
    kind = kinds.of(document.kind)
    return {
        "key": document.storage_key or "",
        "name": kind.file_name(document),
        "type": kind.media_type,
    }


def _tell_organisation(
    db: Session, settings: Settings, verdict: VerdictRow, facts: dict[str, Any]
) -> None:
    candidacy = verdict.candidacy
    for manager in people_queries.managers(db, candidacy.organisation_id):
        documents = queries.opened_by(db, manager.actor, verdict)
        letters.to(
            db,
            manager,
            "organisation_results",
            {
                "organisation": candidacy.organisation.name,
                "candidate": candidacy.candidate.name,
                "certification": letters.in_each_language(candidacy.certification.name),
                "link": links.address(
                    settings, "organisation_candidacy", candidacy_id=candidacy.id
                ),
                "documents": letters.in_each_language(
                    partial(kinds.said, documents, word=attrgetter("name"))
                ),
                **facts,
            },
            dedupe=f"organisation_results:{verdict.id}:{manager.id}",
        )
