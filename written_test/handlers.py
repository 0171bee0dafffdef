"""What the written test does because another noun decided."""

from __future__ import annotations

from sqlalchemy.orm import Session

from enrolment.events import LanguageChanging, WatchVoided
from kernel import events
from written_test import blueprints, queries, voiding


@events.on(LanguageChanging)
def keep_language(db: Session, event: LanguageChanging) -> None:
    """Refuse another language than that of the bank which the certification's test draws on."""
    blueprints.keeps_language(db, event.certification, event.language)


@events.on(WatchVoided)
def void_test(db: Session, event: WatchVoided) -> None:
    """Let the test not count that was sat under a void watch, whoever decided and from where."""
    test = queries.last_begun(db, event.candidacy.id, event.until)
    if test is not None:
        voiding.void(db, event.actor, test, event.reason)
