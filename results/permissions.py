"""Who may open a document (whoever its kind says), deliberate, publish a policy."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kernel.permissions import Actor, Permission, Role, may, rule
from results import kinds
from results.models import Document


@rule(Permission.SEE_DOCUMENT)
def _see(db: Session, actor: Actor, document: Document) -> bool:
    candidacy = document.verdict.candidacy
    opened_by = kinds.of(document.kind).opened_by
    return any(may(db, actor, permission, candidacy) for permission in opened_by)


@rule(Permission.DELIBERATE)
def _deliberate(_db: Session, actor: Actor, _thing: object) -> bool:
    return actor.role is Role.COORDINATOR


@rule(Permission.SEE_STATISTICS)
def _statistics(_db: Session, actor: Actor, _thing: object) -> bool:
    return actor.role is Role.COORDINATOR


@rule(Permission.PUBLISH_POLICY)
def _publish(_db: Session, actor: Actor, _thing: object) -> bool:
    return actor.coordinates
