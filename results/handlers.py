"""What results do because another noun decided."""

from __future__ import annotations

from sqlalchemy.orm import Session

from enrolment.models import Candidacy
from kernel import events
from results import marks, second_marking
from rubrics.events import MarkingChanged
from written_test.events import WrittenResultChanged


@events.on(MarkingChanged)
def count_marks(db: Session, event: MarkingChanged) -> None:
    """Ask for further marks where there is a risk, then say anew whether the candidacy has them."""
    if event.performance.candidacy_id is not None:
        candidacy = db.get_one(Candidacy, event.performance.candidacy_id)
        second_marking.consider(db, candidacy)
        marks.settle(db, event.actor, candidacy, event.reason)


@events.on(WrittenResultChanged)
def compare_levels(db: Session, event: WrittenResultChanged) -> None:
    """Ask for a second marking where the written level is the reason for it."""
    second_marking.consider(db, event.candidacy)
