"""Who may rate a performance: the rule is `people.mandates`, who rated before is ours."""

from __future__ import annotations

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from enrolment.models import Candidacy, Candidate
from enrolment.stakes import case_of
from people.mandates import Case, Mandate, may_examine, may_rate
from rubrics.models import Assignment, Performance, Scoresheet


def to_rate_own(db: Session, performance: Performance) -> Mandate:
    """Return the mandate to mark an oral that one has held oneself, or a benchmark recording."""
    return may_examine(_case(db, performance, None))


def to_rate(db: Session, performance: Performance, *, senior: bool = False) -> Mandate:
    """Return the mandate to second-mark a performance; `senior`: to adjudicate it.

    Nobody rates a person whom they have examined or rated before, themselves least of all.
    """
    return may_rate(_case(db, performance, _raters_of(performance)), senior=senior)


def _case(db: Session, performance: Performance, met: Select[int] | None) -> Case:
    if performance.candidacy_id is None:
        return Case(performance.language, met=met)
    return case_of(db.get_one(Candidacy, performance.candidacy_id), met)


def _raters_of(performance: Performance) -> Select[int]:
    """Select who rates, or has rated, this performance or any other of the same person."""
    wrote = exists().where(Scoresheet.assignment_id == Assignment.id)
    raters = (
        select(Assignment.rater_id)
        .join(Assignment.performance)
        .where(or_(Assignment.withdrawn_at.is_(None), wrote))
    )
    if performance.candidacy_id is None:
        return raters.where(Performance.id == performance.id)
    person = (
        select(Candidate.user_id)
        .join(Candidacy, Candidacy.candidate_id == Candidate.id)
        .where(Candidacy.id == performance.candidacy_id)
        .scalar_subquery()
    )
    return (
        raters.join(Candidacy, Candidacy.id == Performance.candidacy_id)
        .join(Candidate, Candidate.id == Candidacy.candidate_id)
        .where(Candidate.user_id == person)
    )
