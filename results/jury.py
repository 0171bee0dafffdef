"""What a jury decides of a result: approve it, withhold it, send its marks back.

Nobody decides of an oral that they conducted or marked. An approval holds for the very verdict that
was read; once anything it is made from has changed, it counts no more. What was decided stays.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from enrolment import journey
from enrolment.models import Candidacy, Stage
from kernel import audit, clock, live
from kernel.errors import N_, Invalid, NotThere, Refused
from kernel.levels import Level
from kernel.permissions import Actor, Permission, check
from people.models import User
from results import marks
from results.models import Deliberation, JuryAct, JuryDecision, JuryEnd
from rubrics import marking
from rubrics.models import Assignment, Performance
from scheduling.models import Appointment

REASON_MAX: Final = 500
TOOK_PART: Final = N_(
    "Vous avez conduit ou noté l'oral de cette candidature : quelqu'un d'autre décide de son "
    "résultat."
)


def took_part(db: Session, user_id: int | None, candidacy_id: int) -> bool:
    """Tell whether somebody conducted, or was asked to rate, an oral of this candidacy."""
    conducted = exists().where(
        Appointment.candidacy_id == candidacy_id, Appointment.evaluator_id == user_id
    )
    rated = exists().where(
        Assignment.performance_id == Performance.id,
        Performance.candidacy_id == candidacy_id,
        Assignment.rater_id == user_id,
    )
    return bool(db.scalar(select(or_(conducted, rated))))


def require_apart(db: Session, actor: Actor, candidacy: Candidacy) -> None:
    """Make sure that the actor may decide of this result.

    Raises:
        Forbidden: they do not coordinate.
        Refused: they had a part in it.
    """
    check(db, actor, Permission.VALIDATE_RESULTS, candidacy)
    if took_part(db, actor.user_id, candidacy.id):
        raise Refused(TOOK_PART)


def approvals(db: Session, candidacy_id: int, digest: str) -> list[JuryDecision]:
    """Return the approvals of one verdict that count: of people who still may give one."""
    standing = db.scalars(
        select(JuryDecision)
        .join(User, User.id == JuryDecision.by_id)
        .where(
            JuryDecision.candidacy_id == candidacy_id,
            JuryDecision.act == JuryAct.APPROVE,
            JuryDecision.ended_at.is_(None),
            JuryDecision.digest == digest,
            User.active,
        )
        .order_by(JuryDecision.id)
    )
    return [decision for decision in standing if decision.by.actor.coordinates]


def withheld(db: Session, candidacy_id: int) -> JuryDecision | None:
    """Return the decision that keeps a result back, if there is one."""
    return db.scalar(
        select(JuryDecision).where(
            JuryDecision.candidacy_id == candidacy_id,
            JuryDecision.act == JuryAct.WITHHOLD,
            JuryDecision.ended_at.is_(None),
        )
    )


def approve(
    db: Session,
    actor: Actor,
    candidacy: Candidacy,
    digest: str,
    level: Level,
    meeting: Deliberation | None = None,
) -> JuryDecision:
    """Approve the result that was read. Called with the candidacy locked.

    Raises:
        Forbidden, Refused: as `require_apart`; or they approved it already.
    """
    require_apart(db, actor, candidacy)
    for decision in _standing(db, candidacy.id):
        if decision.digest != digest:
            _end(decision, actor, JuryEnd.CHANGED)
        elif decision.by_id == actor.user_id:
            raise Refused(
                N_("Vous avez déjà validé ce résultat : une autre personne doit le valider aussi.")
            )
    made = _add(db, actor, candidacy, JuryAct.APPROVE, meeting)
    made.digest, made.level = digest, level
    db.flush()
    return made


def end_approvals(db: Session, actor: Actor, candidacy_id: int, why: JuryEnd) -> int:
    """End every approval of a candidacy that stands; return how many."""
    standing = _standing(db, candidacy_id)
    for decision in standing:
        _end(decision, actor, why)
    db.flush()
    return len(standing)


def withhold(
    db: Session,
    actor: Actor,
    candidacy: Candidacy,
    reason: str,
    meeting: Deliberation | None = None,
) -> JuryDecision:
    """Keep a result back until somebody lifts that; approvals that it had end.

    Raises:
        Forbidden, Refused: as `require_apart`; it is not complete, or withheld already.
        Invalid: no reason.
    """
    require_apart(db, actor, candidacy)
    reason = _reason(reason, N_("Dites pourquoi ce résultat est retenu."))
    _require_complete(db, candidacy)
    if withheld(db, candidacy.id) is not None:
        raise Refused(N_("Ce résultat est déjà retenu."))
    end_approvals(db, actor, candidacy.id, JuryEnd.WITHHELD)
    made = _add(db, actor, candidacy, JuryAct.WITHHOLD, meeting)
    made.reason = reason
    return _told(db, actor, made, "results.withhold")


def lift(db: Session, actor: Actor, candidacy: Candidacy) -> None:
    """Withhold a result no more: it waits to be approved as before.

    Raises:
        Forbidden, Refused: as `require_apart`; or nobody withholds it.
    """
    require_apart(db, actor, candidacy)
    journey.lock(db, candidacy)
    decision = withheld(db, candidacy.id)
    if decision is None:
        raise Refused(N_("Ce résultat n'est pas, ou plus, retenu."))
    _end(decision, actor, JuryEnd.LIFTED)
    _told(db, actor, decision, "results.lift")


def send_back(
    db: Session,
    actor: Actor,
    candidacy: Candidacy,
    reason: str,
    meeting: Deliberation | None = None,
) -> JuryDecision:
    """Have whoever marked first look at their sheet again: a new version of it is opened.

    Raises:
        Forbidden, Refused: as `require_apart`; it is not complete, or cannot be reopened.
        Invalid: no reason.
        NotThere: nobody marked it.
    """
    require_apart(db, actor, candidacy)
    reason = _reason(reason, N_("Dites pourquoi les notes sont renvoyées."))
    _require_complete(db, candidacy)
    sheet = marks.sheets_of(db, candidacy.id).first
    if sheet is None:
        raise NotThere
    end_approvals(db, actor, candidacy.id, JuryEnd.RETURNED)
    made = _add(db, actor, candidacy, JuryAct.RETURN, meeting)
    made.reason = reason
    _end(made, actor, JuryEnd.DONE)
    marking.reopen(db, actor, sheet, reason)
    return _told(db, actor, made, "results.return")


def _require_complete(db: Session, candidacy: Candidacy) -> None:
    journey.lock(db, candidacy)
    if candidacy.stage is not Stage.COMPLETE:
        raise Refused(
            N_("Ce résultat n'attend pas de délibération : il n'est pas complet, ou déjà parti.")
        )


def _reason(words: str, message: str) -> str:
    words = " ".join(words.split())
    if not words:
        raise Invalid(message, "reason")
    if len(words) > REASON_MAX:
        raise Invalid(N_("Le motif est trop long."), "reason")
    return words


def _standing(db: Session, candidacy_id: int) -> list[JuryDecision]:
    return list(
        db.scalars(
            select(JuryDecision).where(
                JuryDecision.candidacy_id == candidacy_id,
                JuryDecision.act == JuryAct.APPROVE,
                JuryDecision.ended_at.is_(None),
            )
        )
    )


def _add(
    db: Session, actor: Actor, candidacy: Candidacy, act: JuryAct, meeting: Deliberation | None
) -> JuryDecision:
    if meeting is not None and meeting.closed_at is not None:
        raise Refused(N_("Cette délibération est close : rien ne s'y décide plus."))
    made = JuryDecision(
        candidacy_id=candidacy.id,
        deliberation=meeting,
        act=act,
        by_id=actor.user_id,
        at=clock.now(),
    )
    db.add(made)
    return made


def _end(decision: JuryDecision, actor: Actor, why: JuryEnd) -> None:
    decision.ended_at, decision.ended_why = clock.now(), why
    decision.ended_by_id = actor.user_id


def _told(db: Session, actor: Actor, decision: JuryDecision, act: str) -> JuryDecision:
    db.flush()
    audit.record(db, actor, act, decision, candidacy_id=decision.candidacy_id)
    live.publish(db, f"candidacy:{decision.candidacy_id}")
    return decision
