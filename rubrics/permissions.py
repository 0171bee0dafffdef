"""Who may open, write, see and reopen a scoresheet."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment.models import Candidacy
from kernel.permissions import Actor, Permission, Role, rule
from people.models import Tie
from rubrics.models import Performance, Scoresheet


@rule(Permission.OPEN_SCORESHEET)
def _open(db: Session, actor: Actor, performance: Performance) -> bool:
    # Whose interview it is, only the rooms know: whoever opens a sheet has asked them first.
    if actor.role is not Role.EVALUATOR:
        return False
    if performance.candidacy_id is None:
        return True
    tied = (
        select(Tie.id)
        .join(Candidacy, Candidacy.organisation_id == Tie.organisation_id)
        .where(Candidacy.id == performance.candidacy_id, Tie.evaluator_id == actor.user_id)
    )
    return db.scalar(tied) is None


@rule(Permission.MARK)
def _mark(_db: Session, actor: Actor, sheet: Scoresheet) -> bool:
    return actor.role is Role.EVALUATOR and sheet.rater_id == actor.user_id


@rule(Permission.SEE_SCORESHEET)
def _see(db: Session, actor: Actor, sheet: Scoresheet) -> bool:
    return actor.role is Role.COORDINATOR or _mark(db, actor, sheet)


@rule(Permission.REOPEN_SCORESHEET)
def _reopen(_db: Session, actor: Actor, _sheet: Scoresheet) -> bool:
    return actor.role is Role.COORDINATOR
