"""Results of the written part, by hand or from a test; a changed one is a new version."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from enrolment import journey, oral_letter
from enrolment.models import Candidacy, GateKind, Stage
from kernel import audit, clock, events, live
from kernel.errors import N_, Invalid, Refused
from kernel.levels import Level
from kernel.permissions import SYSTEM, Actor, Permission, check
from written_test.events import WrittenResultChanged
from written_test.models import Source, Standing, WrittenResult, WrittenTest


def current(db: Session, candidacy_id: int) -> WrittenResult | None:
    """Return the written result in force, if there is one."""
    return db.scalars(
        select(WrittenResult)
        .where(
            WrittenResult.candidacy_id == candidacy_id,
            WrittenResult.standing == Standing.IN_FORCE,
        )
        .order_by(WrittenResult.version.desc())
        .limit(1)
    ).first()


def enter(
    db: Session, actor: Actor, candidacy: Candidacy, level: Level, reason: str = ""
) -> WrittenResult:
    """Enter the written level; entering the same one again changes nothing.

    Raises:
        Invalid: a changed result without a reason.
        Refused: the results have been validated.
    """
    check(db, actor, Permission.ENTER_WRITTEN_RESULT, candidacy)
    journey.lock(db, candidacy)
    if candidacy.stage in (Stage.VALIDATED, Stage.WITHDRAWN):
        raise Refused(N_("Les résultats sont publiés : le niveau écrit ne se change plus ici."))
    last = current(db, candidacy.id)
    if last is not None and last.level is level:
        return last
    if last is not None and not reason.strip():
        raise Invalid(N_("Dites pourquoi le niveau écrit change."), "reason")
    result = add(
        db,
        actor,
        candidacy,
        level=level,
        source=Source.COORDINATOR,
        entered_by_id=actor.user_id,
        reason=reason.strip(),
    )
    settle(db, actor, candidacy)
    return result


def add(db: Session, actor: Actor, candidacy: Candidacy, **values: Any) -> WrittenResult:
    """Add one version of a candidacy's result; whoever adds it holds the candidacy, and settles."""
    last = db.scalar(
        select(func.max(WrittenResult.version)).where(WrittenResult.candidacy_id == candidacy.id)
    )
    result = WrittenResult(
        candidacy_id=candidacy.id, version=(last or 0) + 1, entered_at=clock.now(), **values
    )
    db.add(result)
    db.flush()
    audit.record(
        db, actor, "written_result.enter", result, candidacy_id=candidacy.id, version=result.version
    )
    return result


def settle(db: Session, actor: Actor, candidacy: Candidacy, reason: str = "") -> None:
    """Tell the other instruments whether a result is in force now.

    A candidacy that was complete and has no result any more waits for one again, for `reason`.
    Whoever waited for a level from elsewhere is told that booking is open.
    """
    counts = current(db, candidacy.id)
    waited = candidacy.stage is Stage.ENROLLED
    detail = str(counts.source) if counts else ""
    live.publish(db, f"candidacy:{candidacy.id}")
    events.tell(db, WrittenResultChanged(actor, candidacy))
    had_one = journey.report(
        db,
        actor,
        candidacy,
        GateKind.WRITTEN_RESULT,
        is_open=counts is not None,
        detail=detail,
        reason=reason,
    )
    if waited and not had_one and counts is not None and counts.source is not Source.TEST:
        oral_letter.queue(db, candidacy, again=False)


def record_test(db: Session, test: WrittenTest) -> WrittenResult:
    """Keep the level of a test that has ended as the candidacy's result.

    A result in force from elsewhere keeps its force: a coordinator chooses between the two.
    """
    candidacy = test.candidacy
    journey.lock(db, candidacy)
    other = current(db, candidacy.id)
    result = add(
        db,
        SYSTEM,
        candidacy,
        level=test.level,
        skills=test.skills,
        ability=test.theta,
        standard_error=test.standard_error,
        source=Source.TEST,
        standing=Standing.IN_FORCE if other is None else Standing.WAITING,
        test_id=test.id,
        sat_on=test.started_at.date(),
    )
    settle(db, SYSTEM, candidacy)
    return result


def withdraw_test(db: Session, actor: Actor, test: WrittenTest, reason: str) -> None:
    """Take the result of a void test out of force."""
    db.execute(
        update(WrittenResult)
        .where(WrittenResult.test_id == test.id)
        .values(standing=Standing.VOID, reason=reason)
    )
    settle(db, actor, test.candidacy, reason)
