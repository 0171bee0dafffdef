"""Who may book, move and hand over orals, and say when evaluators are there."""

from __future__ import annotations

from sqlalchemy.orm import Session

from enrolment.models import Candidacy
from enrolment.permissions import is_candidate_of, looks_after
from kernel.permissions import Actor, Permission, Role, rule
from people.models import User
from scheduling.models import Appointment
from scheduling.proofs import Proof


@rule(Permission.BOOK_ORAL)
def _book(_db: Session, actor: Actor, candidacy: Candidacy) -> bool:
    return is_candidate_of(actor, candidacy)


@rule(Permission.CHANGE_LATE)
def _change_late(_db: Session, actor: Actor, candidacy: Candidacy) -> bool:
    return looks_after(actor, candidacy)


@rule(Permission.SEE_PROOF)
def _see_proof(_db: Session, actor: Actor, proof: Proof) -> bool:
    return looks_after(actor, proof.candidacy)


@rule(Permission.HAND_OVER)
def _hand_over(_db: Session, actor: Actor, appointment: Appointment) -> bool:
    return actor.coordinates or (
        actor.role is Role.EVALUATOR and appointment.evaluator_id == actor.user_id
    )


@rule(Permission.MANAGE_AGENDA)
def _agenda(_db: Session, actor: Actor, evaluator: User) -> bool:
    return evaluator.role is Role.EVALUATOR and (actor.coordinates or evaluator.id == actor.user_id)


@rule(Permission.SEE_PLAN)
def _plan(_db: Session, actor: Actor, _thing: None) -> bool:
    return actor.coordinates
