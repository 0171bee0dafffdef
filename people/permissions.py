"""Who may see and invite people."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kernel.permissions import Actor, Permission, Role, rule
from people.models import Organisation


@rule(Permission.INVITE_PEOPLE)
def _invite(_db: Session, actor: Actor, _thing: None) -> bool:
    return actor.coordinates


@rule(Permission.SEE_PEOPLE)
def _see(_db: Session, actor: Actor, _thing: object) -> bool:
    return actor.role is Role.COORDINATOR


@rule(Permission.SEE_ORGANISATION)
def _organisation(_db: Session, actor: Actor, organisation: Organisation) -> bool:
    return actor.role is Role.COORDINATOR or (
        actor.role is Role.ORGANISATION and actor.organisation_id == organisation.id
    )
