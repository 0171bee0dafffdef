"""What a document states: read from the verdict once, kept with the document, drawn from there.

A document that is made again says what it said, whatever became of names and offers since.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from enrolment.models import Registration
from kernel import links
from kernel.levels import Level
from kernel.settings import Settings
from results import queries
from results.documents import AttestationData, CertificateData, Criterion, Person
from results.documents.words import SKILLS, say
from results.models import Document, DocumentKind, VerdictRow

Data = AttestationData | CertificateData


@cache
def _adapter(kind: DocumentKind) -> TypeAdapter[Any]:
    return TypeAdapter(CertificateData if kind is DocumentKind.CERTIFICATE else AttestationData)


def state(db: Session, settings: Settings, verdict: VerdictRow, document: Document) -> None:
    """Keep with `document` what it states, unless it does already.

    `verdict` is loaded with its candidacy, candidate, organisation and certification.
    """
    if document.statement is None:
        data = _read(db, settings, verdict, document)
        document.statement = {
            "address": links.address(settings, "verify", code=document.code),
            "states": _adapter(document.kind).dump_python(data, mode="json"),
        }


def stated(document: Document) -> Data | None:
    """Return what `document` states, or None for one issued before that was kept."""
    if document.statement is None:
        return None
    data: Data = _adapter(document.kind).validate_python(document.statement["states"])
    return data


def draw(kind: str, template: int, statement: dict[str, Any]) -> bytes:
    """Return the PDF of what `statement` holds; the same statement gives the same bytes."""
    # Slow to import, and pages only read what documents state.
    from results.documents.attestation import attestation  # noqa: PLC0415
    from results.documents.certificate import certificate  # noqa: PLC0415

    data: Data = _adapter(DocumentKind(kind)).validate_python(statement["states"])
    if isinstance(data, CertificateData):
        return {1: certificate}[template](data, statement["address"])
    return {1: attestation}[template](data, statement["address"])


def _read(db: Session, settings: Settings, verdict: VerdictRow, document: Document) -> Data:
    candidacy = verdict.candidacy
    candidate = candidacy.candidate
    locale = document.locale
    interview = queries.oral_of(db, verdict)
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
    if document.kind is DocumentKind.CERTIFICATE:
        return CertificateData(**shared, level=verdict.target)
    grid = queries.grid_of(verdict)
    names = grid.names(locale)
    criteria = tuple(
        Criterion(names[key], Level(level) if level else None)
        for key, level in grid.in_order(verdict.criteria)
    )
    return AttestationData(
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


def _number(registrations: list[Registration], day: Any) -> str:
    """Return the register's number in force on the day of the oral, or nothing."""
    for row in registrations:
        if row.valid_from <= day and (row.valid_until is None or day <= row.valid_until):
            return row.number
    return ""
