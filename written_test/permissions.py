"""Who may sit the written test, see one, and look after banks and results."""

from __future__ import annotations

from sqlalchemy.orm import Session

from enrolment.models import Candidacy
from enrolment.permissions import is_candidate_of
from kernel.permissions import Actor, Permission, Role, rule
from written_test.models import WrittenTest


@rule(Permission.SIT_WRITTEN_TEST)
def _sit(_db: Session, actor: Actor, candidacy: Candidacy) -> bool:
    return is_candidate_of(actor, candidacy)


@rule(Permission.SEE_WRITTEN_TEST)
def _see(_db: Session, actor: Actor, _test: WrittenTest) -> bool:
    return actor.coordinates


@rule(Permission.MANAGE_BANKS)
def _banks(_db: Session, actor: Actor, _thing: None) -> bool:
    return actor.coordinates


@rule(Permission.IMPORT_RESULTS)
def _import(_db: Session, actor: Actor, _thing: None) -> bool:
    return actor.coordinates


@rule(Permission.VOID_WRITTEN_TEST)
def _void(_db: Session, actor: Actor, _test: WrittenTest) -> bool:
    return actor.role is Role.COORDINATOR
