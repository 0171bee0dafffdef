"""Who may conduct, join and look at an oral, and publish what is said and shown in it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment.permissions import is_candidate_of
from kernel.permissions import Actor, Permission, Role, rule
from proctor.identity import is_presented
from proctor.models import IdentityCheck
from rooms.models import Interview
from scheduling.models import Appointment


def _conducts(actor: Actor, interview: Interview) -> bool:
    return actor.role is Role.EVALUATOR and interview.appointment.evaluator_id == actor.user_id


@rule(Permission.CONDUCT_INTERVIEW)
def _conduct(_db: Session, actor: Actor, interview: Interview) -> bool:
    return _conducts(actor, interview)


@rule(Permission.SIT_INTERVIEW)
def _sit(_db: Session, actor: Actor, interview: Interview) -> bool:
    return is_candidate_of(actor, interview.appointment.candidacy)


@rule(Permission.JOIN_INTERVIEW)
def _join(db: Session, actor: Actor, interview: Interview) -> bool:
    return _conducts(actor, interview) or _sit(db, actor, interview)


@rule(Permission.OBSERVE_INTERVIEW)
def _observe(_db: Session, actor: Actor, _interview: Interview) -> bool:
    return actor.role is Role.COORDINATOR


@rule(Permission.SEE_IDENTITY_PICTURE)
def _picture(db: Session, actor: Actor, check: IdentityCheck) -> bool:
    if actor.role is Role.COORDINATOR:
        return is_presented(check)
    evaluator = db.scalar(
        select(Appointment.evaluator_id)
        .join(Interview, Interview.appointment_id == Appointment.id)
        .where(Interview.identity_check_id == check.id)
    )
    return actor.role is Role.EVALUATOR and evaluator is not None and evaluator == actor.user_id


@rule(Permission.PUBLISH_CONTENT)
def _publish(_db: Session, actor: Actor, _thing: object) -> bool:
    return actor.coordinates


@rule(Permission.COPY_RECORDING)
def _copy(_db: Session, actor: Actor, _interview: Interview) -> bool:
    return actor.role is Role.COORDINATOR


@rule(Permission.SEE_RECORDING)
def _recording(_db: Session, actor: Actor, interview: Interview) -> bool:
    # Whoever rates it later has it by their assignment, which does not say when it was held.
    return actor.role is Role.COORDINATOR or _conducts(actor, interview)
