"""A test that does not count: its result falls, and the candidate may sit another."""

from __future__ import annotations

from sqlalchemy.orm import Session

from enrolment import journey
from enrolment.events import WrittenTestEnded
from enrolment.models import Stage
from kernel import audit, clock, events, live
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor, Permission, check
from written_test import recording
from written_test.models import WrittenTest, WrittenTestState


def void(db: Session, actor: Actor, test: WrittenTest, reason: str) -> None:
    """Let a test not count; again changes nothing.

    Raises:
        Invalid: no reason.
        Refused: the results have been validated.
    """
    check(db, actor, Permission.VOID_WRITTEN_TEST, test)
    if not reason.strip():
        raise Invalid(N_("Dites pourquoi ce test ne compte pas."), "reason")
    journey.lock(db, test.candidacy)
    db.refresh(test)
    if test.state is WrittenTestState.VOID:
        return
    if test.candidacy.stage is Stage.VALIDATED:
        raise Refused(N_("Les résultats sont publiés : le test écrit ne s'annule plus ici."))
    recording.withdraw_test(db, actor, test, reason.strip())
    test.state, test.void_reason = WrittenTestState.VOID, reason.strip()
    test.ended_at, test.page = test.ended_at or clock.now(), ""
    audit.record(db, actor, "written_test.void", test, candidacy_id=test.candidacy_id)
    events.tell(db, WrittenTestEnded(test.candidacy))
    live.publish(db, f"candidacy:{test.candidacy_id}")
