"""Enter the result of the written part by hand; a changed one is a new version with a reason."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment import gates, journey
from enrolment.models import Candidacy, GateKind, Stage
from kernel import audit, clock
from kernel.errors import N_, Invalid, Refused
from kernel.levels import Level
from kernel.permissions import Actor, Permission, check
from written_test.models import Source, WrittenResult


def current(db: Session, candidacy_id: int) -> WrittenResult | None:
    """Return the written result in force, if there is one."""
    return db.scalars(
        select(WrittenResult)
        .where(WrittenResult.candidacy_id == candidacy_id)
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
    journey.hold(db, candidacy)
    if candidacy.stage in (Stage.VALIDATED, Stage.WITHDRAWN):
        raise Refused(N_("Les résultats sont publiés : le niveau écrit ne se change plus ici."))
    last = current(db, candidacy.id)
    if last is not None and last.level is level:
        return last
    if last is not None and not reason.strip():
        raise Invalid(N_("Dites pourquoi le niveau écrit change."), "reason")
    result = WrittenResult(
        candidacy_id=candidacy.id,
        version=last.version + 1 if last else 1,
        level=level,
        source=Source.COORDINATOR,
        entered_by_id=actor.user_id,
        entered_at=clock.now(),
        reason=reason.strip(),
    )
    db.add(result)
    audit.record(
        db, actor, "written_result.enter", result, candidacy_id=candidacy.id, version=result.version
    )
    gates.put(db, candidacy, GateKind.WRITTEN_RESULT, is_open=True)
    journey.complete_if_ready(db, actor, candidacy)
    return result
