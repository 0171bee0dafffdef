"""The tests that a person began before, and the questions that they have seen."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from enrolment.models import Candidacy, Candidate
from written_test.models import Item, Step, WrittenTest


def of_person(db: Session, candidacy: Candidacy) -> Sequence[WrittenTest]:
    """Return every test that this person began before, for any organisation."""
    return db.scalars(
        select(WrittenTest)
        .join(Candidacy, WrittenTest.candidacy_id == Candidacy.id)
        .join(Candidate, Candidacy.candidate_id == Candidate.id)
        .where(Candidate.user_id == candidacy.candidate.user_id)
    ).all()


def shown(db: Session, tests: Sequence[WrittenTest]) -> list[int]:
    """Return every version of every question that was shown in those tests.

    A question is its code within its bank: a new version is not a new question.
    """
    if not tests:
        return []
    version = aliased(Item)
    same = (Item.bank_id == version.bank_id, Item.code == version.code)
    versions = (
        select(Item.id)
        .join(version, and_(*same))
        .join(Step, Step.item_id == version.id)
        .where(Step.test_id.in_([test.id for test in tests]))
        .distinct()
    )
    return sorted(db.scalars(versions))
