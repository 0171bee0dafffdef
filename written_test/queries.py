"""What pages and other nouns' decisions read of tests."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from written_test.models import Step, WrittenTest


def last_begun(db: Session, candidacy_id: int, until: datetime) -> WrittenTest | None:
    """Return the last test that a candidacy had begun at a moment, with its questions."""
    return db.scalars(
        select(WrittenTest)
        .where(WrittenTest.candidacy_id == candidacy_id, WrittenTest.started_at <= until)
        .order_by(WrittenTest.number.desc())
        .options(selectinload(WrittenTest.steps).joinedload(Step.item))
        .limit(1)
    ).first()
