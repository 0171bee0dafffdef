"""What every document of a verdict says: who, what, when, for whom."""

from __future__ import annotations

from datetime import date
from typing import Any

from enrolment.models import Registration
from kernel import exam_zone
from results import queries
from results.documents import Person
from results.kinds.kind import Source


def facts(source: Source) -> dict[str, Any]:
    """Return the facts that all documents share, in the document's language."""
    document, candidacy = source.document, source.verdict.candidacy
    candidate, certification = candidacy.candidate, candidacy.certification
    interview = queries.oral_of(source.db, source.verdict)
    oral_on = exam_zone.day_of(interview.started_at or interview.appointment.starts_at)
    return {
        "locale": document.locale,
        "code": document.code,
        "issued_on": exam_zone.day_of(document.issued_at),
        "certifier": source.settings.certifier_name,
        "certification": certification.name(document.locale),
        "language": certification.language.label(document.locale),
        "organisation": candidacy.organisation.name,
        "person": Person(
            first_names=candidate.first_names,
            birth_name=candidate.birth_name,
            birth_date=candidate.birth_date,
            used_name=candidate.used_name,
            birth_place=candidate.birth_place,
        ),
        "oral_on": oral_on,
        "registration": _number(certification.registrations, oral_on),
    }


def _number(registrations: list[Registration], day: date) -> str:
    """Return the register's number in force on the day of the oral, or nothing."""
    for row in registrations:
        if row.valid_from <= day and (row.valid_until is None or day <= row.valid_until):
            return row.number
    return ""
