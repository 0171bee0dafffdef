"""What is at stake in the oral of a candidacy, for whoever asks who may examine or rate it."""

from __future__ import annotations

from sqlalchemy import Select

from enrolment.models import Candidacy
from people.mandates import Case


def case_of(candidacy: Candidacy, met: Select[int] | None) -> Case:
    """Return the case of a candidacy; `met` selects the evaluators who have met the person."""
    return Case(
        language=candidacy.certification.language,
        level=candidacy.target_level,
        organisation_id=candidacy.organisation_id,
        met=met,
    )
