"""Who may book, move and hand over orals, and say when evaluators are there."""

from __future__ import annotations

from sqlalchemy.orm import Session

from enrolment.models import Candidacy
from kernel.permissions import Actor, Permission, Role, rule
from people.models import User
from scheduling.models import Appointment
from scheduling.proofs import Proof


def _coordinates(actor: Actor) -> bool:
    return actor.role in (Role.COORDINATOR, Role.SYSTEM)


@rule(Permission.BOOK_ORAL)
def _book(_db: Session, actor: Actor, candidacy: Candidacy) -> bool:
    return actor.role is Role.CANDIDATE and candidacy.candidate.user_id == actor.user_id


@rule(Permission.CHANGE_LATE)
def _change_late(_db: Session, actor: Actor, candidacy: Candidacy) -> bool:
    return _coordinates(actor) or (
        actor.role is Role.ORGANISATION and actor.organisation_id == candidacy.organisation_id
    )


@rule(Permission.SEE_PROOF)
def _see_proof(db: Session, actor: Actor, proof: Proof) -> bool:
    return _change_late(db, actor, proof.candidacy)


@rule(Permission.HAND_OVER)
def _hand_over(_db: Session, actor: Actor, appointment: Appointment) -> bool:
    return _coordinates(actor) or (
        actor.role is Role.EVALUATOR and appointment.evaluator_id == actor.user_id
    )


@rule(Permission.MANAGE_AGENDA)
def _agenda(_db: Session, actor: Actor, evaluator: User) -> bool:
    return evaluator.role is Role.EVALUATOR and (
        _coordinates(actor) or evaluator.id == actor.user_id
    )


@rule(Permission.SEE_PLAN)
def _plan(_db: Session, actor: Actor, _thing: None) -> bool:
    return _coordinates(actor)
