"""Who may do what: one list of permissions, predicates registered by the nouns.

There is no default allow: what nobody decided is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy.orm import Session

from kernel.errors import Forbidden

log = structlog.get_logger(__name__)


class Role(StrEnum):
    """What somebody is on the platform."""

    CANDIDATE = "candidate"
    EVALUATOR = "evaluator"
    ORGANISATION = "organisation"
    COORDINATOR = "coordinator"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts: a person in a role, or the system itself (jobs, command line)."""

    user_id: int | None
    role: Role
    organisation_id: int | None = None
    senior: bool = False
    session_id: int | None = field(default=None, compare=False)  # the signed-in browser, if one

    @property
    def coordinates(self) -> bool:
        """Tell whether this is a coordinator, or the system itself in their place."""
        return self.role in (Role.COORDINATOR, Role.SYSTEM)


SYSTEM = Actor(user_id=None, role=Role.SYSTEM)


class Permission(StrEnum):
    """Every act and view that is guarded; the thing it is asked about stands in brackets."""

    ANSWER_FOR_CANDIDACY = "candidacy.answer_for"  # [Candidacy] its own candidate
    ANSWER_SUPPORT = "support.answer"  # [None]
    ASK_EXTENSION = "extension.ask"  # [Candidacy] its own candidate
    ASSIGN_RATER = "assignment.make"  # [Performance] beside whoever conducts it
    BOOK_ORAL = "appointment.book"  # [Candidacy] its own candidate
    CHANGE_LATE = "appointment.change_late"  # [Candidacy] its organisation: force majeure
    CHECK_IDENTITY = "identity.check"  # [IdentityCheck] shown before the test: coordinators
    COMMENT_PROCTORING = "proctoring.comment"  # [ProctorSession] its candidate
    CONDUCT_INTERVIEW = "interview.conduct"  # [Interview] its evaluator
    COPY_RECORDING = "recording.copy"  # [Interview]
    CORRECT_IDENTITY = "identity.correct"  # [Candidacy]
    DECIDE_EXTENSION = "extension.decide"  # [Candidacy] its organisation
    DECIDE_PROCTORING = "proctoring.decide"  # [ProctorSession]
    DELIBERATE = "deliberation.hold"  # [None]
    ENROL = "candidacy.enrol"  # [Organisation]
    ENTER_WRITTEN_RESULT = "written_result.enter"  # [Candidacy]
    HAND_OVER = "appointment.hand_over"  # [Appointment] its evaluator
    IMPORT_RESULTS = "results.import"  # [None]
    INVITE_PEOPLE = "people.invite"  # [None]
    JOIN_INTERVIEW = "interview.join"  # [Interview] its evaluator or its candidate
    MANAGE_AGENDA = "agenda.manage"  # [User] that evaluator
    MANAGE_BANKS = "banks.manage"  # [None]
    MANAGE_CATALOGUE = "catalogue.manage"  # [None]
    MARK = "scoresheet.mark"  # [Scoresheet] its rater
    OBSERVE_INTERVIEW = "interview.observe"  # [Interview] in silence, while it runs
    OPEN_SCORESHEET = "scoresheet.open"  # [Performance] whoever is asked to rate it
    PLACE_APPOINTMENT = "appointment.place"  # [Candidacy]
    PUBLISH_CONTENT = "content.publish"  # [None]
    PUBLISH_GRID = "grid.publish"  # [None]
    PUBLISH_POLICY = "policy.publish"  # [None]
    RATE_RECORDING = "assignment.rate"  # [Assignment] its rater, who did not conduct it
    REOPEN_SCORESHEET = "scoresheet.reopen"  # [Scoresheet]
    SEE_AUDIT = "audit.see"  # [None]
    SEE_CANDIDACY = "candidacy.see"  # [Candidacy]
    SEE_DOCUMENT = "document.see"  # [Document]
    SEE_IDENTITY_PICTURE = "identity_picture.see"  # [IdentityCheck]
    SEE_ORGANISATION = "organisation.see"  # [Organisation]
    SEE_OWN_MARKING = "raters.see_own"  # [User] that evaluator
    SEE_PEOPLE = "people.see"  # [None]
    SEE_PLAN = "plan.see"  # [None]
    SEE_PROCTORING = "proctoring.see"  # [ProctorSession] coordinators, its candidate
    SEE_PROOF = "proof.see"  # [Proof] of a force majeure: its organisation
    SEE_RATERS = "raters.see"  # [None]
    SEE_RECORDING = "recording.see"  # [Interview]
    SEE_SCORESHEET = "scoresheet.see"  # [Scoresheet]
    SEE_STATISTICS = "statistics.see"  # [None]
    SEE_WRITTEN_TEST = "written_test.see"  # [WrittenTest]
    SIT_INTERVIEW = "interview.sit"  # [Interview] its candidate
    SIT_WRITTEN_TEST = "written_test.sit"  # [Candidacy] its own candidate
    STUDY_RATERS = "raters.study"  # [None]
    VALIDATE_RESULTS = "results.validate"  # [Candidacy]
    VOID_WRITTEN_TEST = "written_test.void"  # [WrittenTest]
    WITHDRAW = "candidacy.withdraw"  # [Candidacy]


Predicate = Callable[[Session, Actor, Any], bool]
_rules: dict[Permission, Predicate] = {}


def rule(permission: Permission) -> Callable[[Predicate], Predicate]:
    """Register the predicate that decides `permission`; each is decided in one place only."""

    def register(predicate: Predicate) -> Predicate:
        if permission in _rules:
            msg = f"{permission} is already decided elsewhere"
            raise ValueError(msg)
        _rules[permission] = predicate
        return predicate

    return register


def rules() -> dict[Permission, Predicate]:
    """Return the whole table, for the test that prints it."""
    return dict(_rules)


def may(db: Session, actor: Actor, permission: Permission, thing: Any = None) -> bool:
    """Tell whether `actor` has `permission` on `thing`; what nobody decided is refused."""
    predicate = _rules.get(permission)
    return bool(predicate and predicate(db, actor, thing))


def check(db: Session, actor: Actor, permission: Permission, thing: Any = None) -> None:
    """Do nothing if `actor` may.

    Raises:
        Forbidden: the actor may not; a line in the log says who tried what.
    """
    if not may(db, actor, permission, thing):
        log.warning(
            "permission_refused",
            permission=str(permission),
            user_id=actor.user_id,
            role=str(actor.role),
            thing=type(thing).__name__,
            thing_id=getattr(thing, "id", None),
        )
        raise Forbidden
