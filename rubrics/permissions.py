"""Who may open, write, see and reopen a scoresheet."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kernel.permissions import Actor, Permission, Role, rule
from rubrics import mandates
from rubrics.models import Performance, Scoresheet


@rule(Permission.OPEN_SCORESHEET)
def _open(db: Session, actor: Actor, performance: Performance) -> bool:
    # Whose interview it is, only the rooms know: whoever opens a sheet has asked them first. They
    # had the mandate on the day of the oral; one that ended since does not keep them from marking.
    return mandates.to_rate_own(db, performance).allows(db, actor.user_id)


@rule(Permission.MARK)
def _mark(_db: Session, actor: Actor, sheet: Scoresheet) -> bool:
    return actor.role is Role.EVALUATOR and sheet.rater_id == actor.user_id


@rule(Permission.SEE_SCORESHEET)
def _see(db: Session, actor: Actor, sheet: Scoresheet) -> bool:
    return actor.role is Role.COORDINATOR or _mark(db, actor, sheet)


@rule(Permission.REOPEN_SCORESHEET)
def _reopen(_db: Session, actor: Actor, _sheet: Scoresheet) -> bool:
    return actor.role is Role.COORDINATOR
