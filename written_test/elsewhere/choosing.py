"""Two written results contradict each other: a coordinator chooses which counts, and says why."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment import journey
from enrolment.models import Candidacy, Stage
from kernel import audit
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor, Permission, check
from written_test.models import Standing, WrittenResult
from written_test.recording import current, settle


def waiting_of(db: Session, candidacy_id: int) -> list[WrittenResult]:
    """Return the results of a candidacy that wait for a choice, oldest first."""
    return list(
        db.scalars(
            select(WrittenResult)
            .where(
                WrittenResult.candidacy_id == candidacy_id,
                WrittenResult.standing == Standing.WAITING,
            )
            .order_by(WrittenResult.version)
        )
    )


def choose(
    db: Session, actor: Actor, candidacy: Candidacy, result: WrittenResult, reason: str
) -> None:
    """Let `result` count, and none of those beside it.

    Raises:
        Invalid: no reason.
        Refused: nothing waits for a choice, `result` is no part of it, or all is published.
    """
    check(db, actor, Permission.ENTER_WRITTEN_RESULT, candidacy)
    if not reason.strip():
        raise Invalid(N_("Dites pourquoi c'est ce résultat qui compte."), "reason")
    journey.lock(db, candidacy)
    if candidacy.stage in (Stage.VALIDATED, Stage.WITHDRAWN):
        raise Refused(N_("Les résultats sont publiés : le niveau écrit ne se change plus ici."))
    db.expire_all()
    others, now = waiting_of(db, candidacy.id), current(db, candidacy.id)
    if not others or result.id not in {other.id for other in (now, *others) if other is not None}:
        raise Refused(N_("Ce choix a déjà été fait : rechargez la page."))
    in_force = db.scalars(
        select(WrittenResult).where(
            WrittenResult.candidacy_id == candidacy.id,
            WrittenResult.standing == Standing.IN_FORCE,
        )
    )
    for other in {*others, *in_force} - {result}:
        other.standing = Standing.REFUSED
    result.standing, result.reason = Standing.IN_FORCE, reason.strip()
    db.flush()
    audit.record(
        db,
        actor,
        "written_result.choose",
        result,
        candidacy_id=candidacy.id,
        version=result.version,
        refused=sorted(other.version for other in others if other is not result),
    )
    settle(db, actor, candidacy)
