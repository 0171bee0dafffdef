"""The letter to a candidate who waited for it: they may choose the hour of their oral."""

from __future__ import annotations

from sqlalchemy.orm import Session

from enrolment.models import Candidacy
from people import entry, letters


def queue(db: Session, candidacy: Candidacy, *, again: bool) -> None:
    """Tell the candidate that booking is open; `again`: after an oral that came to nothing."""
    letters.to(
        db,
        candidacy.candidate.user,
        "oral_to_book",
        {
            "certification": letters.in_each_language(candidacy.certification.name),
            "again": again,
        },
        opens=entry.leads_to("booking", candidacy_id=candidacy.id),
    )
