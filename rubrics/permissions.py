"""Who may assign raters, mark and reopen a scoresheet, and see how raters compare."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kernel.permissions import Actor, Permission, Role, rule
from people.models import User
from rubrics import assignments, mandates
from rubrics.models import Assignment, Performance, RaterRole, Scoresheet


@rule(Permission.ASSIGN_RATER)
def _assign(_db: Session, actor: Actor, _performance: Performance) -> bool:
    return actor.coordinates


@rule(Permission.OPEN_SCORESHEET)
def _open(db: Session, actor: Actor, performance: Performance) -> bool:
    # They had the mandate on the day of the oral; one that ended since does not keep them from
    # marking. A tie that came to be known since keeps them from opening the sheet; one that is open
    # stays theirs, so that no remark is lost: a coordinator withdraws the assignment.
    return assignments.of_rater(
        db, performance.id, actor.user_id
    ) is not None and mandates.to_rate_own(db, performance).allows(db, actor.user_id)


@rule(Permission.RATE_RECORDING)
def _rate(db: Session, actor: Actor, assignment: Assignment) -> bool:
    mine = actor.role is Role.EVALUATOR and assignment.rater_id == actor.user_id
    beside = assignment.role is not RaterRole.FIRST and assignment.stands
    # A tie that came to be known since keeps them from all of it.
    return (
        mine
        and beside
        and mandates.to_rate_own(db, assignment.performance).allows(db, actor.user_id)
    )


def _rates(actor: Actor, sheet: Scoresheet) -> bool:
    return actor.role is Role.EVALUATOR and sheet.rater_id == actor.user_id


@rule(Permission.MARK)
def _mark(_db: Session, actor: Actor, sheet: Scoresheet) -> bool:
    return _rates(actor, sheet) and sheet.assignment.stands


@rule(Permission.SEE_SCORESHEET)
def _see(_db: Session, actor: Actor, sheet: Scoresheet) -> bool:
    return actor.role is Role.COORDINATOR or _rates(actor, sheet)


@rule(Permission.REOPEN_SCORESHEET)
def _reopen(_db: Session, actor: Actor, _sheet: Scoresheet) -> bool:
    return actor.role is Role.COORDINATOR


@rule(Permission.PUBLISH_GRID)
def _publish(_db: Session, actor: Actor, _thing: object) -> bool:
    return actor.coordinates


@rule(Permission.SEE_RATERS)
def _see_raters(_db: Session, actor: Actor, _nothing: None) -> bool:
    return actor.coordinates


@rule(Permission.STUDY_RATERS)
def _study_raters(_db: Session, actor: Actor, _nothing: None) -> bool:
    return actor.coordinates


@rule(Permission.SEE_OWN_MARKING)
def _see_own_marking(_db: Session, actor: Actor, rater: User) -> bool:
    return actor.role is Role.EVALUATOR and actor.user_id == rater.id
