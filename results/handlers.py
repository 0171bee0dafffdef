"""What results do because another noun decided."""

from __future__ import annotations

from sqlalchemy.orm import Session

from enrolment.models import Candidacy
from kernel import events
from results import marks
from rubrics.events import MarkingChanged


@events.on(MarkingChanged)
def count_marks(db: Session, event: MarkingChanged) -> None:
    """Say anew whether the candidacy has its marks."""
    if event.performance.candidacy_id is not None:
        candidacy = db.get_one(Candidacy, event.performance.candidacy_id)
        marks.settle(db, event.actor, candidacy, event.reason)
