"""Make the documents of a verdict, keep them, and send them out.

Runs in the jobs process, from the outbox row that `validation.validate` queued. Making a
document again gives the same bytes, so that a run that was cut short is simply run again.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from enrolment.models import Candidacy, Candidate, Certification, Registration
from kernel import audit, links, outbox, post
from kernel.db import Database
from kernel.levels import Level
from kernel.permissions import SYSTEM
from kernel.settings import Settings
from kernel.storage import Storage
from people import queries as people_queries
from results import queries
from results.documents import (
    AttestationData,
    CertificateData,
    Criterion,
    Person,
    attestation,
    certificate,
)
from results.documents.words import SKILLS, say
from results.models import Document, DocumentKind, VerdictRow
from results.validation import ISSUE
from rooms.models import Interview
from rubrics.library import grid
from rubrics.models import Scoresheet


def register(settings: Settings, storage: Storage) -> None:
    """Let the jobs process make documents with these settings and this storage."""

    @outbox.handles(ISSUE)
    def _handle(database: Database, row: outbox.OutboxRow) -> None:
        with database.transaction() as db:
            issue(db, settings, storage, row.payload["verdict_id"])


def issue(db: Session, settings: Settings, storage: Storage, verdict_id: int) -> None:
    """Make and store the documents of a verdict that lack their file, then queue the mails."""
    verdict = _load(db, verdict_id)
    for document in verdict.documents:
        if document.storage_key is not None:
            continue
        content = _draw(db, settings, verdict, document)
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


def _load(db: Session, verdict_id: int) -> VerdictRow:
    candidacy = joinedload(VerdictRow.candidacy)
    return db.scalars(
        select(VerdictRow)
        .where(VerdictRow.id == verdict_id)
        .options(
            selectinload(VerdictRow.documents),
            candidacy.joinedload(Candidacy.candidate).joinedload(Candidate.user),
            candidacy.joinedload(Candidacy.organisation),
            candidacy.joinedload(Candidacy.certification).selectinload(Certification.registrations),
        )
    ).one()


def _oral(db: Session, verdict: VerdictRow) -> Interview:
    return db.scalars(
        select(Interview)
        .join(Scoresheet, Scoresheet.performance_id == Interview.performance_id)
        .where(Scoresheet.id == verdict.scoresheet_id)
        .options(joinedload(Interview.appointment))
    ).one()


def _draw(db: Session, settings: Settings, verdict: VerdictRow, document: Document) -> bytes:
    candidacy = verdict.candidacy
    candidate = candidacy.candidate
    locale = document.locale
    interview = _oral(db, verdict)
    # A day on paper is the day it was where the exam is held.
    zone = ZoneInfo(settings.default_timezone)
    oral_on = (interview.started_at or interview.appointment.starts_at).astimezone(zone).date()
    shared: dict[str, Any] = {
        "locale": locale,
        "code": document.code,
        "issued_on": document.issued_at.astimezone(zone).date(),
        "certifier": settings.certifier_name,
        "certification": candidacy.certification.name(locale),
        "language": candidacy.certification.language.label(locale),
        "organisation": candidacy.organisation.name,
        "person": Person(
            first_names=candidate.first_names,
            birth_name=candidate.birth_name,
            birth_date=candidate.birth_date,
            used_name=candidate.used_name,
            birth_place=candidate.birth_place,
        ),
        "oral_on": oral_on,
        "registration": _number(candidacy.certification.registrations, oral_on),
    }
    address = links.address(settings, "verify", code=document.code)
    if document.kind is DocumentKind.CERTIFICATE:
        return certificate(CertificateData(**shared, level=verdict.target), address)
    names = grid().names(locale)
    criteria = tuple(
        Criterion(names.get(key, key), Level(level) if level else None)
        for key, level in grid().in_order(verdict.criteria)
    )
    data = AttestationData(
        **shared,
        overall=verdict.overall,
        written=verdict.written,
        oral=verdict.oral,
        criteria=criteria,
        policy=verdict.policy,
        written_on=date.fromisoformat(day) if (day := verdict.inputs.get("written_on")) else None,
        skills=tuple(
            Criterion(say(locale, SKILLS[skill]), level)
            for skill, level in queries.written_skills(verdict).items()
        ),
    )
    return attestation(data, address)


def _number(registrations: list[Registration], day: Any) -> str:
    """Return the register's number in force on the day of the oral, or nothing."""
    for row in registrations:
        if row.valid_from <= day and (row.valid_until is None or day <= row.valid_until):
            return row.number
    return ""


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
