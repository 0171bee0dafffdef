"""Who rates which performance: whoever conducts the interview first, others where it is asked.

An assignment stands until it is withdrawn; its rater alone opens a sheet of it, and what they
submitted counts in its role, whatever the date.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment import journey
from enrolment.models import ENDED, Candidacy
from kernel import audit, clock, events
from kernel.db import LOCK
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor, Permission, check
from people.models import User
from rubrics import mandates
from rubrics.changes import clean
from rubrics.events import MarkingChanged
from rubrics.models import (
    Assignment,
    AssignmentReason,
    Mode,
    Performance,
    RaterRole,
    Scoresheet,
    SheetState,
)
from rubrics.operations import REASON_MAX


def of_rater(db: Session, performance_id: int, rater_id: int | None) -> Assignment | None:
    """Return what somebody is asked to rate a performance as, if they are."""
    return db.scalar(
        select(Assignment).where(
            Assignment.performance_id == performance_id,
            Assignment.rater_id == rater_id,
            Assignment.withdrawn_at.is_(None),
        )
    )


def in_role(db: Session, performance_id: int, role: RaterRole) -> Assignment | None:
    """Return the assignment of `role` that stands, calibration apart, if there is one."""
    return db.scalar(
        select(Assignment).where(
            Assignment.performance_id == performance_id,
            Assignment.role == role,
            Assignment.reason != AssignmentReason.CALIBRATION,
            Assignment.withdrawn_at.is_(None),
        )
    )


def conduct(db: Session, actor: Actor, performance: Performance, evaluator_id: int) -> Assignment:
    """Let whoever conducts the interview mark it; a former evaluator's assignment is withdrawn.

    Called by who has just decided who conducts it, and has asked whether they may.
    """
    _lock(db, performance)
    before = in_role(db, performance.id, RaterRole.FIRST)
    if before is not None and before.rater_id == evaluator_id:
        return before
    if before is not None:
        _end(before, "handed over")
        db.flush()
    made = Assignment(
        performance=performance,
        rater_id=evaluator_id,
        role=RaterRole.FIRST,
        reason=AssignmentReason.CONDUCTS,
        mode=Mode.LIVE,
        replaces_id=before.id if before else None,
    )
    return _add(db, actor, made)


def assign(
    db: Session,
    actor: Actor,
    performance: Performance,
    rater: User,
    role: RaterRole,
    reason: AssignmentReason,
    *,
    note: str = "",
    due_at: datetime | None = None,
) -> Assignment:
    """Ask somebody to rate a performance, beside whoever conducted it.

    Raises:
        Forbidden: the actor does not coordinate.
        Invalid: this person may not rate it (`rubrics.mandates`), or too long a note.
        Refused: somebody has that role already, or the results were validated.
    """
    check(db, actor, Permission.ASSIGN_RATER, performance)
    _lock_whole(db, performance)
    alone = reason is not AssignmentReason.CALIBRATION
    if alone and in_role(db, performance.id, role) is not None:
        raise Refused(N_("Quelqu'un note déjà cet oral à ce titre."))
    _check_rater(db, performance, rater, role)
    note = clean(note)
    if len(note) > REASON_MAX:
        raise Invalid(N_("Le motif est trop long."), "note")
    made = Assignment(
        performance=performance,
        rater_id=rater.id,
        role=role,
        reason=reason,
        note=note,
        due_at=due_at,
    )
    return _add(db, actor, made)


def replace(
    db: Session,
    actor: Actor,
    assignment: Assignment,
    rater: User,
    reason: str,
    *,
    due_at: datetime | None = None,
) -> Assignment:
    """Ask somebody else in the place of a second or adjudicating rater; both rows are kept.

    Raises:
        As `assign` and `withdraw`.
    """
    performance = assignment.performance
    _take_back(db, actor, assignment, reason)
    _check_rater(db, performance, rater, assignment.role)
    made = Assignment(
        performance=performance,
        rater_id=rater.id,
        role=assignment.role,
        reason=assignment.reason,
        note=assignment.note,
        due_at=due_at or assignment.due_at,
        replaces_id=assignment.id,
    )
    return _add(db, actor, made)


def withdraw(db: Session, actor: Actor, assignment: Assignment, reason: str) -> None:
    """Ask a second or adjudicating rater no more; twice is once.

    Raises:
        Forbidden: the actor does not coordinate.
        Invalid: no reason.
        Refused: they have submitted their sheet, which stays; they conduct the interview; or the
            results were validated.
    """
    if assignment.stands:
        _take_back(db, actor, assignment, reason)
        events.tell(db, MarkingChanged(actor, assignment.performance, reason))


def _take_back(db: Session, actor: Actor, assignment: Assignment, reason: str) -> None:
    performance = assignment.performance
    check(db, actor, Permission.ASSIGN_RATER, performance)
    _lock_whole(db, performance)
    reason = clean(reason)
    if not reason or len(reason) > REASON_MAX:
        raise Invalid(N_("Dites pourquoi cette notation n'est plus demandée."), "reason")
    if assignment.reason is AssignmentReason.CONDUCTS:
        raise Refused(N_("Qui mène l'entretien le note : confiez d'abord l'entretien."))
    submitted = select(Scoresheet.id).where(
        Scoresheet.assignment_id == assignment.id, Scoresheet.state == SheetState.SUBMITTED
    )
    if db.scalars(submitted.limit(1)).first() is not None:
        raise Refused(N_("Cette grille est soumise : elle compte, et reste."))
    _end(assignment, reason)
    audit.record(
        db,
        actor,
        "assignment.withdraw",
        assignment,
        candidacy_id=performance.candidacy_id,
        role=str(assignment.role),
    )
    db.flush()


def _add(db: Session, actor: Actor, made: Assignment) -> Assignment:
    made.assigned_at, made.assigned_by_id = clock.now(), actor.user_id
    db.add(made)
    db.flush()
    # That somebody conducts an interview, the log has from the appointment.
    if made.reason is not AssignmentReason.CONDUCTS:
        audit.record(
            db,
            actor,
            "assignment.make",
            made,
            candidacy_id=made.performance.candidacy_id,
            role=str(made.role),
            reason=str(made.reason),
        )
    events.tell(db, MarkingChanged(actor, made.performance, str(made.reason)))
    return made


def _end(assignment: Assignment, reason: str) -> None:
    assignment.withdrawn_at, assignment.withdrawn_reason = clock.now(), reason


def _lock(db: Session, performance: Performance) -> None:
    """Lock the performance: two who assign at once see each other's."""
    db.execute(
        select(Performance.id).where(Performance.id == performance.id).with_for_update(**LOCK)
    )


def _lock_whole(db: Session, performance: Performance) -> None:
    """Lock the candidacy, then the performance, as a hand-over does; refuse what is validated."""
    if performance.candidacy_id is not None:
        candidacy = db.get_one(Candidacy, performance.candidacy_id)
        journey.lock(db, candidacy)
        if candidacy.stage in ENDED:
            raise Refused(
                N_("Les résultats sont validés : seul un recours peut encore les changer.")
            )
    _lock(db, performance)


def _check_rater(db: Session, performance: Performance, rater: User, role: RaterRole) -> None:
    mandate = mandates.to_rate(db, performance, senior=role is RaterRole.ADJUDICATOR)
    mandate.check(db, rater.id, clock.now())
