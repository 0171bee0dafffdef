"""Who may sit the written test, see one, and look after banks and results."""

from __future__ import annotations

from sqlalchemy.orm import Session

from enrolment.models import Candidacy
from kernel.permissions import Actor, Permission, Role, rule
from written_test.models import WrittenTest


def _coordinates(actor: Actor) -> bool:
    return actor.role in (Role.COORDINATOR, Role.SYSTEM)


@rule(Permission.SIT_WRITTEN_TEST)
def _sit(_db: Session, actor: Actor, candidacy: Candidacy) -> bool:
    return actor.role is Role.CANDIDATE and candidacy.candidate.user_id == actor.user_id


@rule(Permission.SEE_WRITTEN_TEST)
def _see(_db: Session, actor: Actor, _test: WrittenTest) -> bool:
    return _coordinates(actor)


@rule(Permission.MANAGE_BANKS)
def _banks(_db: Session, actor: Actor, _thing: None) -> bool:
    return _coordinates(actor)


@rule(Permission.IMPORT_RESULTS)
def _import(_db: Session, actor: Actor, _thing: None) -> bool:
    return _coordinates(actor)


@rule(Permission.VOID_WRITTEN_TEST)
def _void(_db: Session, actor: Actor, _test: WrittenTest) -> bool:
    return actor.role is Role.COORDINATOR
