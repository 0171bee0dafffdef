"""Second markings: asked for where there is a risk, given to somebody, settled by a third.

What is asked for is a row of its own (`SecondMarking`) with its reasons; who does it is an
assignment of `rubrics`. Until it is done or a coordinator gives it up, no mark counts. It is looked
at anew whenever marks or the written level change.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from enrolment import journey
from enrolment.models import Candidacy, Stage
from kernel import audit, clock, events
from kernel.db import Database
from kernel.errors import N_, Forbidden, Invalid, Refused
from kernel.permissions import SYSTEM, Actor, Permission, check
from people.models import User
from results import marks, policies, rating, rating_letters, risks
from results.models import SecondMarking
from results.risks import Known, Risk, SecondRule
from results.verdict import NeedsCoordinator, assess
from rooms.models import Incident, Interview, Recording
from rubrics import assignments, queries
from rubrics.changes import clean
from rubrics.events import MarkingChanged
from rubrics.models import (
    Assignment,
    AssignmentReason,
    Performance,
    PerformanceKind,
    RaterRole,
    Scoresheet,
    SheetState,
)
from rubrics.operations import REASON_MAX
from rubrics.raters import queries as raters
from written_test.recording import current as written_result

MARKED: Final = (Stage.MARKING, Stage.COMPLETE)
"""Where a second marking may still be asked for."""
WATCHING: Final = (AssignmentReason.RATER, AssignmentReason.SAMPLE)
"""Reasons that watch over raters, whatever an oral came to."""


def consider(db: Session, candidacy: Candidacy) -> None:
    """Ask for a second marking where a risk is there, and for a third where two differ.

    Nothing happens twice: what is asked for stays asked for, and what was given up is not asked
    for again.
    """
    if candidacy.stage not in MARKED:
        return
    performance = marks.performance_of(db, candidacy.id)
    if performance is None:
        return
    journey.lock(db, candidacy)
    asked = of_performance(db, performance.id)
    if asked is None or asked.given_up_at is None:
        there = risks_of(db, candidacy, performance)
        if asked is not None or _is_worth_it(db, performance, there):
            _add(db, performance, asked, there)
    appoint(db, candidacy, performance)


def _is_worth_it(db: Session, performance: Performance, there: list[Risk]) -> bool:
    """Tell whether results wait for a second marking: those that only watch raters need a rater.

    What makes this result doubtful waits for a coordinator where nobody can be asked.
    """
    if any(risk.reason not in WATCHING for risk in there):
        return True
    return bool(there) and not rating.obstacle(db, performance, RaterRole.SECOND)


def of_performance(db: Session, performance_id: int) -> SecondMarking | None:
    """Return the second marking that is, or was, asked for of a performance."""
    return db.scalar(select(SecondMarking).where(SecondMarking.performance_id == performance_id))


def risks_of(db: Session, candidacy: Candidacy, performance: Performance) -> list[Risk]:
    """Return the risks of an oral, as it is marked and written now; none before it is marked."""
    sheet = queries.in_force(db, performance.id).get(RaterRole.FIRST)
    if sheet is None:
        return []
    certification = candidacy.certification
    rule = SecondRule(
        frozenset(AssignmentReason(reason) for reason in certification.second_for),
        certification.second_share,
        certification.second_new_below,
    )
    if not rule.reasons:
        return []
    policy = policies.of(db, candidacy)
    oral = assess(policy, marks.marks_of(sheet))
    if isinstance(oral, NeedsCoordinator):
        return []
    written = written_result(db, candidacy.id)
    known = Known(
        policy=policy,
        oral=oral,
        target=candidacy.target_level,
        written=written.level if written else None,
        marked=_marked_before(db, sheet),
        flagged=raters.drifts(db, sheet.rater_id, performance.language) is not None,
        incidents=_incidents(db, performance),
        draw=risks.lot(certification.second_key, candidacy.id),
    )
    return risks.of(rule, known)


def _marked_before(db: Session, sheet: Scoresheet) -> int:
    """Count the other orals that whoever wrote `sheet` has conducted and marked."""
    count = db.scalar(
        select(func.count(Scoresheet.id))
        .join(Performance, Performance.id == Scoresheet.performance_id)
        .where(
            Scoresheet.rater_id == sheet.rater_id,
            Scoresheet.role == RaterRole.FIRST,
            Scoresheet.state == SheetState.SUBMITTED,
            Scoresheet.performance_id != sheet.performance_id,
            Performance.kind == PerformanceKind.INTERVIEW,
        )
    )
    return count or 0


def _incidents(db: Session, performance: Performance) -> int:
    count = db.scalar(
        select(func.count(Incident.id))
        .join(Interview, Interview.id == Incident.interview_id)
        .where(Interview.performance_id == performance.id)
    )
    return count or 0


def _add(
    db: Session, performance: Performance, asked: SecondMarking | None, there: list[Risk]
) -> SecondMarking | None:
    """Write the reasons that nobody has written yet; return what is asked for then."""
    known = {risk["reason"] for risk in asked.risks} if asked else set()
    fresh = [risk.as_json() for risk in there if risk.reason.value not in known]
    if not fresh:
        return asked
    if asked is None:
        asked = SecondMarking(performance_id=performance.id, risks=[], asked_at=clock.now())
        db.add(asked)
    asked.risks = [*asked.risks, *fresh]
    db.flush()
    audit.record(
        db,
        SYSTEM,
        "second_marking.ask",
        asked,
        candidacy_id=performance.candidacy_id,
        reasons=[risk["reason"] for risk in fresh],
    )
    return asked


def appoint(db: Session, candidacy: Candidacy, performance: Performance) -> Assignment | None:
    """Ask whoever is to be preferred to do what nobody is asked to do; None: nobody, or nothing."""
    role = wanted(db, candidacy, performance)
    if role is None or not rating.is_recorded(db, performance):
        return None
    choices = rating.choices(db, performance, role)
    if not choices:
        return None
    return _assign(db, SYSTEM, performance, choices[0].rater, role)


def wanted(db: Session, candidacy: Candidacy, performance: Performance) -> RaterRole | None:
    """Return the role in which somebody is needed whom nobody has asked yet, if there is one."""
    if marks.second_is_due(db, performance.id):
        return RaterRole.SECOND
    sheets = marks.sheets_of(db, candidacy.id)
    if sheets.awaited or RaterRole.SECOND not in sheets.by_role:
        return None
    counted = marks.count_sheets(policies.of(db, candidacy), sheets)
    if isinstance(counted, marks.Awaited) and counted.role is RaterRole.ADJUDICATOR:
        return counted.role
    return None


def _assign(
    db: Session, actor: Actor, performance: Performance, rater: User, role: RaterRole
) -> Assignment:
    reason, due_at = _reason(db, performance, role), _due(db, performance)
    made = assignments.assign(db, actor, performance, rater, role, reason, due_at=due_at)
    rating_letters.ask(db, made)
    return made


def _reason(db: Session, performance: Performance, role: RaterRole) -> AssignmentReason:
    """Return the first reason for which somebody is asked; all of them stand in the row."""
    asked = of_performance(db, performance.id)
    if role is RaterRole.ADJUDICATOR or asked is None:
        return AssignmentReason.DISAGREEMENT
    return AssignmentReason(asked.risks[0]["reason"])


def _due(db: Session, performance: Performance) -> datetime:
    candidacy = db.get_one(Candidacy, performance.candidacy_id)
    return clock.now() + timedelta(days=candidacy.certification.second_days)


# What a coordinator does


def ask(db: Session, actor: Actor, candidacy: Candidacy, rater: User, note: str) -> Assignment:
    """Ask somebody for a second marking, whatever the risk, or for the one that waits for somebody.

    Raises:
        Forbidden: the actor does not coordinate.
        Invalid: no reason, or this person may not.
        Refused: the oral is not marked yet, it has no recording, or somebody is asked already.
    """
    performance = _marked(db, actor, candidacy)
    role = wanted(db, candidacy, performance)
    if role is None:
        words = _words(note, N_("Dites pourquoi cet oral doit être noté une seconde fois."))
        if assignments.in_role(db, performance.id, RaterRole.SECOND) is not None:
            raise Refused(N_("Quelqu'un note déjà cet oral à ce titre."))
        role, asked = RaterRole.SECOND, of_performance(db, performance.id)
        if asked is not None:  # given up before, and asked for all the same
            asked.given_up_at = asked.given_up_by_id = None
            asked.given_up_reason = ""
        _add(db, performance, asked, [Risk(AssignmentReason.COORDINATOR, {"note": words})])
    if not rating.is_recorded(db, performance):
        raise Refused(rating.NO_RECORDING)
    return _assign(db, actor, performance, rater, role)


def replace(
    db: Session, actor: Actor, assignment: Assignment, rater: User, reason: str
) -> Assignment:
    """Ask somebody else in the place of a second or adjudicating rater, and tell both.

    Raises:
        As `rubrics.assignments.replace`.
    """
    due_at = _due(db, assignment.performance)
    made = assignments.replace(db, actor, assignment, rater, reason, due_at=due_at)
    rating_letters.release(db, assignment)
    rating_letters.ask(db, made)
    return made


def give_up(db: Session, actor: Actor, candidacy: Candidacy, reason: str) -> None:
    """Ask for a second marking no more: the first rater's marks count again. Twice is once.

    Raises:
        Forbidden: the actor does not coordinate.
        Invalid: no reason.
        Refused: it is submitted, nothing is asked for, or the results were validated.
    """
    performance = _marked(db, actor, candidacy)
    words = _words(reason, N_("Dites pourquoi cette notation n'est plus demandée."))
    asked = of_performance(db, performance.id)
    standing = assignments.in_role(db, performance.id, RaterRole.SECOND)
    if asked is None and standing is None:
        raise Refused(N_("Aucune seconde notation n'est demandée."))
    if asked is not None and asked.given_up_at is None:
        asked.given_up_at, asked.given_up_by_id = clock.now(), actor.user_id
        asked.given_up_reason = words
        audit.record(
            db, actor, "second_marking.give_up", asked, candidacy_id=performance.candidacy_id
        )
        db.flush()
    if standing is not None:
        assignments.withdraw(db, actor, standing, words)
        rating_letters.release(db, standing)
    else:
        events.tell(db, MarkingChanged(actor, performance, words))


def _marked(db: Session, actor: Actor, candidacy: Candidacy) -> Performance:
    """Return the oral that counts, its candidacy held, for whoever coordinates."""
    performance = marks.performance_of(db, candidacy.id)
    check(db, actor, Permission.ASSIGN_RATER, performance)
    journey.lock(db, candidacy)
    if performance is None or candidacy.stage not in MARKED:
        raise Refused(N_("Cet oral n'attend pas de notation."))
    return performance


def _words(text: str, missing: str) -> str:
    words = clean(text)
    if not words or len(words) > REASON_MAX:
        raise Invalid(missing, "reason")
    return words


# What a rater does


def recuse(db: Session, actor: Actor, assignment: Assignment, words: str = "") -> None:
    """Give back what one was asked to rate because one knows the person; somebody else is asked.

    Raises:
        Forbidden: the actor is not asked to.
        Refused: they have submitted their sheet.
    """
    asked = assignment.stands and assignment.role in rating.BESIDE
    if not asked or actor.user_id != assignment.rater_id:
        raise Forbidden
    reason = "; ".join(filter(None, [KNOWN, clean(words)[:REASON_MAX]]))
    assignments.withdraw(db, SYSTEM, assignment, reason[:REASON_MAX])
    audit.record(
        db,
        actor,
        "assignment.recuse",
        assignment,
        candidacy_id=assignment.performance.candidacy_id,
    )


KNOWN: Final = "connaît la personne"
"""Why somebody gave an oral back, as the row says it."""


def begin(db: Session, assignment: Assignment) -> None:
    """Keep from what somebody rates, who opens a sheet now: with the picture, or by sound alone."""
    manifests = db.scalars(
        select(Recording.manifest)
        .join(Interview, Interview.id == Recording.interview_id)
        .where(
            Interview.performance_id == assignment.performance_id, Recording.manifest.is_not(None)
        )
    )
    assignment.mode = rating.mode_of([manifest for manifest in manifests if manifest])


# What the jobs process does


def appoint_waiting(database: Database) -> int:
    """Ask somebody for each marking that nobody could do before; return how many were asked."""
    with database.session(read_only=True) as db:
        numbers = db.scalars(
            select(Candidacy.id).where(Candidacy.stage == Stage.MARKING, rating.lacking())
        )
        waiting = list(numbers)
    count = 0
    for number in waiting:
        with database.transaction() as db:
            candidacy = db.get_one(Candidacy, number)
            journey.lock(db, candidacy)
            performance = marks.performance_of(db, number)
            if performance is not None and candidacy.stage is Stage.MARKING:
                count += appoint(db, candidacy, performance) is not None
    return count
