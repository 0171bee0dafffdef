"""Who may see and change a candidacy."""

from __future__ import annotations

from sqlalchemy.orm import Session

from enrolment.models import Candidacy
from kernel.permissions import Actor, Permission, Role, rule
from people.models import Organisation


def _manages(actor: Actor, organisation_id: int) -> bool:
    return actor.role is Role.ORGANISATION and actor.organisation_id == organisation_id


def is_candidate_of(actor: Actor, candidacy: Candidacy) -> bool:
    """Tell whether somebody is the candidate of a candidacy."""
    return actor.role is Role.CANDIDATE and candidacy.candidate.user_id == actor.user_id


def looks_after(actor: Actor, candidacy: Candidacy) -> bool:
    """Tell whether somebody is of a candidacy's organisation, or coordinates."""
    return actor.coordinates or _manages(actor, candidacy.organisation_id)


@rule(Permission.ENROL)
def _enrol(_db: Session, actor: Actor, organisation: Organisation) -> bool:
    return organisation.active and (actor.coordinates or _manages(actor, organisation.id))


@rule(Permission.SEE_CANDIDACY)
def _see(_db: Session, actor: Actor, candidacy: Candidacy) -> bool:
    return looks_after(actor, candidacy)


@rule(Permission.ANSWER_FOR_CANDIDACY)
def _answer_for(_db: Session, actor: Actor, candidacy: Candidacy) -> bool:
    return is_candidate_of(actor, candidacy)


@rule(Permission.CORRECT_IDENTITY)
def _correct(_db: Session, actor: Actor, candidacy: Candidacy) -> bool:
    return looks_after(actor, candidacy) or is_candidate_of(actor, candidacy)


@rule(Permission.WITHDRAW)
def _withdraw(_db: Session, actor: Actor, candidacy: Candidacy) -> bool:
    return looks_after(actor, candidacy)


@rule(Permission.ASK_EXTENSION)
def _ask_extension(_db: Session, actor: Actor, candidacy: Candidacy) -> bool:
    return is_candidate_of(actor, candidacy)


@rule(Permission.DECIDE_EXTENSION)
def _decide_extension(_db: Session, actor: Actor, candidacy: Candidacy) -> bool:
    return looks_after(actor, candidacy)


@rule(Permission.PLACE_APPOINTMENT)
def _place(_db: Session, actor: Actor, _candidacy: Candidacy) -> bool:
    return actor.coordinates


@rule(Permission.ENTER_WRITTEN_RESULT)
def _written(_db: Session, actor: Actor, _candidacy: Candidacy) -> bool:
    return actor.coordinates


@rule(Permission.VALIDATE_RESULTS)
def _validate(_db: Session, actor: Actor, _candidacy: Candidacy) -> bool:
    return actor.role is Role.COORDINATOR


@rule(Permission.MANAGE_CATALOGUE)
def _catalogue(_db: Session, actor: Actor, _thing: None) -> bool:
    return actor.coordinates


@rule(Permission.SEE_AUDIT)
def _audit(_db: Session, actor: Actor, _thing: None) -> bool:
    return actor.role is Role.COORDINATOR


@rule(Permission.ANSWER_SUPPORT)
def _support(_db: Session, actor: Actor, _thing: None) -> bool:
    return actor.role is Role.COORDINATOR
