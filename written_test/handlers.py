"""What the written test does because another noun decided."""

from __future__ import annotations

from sqlalchemy.orm import Session

from enrolment.events import WatchVoided
from kernel import events
from written_test import queries, voiding


@events.on(WatchVoided)
def void_test(db: Session, event: WatchVoided) -> None:
    """Let the test not count that was sat under a void watch, whoever decided and from where."""
    test = queries.last_begun(db, event.candidacy.id, event.until)
    if test is not None:
        voiding.void(db, event.actor, test, event.reason)
