"""What the watch does because the written test decided."""

from __future__ import annotations

from sqlalchemy.orm import Session

from enrolment.events import WrittenTestEnded, WrittenTestLeft
from kernel import events
from proctor import watching


@events.on(WrittenTestLeft)
def leave_watch(db: Session, event: WrittenTestLeft) -> None:
    """Close the watch with the test that is left; coming back opens another."""
    session = watching.running(db, event.candidacy)
    if session is not None:
        watching.leave(db, event.actor, session)


@events.on(WrittenTestEnded)
def end_watch(db: Session, event: WrittenTestEnded) -> None:
    """End the watch with the test, whoever ended it: camera and microphone are to go off."""
    session = watching.running(db, event.candidacy)
    if session is not None:
        watching.end(db, session)
