"""Make the documents of a verdict, keep them, and send them out.

Runs in the jobs process, from the outbox row that `validation.validate` queued. Making a
document again gives the same bytes, so that a run that was cut short is simply run again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from kernel import audit, links, outbox, post
from kernel.db import Database
from kernel.permissions import SYSTEM
from kernel.settings import Settings
from kernel.storage import Storage
from people import queries as people_queries
from results import queries, stating
from results.models import VerdictRow
from results.validation import ISSUE


def register(settings: Settings, storage: Storage) -> None:
    """Let the jobs process make documents with these settings and this storage."""

    @outbox.handles(ISSUE)
    def _handle(database: Database, row: outbox.OutboxRow) -> None:
        with database.transaction() as db:
            issue(db, settings, storage, row.payload["verdict_id"])


def issue(db: Session, settings: Settings, storage: Storage, verdict_id: int) -> None:
    """Make and store the documents of a verdict that lack their file, then queue the mails."""
    verdict = queries.with_all_it_bears(db, verdict_id)
    for document in verdict.documents:
        if document.storage_key is not None:
            continue
        stating.state(db, settings, verdict, document)
        content = stating.draw(document.kind, document.statement or {})
        stored = storage.put(f"documents/{document.code}.pdf", content)
        document.storage_key, document.sha256 = stored.key, stored.sha256
        audit.record(
            db,
            SYSTEM,
            "document.issue",
            document,
            candidacy_id=verdict.candidacy_id,
            kind=str(document.kind),
            sha256=stored.sha256,
        )
    _send(db, settings, verdict)


def _send(db: Session, settings: Settings, verdict: VerdictRow) -> None:
    candidacy = verdict.candidacy
    user = candidacy.candidate.user
    first = verdict.documents[0]
    facts = {
        "overall": str(verdict.overall),
        "written": str(verdict.written),
        "oral": str(verdict.oral),
        "target": str(verdict.target),
        "certified": verdict.certified,
    }
    post.queue(
        db,
        "results_ready",
        name=user.name,
        email=user.email,
        locale=user.locale,
        context={
            "person": user.name,
            "certification": candidacy.certification.name(user.locale),
            "link": links.address(settings, "candidate_home"),
            "verify_link": links.address(settings, "verify", code=first.code),
            **facts,
        },
        files=[
            {
                "key": document.storage_key or "",
                "name": f"{document.kind}-{document.code}.pdf",
                "type": "application/pdf",
            }
            for document in verdict.documents
        ],
        dedupe=f"results_ready:{verdict.id}",
    )
    _tell_organisation(db, settings, verdict, facts)


def _tell_organisation(
    db: Session, settings: Settings, verdict: VerdictRow, facts: dict[str, Any]
) -> None:
    candidacy = verdict.candidacy
    for manager in people_queries.managers(db, candidacy.organisation_id):
        post.queue(
            db,
            "organisation_results",
            name=manager.name,
            email=manager.email,
            locale=manager.locale,
            context={
                "person": manager.name,
                "organisation": candidacy.organisation.name,
                "candidate": candidacy.candidate.name,
                "certification": candidacy.certification.name(manager.locale),
                "link": links.address(
                    settings, "organisation_candidacy", candidacy_id=candidacy.id
                ),
                **facts,
            },
            dedupe=f"organisation_results:{verdict.id}:{manager.id}",
        )
