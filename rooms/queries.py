"""What pages and verbs read of interviews, with everything that they show in a few statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from enrolment.models import ENDED, Candidacy, Candidate
from rooms.models import CardUse, Interview, InterviewState, Recording, RecordingState
from rooms.transitions import OVER, UNDER_WAY
from rubrics.models import Assignment, Scoresheet, SheetState
from scheduling.models import Appointment, AppointmentState

PAGE = 50


def _people() -> list[ORMOption]:
    appointment = contains_eager(Interview.appointment)
    candidacy = appointment.joinedload(Appointment.candidacy)
    return [
        appointment.joinedload(Appointment.evaluator),
        candidacy.joinedload(Candidacy.candidate).joinedload(Candidate.user),
        candidacy.joinedload(Candidacy.certification),
        candidacy.joinedload(Candidacy.organisation),
        joinedload(Interview.identity_check),
    ]


def whole(db: Session, interview_id: int) -> Interview | None:
    """Return one interview with its people, parts, cards and incidents, as they stand now."""
    return db.scalar(
        select(Interview)
        .join(Interview.appointment)
        .where(Interview.id == interview_id)
        .options(
            *_people(),
            joinedload(Interview.content_set),
            selectinload(Interview.parts),
            selectinload(Interview.cards).joinedload(CardUse.card),
            selectinload(Interview.incidents),
        )
        .execution_options(populate_existing=True)
    )


def of_appointment(db: Session, appointment_id: int) -> Interview | None:
    """Return the interview of an appointment, if it was made."""
    return db.scalar(
        select(Interview)
        .join(Interview.appointment)
        .where(Interview.appointment_id == appointment_id)
        .options(*_people())
    )


@dataclass(frozen=True)
class Page:
    """One page of interviews, and how many there are in all."""

    rows: list[Interview]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


def _belongs(evaluator_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Appointment.evaluator_id == evaluator_id,
        Appointment.state != AppointmentState.CANCELLED,
    )


def _of_evaluator(evaluator_id: int) -> Select[Interview]:
    query = select(Interview).join(Interview.appointment).options(*_people())
    return query.where(*_belongs(evaluator_id))


def today(db: Session, evaluator_id: int, start: datetime, end: datetime) -> list[Interview]:
    """Return the evaluator's interviews of a day (its bounds in UTC), in order of time."""
    query = _of_evaluator(evaluator_id).where(
        Appointment.starts_at >= start, Appointment.starts_at < end
    )
    return list(db.scalars(query.order_by(Appointment.starts_at, Interview.id)))


def coming(db: Session, evaluator_id: int, after: datetime, most: int = PAGE) -> list[Interview]:
    """Return the evaluator's next interviews that begin from `after` on."""
    query = _of_evaluator(evaluator_id).where(Appointment.starts_at >= after)
    return list(db.scalars(query.order_by(Appointment.starts_at, Interview.id).limit(most)))


def past(db: Session, evaluator_id: int, before: datetime, number: int = 1) -> Page:
    """Return one page of the evaluator's interviews that began before, newest first."""
    mine = (*_belongs(evaluator_id), Appointment.starts_at < before)
    total = db.scalar(select(func.count(Interview.id)).join(Interview.appointment).where(*mine))
    rows = db.scalars(
        _of_evaluator(evaluator_id)
        .where(Appointment.starts_at < before)
        .order_by(Appointment.starts_at.desc(), Interview.id.desc())
        .limit(PAGE)
        .offset((max(1, number) - 1) * PAGE)
    )
    return Page(list(rows), total or 0, max(1, number))


def to_mark(db: Session, evaluator_id: int, most: int = PAGE) -> list[Interview]:
    """Return the evaluator's ended interviews whose marks, or a correction, are not submitted."""
    mine = (
        (Scoresheet.performance_id == Interview.performance_id)
        & (Scoresheet.rater_id == evaluator_id)
        & (Scoresheet.assignment_id == Assignment.id)
        & Assignment.withdrawn_at.is_(None)
    )
    draft = exists().where(mine, Scoresheet.state == SheetState.DRAFT)
    given = exists().where(mine, Scoresheet.state == SheetState.SUBMITTED)
    query = _of_evaluator(evaluator_id).where(
        Interview.state == InterviewState.ENDED, or_(draft, ~given)
    )
    return list(db.scalars(query.order_by(Appointment.starts_at, Interview.id).limit(most)))


def of_candidate(db: Session, user_id: int) -> list[Interview]:
    """Return the interviews of one person, newest first."""
    return list(
        db.scalars(
            select(Interview)
            .join(Interview.appointment)
            .join(Appointment.candidacy)
            .join(Candidacy.candidate)
            .where(Candidate.user_id == user_id)
            .options(*_people())
            .order_by(Appointment.starts_at.desc(), Interview.id.desc())
        )
    )


def is_over(interview: Interview) -> bool:
    """Tell whether nothing more can happen in the room."""
    return interview.state in OVER


def under_way(db: Session, candidacy_id: int) -> Interview | None:
    """Return the interview of a candidacy whose room is open now."""
    query = select(Interview).join(Interview.appointment)
    return db.scalars(
        query.where(Appointment.candidacy_id == candidacy_id, Interview.state.in_(UNDER_WAY)).limit(
            1
        )
    ).first()


def of_candidacy(db: Session, candidacy_id: int) -> list[Interview]:
    """Return every interview of a candidacy with its incidents, newest first."""
    return list(
        db.scalars(
            select(Interview)
            .join(Interview.appointment)
            .where(Appointment.candidacy_id == candidacy_id)
            .options(selectinload(Interview.incidents), joinedload(Interview.appointment))
            .order_by(Interview.id.desc())
        )
    )


def not_recorded(db: Session) -> list[Interview]:
    """Return the interviews with a failed recording that may still matter, newest first."""
    failed = exists().where(
        Recording.interview_id == Interview.id, Recording.state == RecordingState.FAILED
    )
    return list(
        db.scalars(
            select(Interview)
            .join(Interview.appointment)
            .join(Appointment.candidacy)
            .where(failed, Candidacy.stage.not_in(ENDED))
            .options(*_people())
            .order_by(Interview.id.desc())
        )
    )


def of_appointments(db: Session, ids: list[int]) -> dict[int, Interview]:
    """Return the interviews of these appointments, by appointment, in one statement."""
    interviews = db.scalars(select(Interview).where(Interview.appointment_id.in_(ids)))
    return {interview.appointment_id: interview for interview in interviews}
