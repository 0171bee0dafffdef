"""Who may see and change a candidacy."""

from __future__ import annotations

from sqlalchemy.orm import Session

from enrolment.models import Candidacy
from kernel.permissions import Actor, Permission, Role, rule
from people.models import Organisation


def _coordinates(actor: Actor) -> bool:
    return actor.role in (Role.COORDINATOR, Role.SYSTEM)


def _manages(actor: Actor, organisation_id: int) -> bool:
    return actor.role is Role.ORGANISATION and actor.organisation_id == organisation_id


@rule(Permission.ENROL)
def _enrol(_db: Session, actor: Actor, organisation: Organisation) -> bool:
    return organisation.active and (_coordinates(actor) or _manages(actor, organisation.id))


@rule(Permission.SEE_CANDIDACY)
def _see(_db: Session, actor: Actor, candidacy: Candidacy) -> bool:
    return _coordinates(actor) or _manages(actor, candidacy.organisation_id)


@rule(Permission.ANSWER_FOR_CANDIDACY)
def _answer_for(_db: Session, actor: Actor, candidacy: Candidacy) -> bool:
    return actor.role is Role.CANDIDATE and candidacy.candidate.user_id == actor.user_id


@rule(Permission.CORRECT_IDENTITY)
def _correct(db: Session, actor: Actor, candidacy: Candidacy) -> bool:
    return _see(db, actor, candidacy) or _answer_for(db, actor, candidacy)


@rule(Permission.WITHDRAW)
def _withdraw(db: Session, actor: Actor, candidacy: Candidacy) -> bool:
    return _see(db, actor, candidacy)


@rule(Permission.ASK_EXTENSION)
def _ask_extension(db: Session, actor: Actor, candidacy: Candidacy) -> bool:
    return _answer_for(db, actor, candidacy)


@rule(Permission.DECIDE_EXTENSION)
def _decide_extension(db: Session, actor: Actor, candidacy: Candidacy) -> bool:
    return _see(db, actor, candidacy)


@rule(Permission.PLACE_APPOINTMENT)
def _place(_db: Session, actor: Actor, _candidacy: Candidacy) -> bool:
    return _coordinates(actor)


@rule(Permission.ENTER_WRITTEN_RESULT)
def _written(_db: Session, actor: Actor, _candidacy: Candidacy) -> bool:
    return _coordinates(actor)


@rule(Permission.VALIDATE_RESULTS)
def _validate(_db: Session, actor: Actor, _candidacy: Candidacy) -> bool:
    return actor.role is Role.COORDINATOR


@rule(Permission.MANAGE_CATALOGUE)
def _catalogue(_db: Session, actor: Actor, _thing: None) -> bool:
    return _coordinates(actor)


@rule(Permission.SEE_AUDIT)
def _audit(_db: Session, actor: Actor, _thing: None) -> bool:
    return actor.role is Role.COORDINATOR


@rule(Permission.ANSWER_SUPPORT)
def _support(_db: Session, actor: Actor, _thing: None) -> bool:
    return actor.role is Role.COORDINATOR
