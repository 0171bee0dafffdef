"""Who may look at a proctoring session, comment on it, and decide."""

from __future__ import annotations

from sqlalchemy.orm import Session

from enrolment.permissions import is_candidate_of
from kernel.permissions import Actor, Permission, Role, rule
from proctor.identity import is_presented
from proctor.models import IdentityCheck, ProctorSession


def _is_watched(actor: Actor, session: ProctorSession) -> bool:
    return is_candidate_of(actor, session.candidacy)


@rule(Permission.SEE_PROCTORING)
def _see(_db: Session, actor: Actor, session: ProctorSession) -> bool:
    return actor.role is Role.COORDINATOR or _is_watched(actor, session)


@rule(Permission.COMMENT_PROCTORING)
def _comment(_db: Session, actor: Actor, session: ProctorSession) -> bool:
    return _is_watched(actor, session)


@rule(Permission.DECIDE_PROCTORING)
def _decide(_db: Session, actor: Actor, _session: ProctorSession) -> bool:
    return actor.role is Role.COORDINATOR


@rule(Permission.CHECK_IDENTITY)
def _check_identity(_db: Session, actor: Actor, check: IdentityCheck) -> bool:
    return actor.role is Role.COORDINATOR and is_presented(check)
