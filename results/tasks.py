"""What waits for a coordinator, candidacy by candidacy, and since when.

A candidacy that waits for somebody is a task on that person's home page. The candidate's next step
and the evaluator's sheet stand on theirs; all that nobody else would move stands here. Each kind is
one statement.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from enrolment import gates
from enrolment.extensions import EXTENDABLE
from enrolment.models import (
    ENDED,
    Candidacy,
    CandidacyMove,
    Certification,
    ExtensionRequest,
    Gate,
    GateKind,
    Stage,
    SupportMessage,
)
from kernel import clock
from people import mandates
from proctor import presented
from proctor.models import Decision, IdentityCheck, ProctorSession
from results import rating
from results.models import Document, JuryAct, JuryDecision, VerdictRow
from rooms.absence import LOOKED_FOR
from rooms.models import Incident, Interview
from rubrics.models import Assignment
from scheduling.models import Appointment, AppointmentState
from written_test.models import Blueprint, Release, Standing, WrittenResult, WrittenTest

SHEET_AFTER: Final = timedelta(days=1)
"""How long after the oral its marks are late."""
LEFT_OPEN_AFTER: Final = timedelta(hours=2)
DOCUMENTS_AFTER: Final = timedelta(minutes=15)
MOST: Final = 50
"""So many of each kind are listed."""


class TaskKind(StrEnum):
    """Why a candidacy waits for a coordinator; the gravest first."""

    SUSPENDED = "suspended"  # an incident ended the oral
    WITHOUT_EVALUATOR = "without_evaluator"  # planned with somebody who may not hold it any more
    NOT_HELD = "not_held"  # its hour passed, and it never began
    LEFT_OPEN = "left_open"  # begun long ago, and never ended
    INCIDENT = "incident"  # something was said that nobody has read
    MESSAGE = "message"  # the candidate asks for help
    EXTENSION = "extension"  # more time was asked for, and nobody answered
    PICTURE = "picture"  # a document was shown, and its picture is gone before long
    WATCH = "watch"  # a watch over the written test waits for its decision
    CONFLICT = "conflict"  # two written results contradict each other
    WRITTEN_MISSING = "written_missing"  # marked, without a written level
    WRITTEN_AWAITED = "written_awaited"  # ready to book, but for a level that comes from elsewhere
    SHEET_OVERDUE = "sheet_overdue"
    RATER_MISSING = "rater_missing"  # a further marking is asked for, and nobody can be asked
    RATING_OVERDUE = "rating_overdue"  # whoever was asked for one has not done it in time
    TO_VALIDATE = "to_validate"
    WITHHELD = "withheld"  # the jury keeps it back
    DOCUMENTS = "documents"  # validated, and no document was made
    RATING = "rating"  # a further marking is asked for, and under way


PRESSING: Final = frozenset(
    {TaskKind.SUSPENDED, TaskKind.WITHOUT_EVALUATOR, TaskKind.NOT_HELD, TaskKind.LEFT_OPEN}
)
"""What cannot wait; the rest is ordinary work."""


@dataclass(frozen=True, slots=True)
class Task:
    """One candidacy that waits, why, and since when."""

    kind: TaskKind
    candidacy: Candidacy
    since: datetime


@dataclass(frozen=True, slots=True)
class Tasks:
    """What waits: so many of each kind, the oldest of each listed first."""

    rows: list[Task]
    counts: dict[TaskKind, int]


Waiting = Select[int, Any]


def _gate(kind: GateKind, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """Tell in SQL that a candidacy's gate of `kind` is open."""
    gate = aliased(Gate)
    return exists().where(gate.candidacy_id == Candidacy.id, gate.kind == kind, gate.open, *more)


def _moved() -> Any:
    """Return since when a candidacy stands where it stands."""
    return func.coalesce(
        select(func.max(CandidacyMove.at))
        .where(CandidacyMove.candidacy_id == Candidacy.id)
        .scalar_subquery(),
        Candidacy.created_at,
    )


def _at_stage(stage: Stage, *where: ColumnElement[bool]) -> Waiting:
    return select(Candidacy.id, _moved()).where(Candidacy.stage == stage, *where)


def _planned(*where: ColumnElement[bool]) -> Waiting:
    return (
        select(Candidacy.id, Appointment.starts_at)
        .join(Appointment, Appointment.candidacy_id == Candidacy.id)
        .where(Appointment.state == AppointmentState.PLANNED, *where)
    )


def _suspended(_now: datetime) -> Waiting:
    return _at_stage(Stage.SUSPENDED)


def _without_evaluator(now: datetime) -> Waiting:
    lost = mandates.without(
        Appointment.evaluator_id,
        Certification.language,
        Candidacy.target_level,
        Candidacy.organisation_id,
    )
    return _planned(
        Appointment.starts_at > now - LOOKED_FOR, Candidacy.stage == Stage.BOOKED, lost
    ).join(Certification, Certification.id == Candidacy.certification_id)


def _not_held(now: datetime) -> Waiting:
    return _planned(Candidacy.stage == Stage.BOOKED, Appointment.starts_at <= now - LOOKED_FOR)


def _left_open(now: datetime) -> Waiting:
    return _planned(Candidacy.stage == Stage.IN_ORAL, Appointment.ends_at <= now - LEFT_OPEN_AFTER)


def _incident(_now: datetime) -> Waiting:
    return (
        select(Candidacy.id, func.min(Incident.at))
        .join(Appointment, Appointment.candidacy_id == Candidacy.id)
        .join(Interview, Interview.appointment_id == Appointment.id)
        .join(Incident, Incident.interview_id == Interview.id)
        .where(Incident.read_at.is_(None), Candidacy.stage.not_in((Stage.SUSPENDED, *ENDED)))
        .group_by(Candidacy.id)
    )


def _message(_now: datetime) -> Waiting:
    return (
        select(Candidacy.id, func.min(SupportMessage.at))
        .join(SupportMessage, SupportMessage.candidacy_id == Candidacy.id)
        .where(SupportMessage.answered_at.is_(None))
        .group_by(Candidacy.id)
    )


def _extension(_now: datetime) -> Waiting:
    return (
        select(Candidacy.id, func.min(ExtensionRequest.asked_at))
        .join(ExtensionRequest, ExtensionRequest.candidacy_id == Candidacy.id)
        .where(ExtensionRequest.decided_at.is_(None), Candidacy.stage.in_(EXTENDABLE))
        .group_by(Candidacy.id)
    )


def _picture(_now: datetime) -> Waiting:
    return (
        select(Candidacy.id, func.min(IdentityCheck.picture_taken_at))
        .join(IdentityCheck, IdentityCheck.candidacy_id == Candidacy.id)
        .where(*presented.WAITING)
        .group_by(Candidacy.id)
    )


def _watch(_now: datetime) -> Waiting:
    return (
        select(Candidacy.id, func.min(ProctorSession.closed_at))
        .join(ProctorSession, ProctorSession.candidacy_id == Candidacy.id)
        .where(
            ProctorSession.closed_at.is_not(None),
            ProctorSession.decision == Decision.UNDECIDED,
            Candidacy.stage.not_in(ENDED),
        )
        .group_by(Candidacy.id)
    )


def _conflict(_now: datetime) -> Waiting:
    return (
        select(Candidacy.id, func.min(WrittenResult.entered_at))
        .join(WrittenResult, WrittenResult.candidacy_id == Candidacy.id)
        .where(WrittenResult.standing == Standing.WAITING, Candidacy.stage.not_in(ENDED))
        .group_by(Candidacy.id)
    )


def _written_missing(_now: datetime) -> Waiting:
    """Select what is marked and has no written level that counts: none, or held by a void watch."""
    return select(Candidacy.id, _moved()).where(
        Candidacy.stage.in_((Stage.MARKING, Stage.COMPLETE)),
        _gate(GateKind.MARKS),
        ~_gate(GateKind.WRITTEN_RESULT) | gates.is_held_by_watch("void"),
    )


def _written_awaited(_now: datetime) -> Waiting:
    """Select who tested their equipment and waits for a level: their test is not sat here."""
    tested = aliased(Gate)
    is_here = exists().where(
        Blueprint.certification_id == Candidacy.certification_id,
        Release.bank_id == Blueprint.bank_id,
    )
    return (
        select(Candidacy.id, tested.at)
        .join(tested, tested.candidacy_id == Candidacy.id)
        .where(
            tested.kind == GateKind.EQUIPMENT,
            tested.open,
            Candidacy.stage == Stage.ENROLLED,
            ~_gate(GateKind.WRITTEN_RESULT),
            ~is_here,
            ~exists().where(WrittenTest.candidacy_id == Candidacy.id),
        )
    )


def _sheet_overdue(now: datetime) -> Waiting:
    """Select what waits for the marks of whoever conducted the oral, not for further ones."""
    return _at_stage(
        Stage.MARKING,
        ~_gate(GateKind.MARKS),
        ~rating.lacking(),
        ~rating.pending(),
        _moved() <= now - SHEET_AFTER,
    )


def _rater_missing(_now: datetime) -> Waiting:
    return _at_stage(Stage.MARKING, rating.lacking())


def _rating_overdue(now: datetime) -> Waiting:
    return _at_stage(Stage.MARKING, rating.pending(Assignment.due_at <= now))


def _rating(now: datetime) -> Waiting:
    soon = or_(Assignment.due_at.is_(None), Assignment.due_at > now)
    return _at_stage(Stage.MARKING, rating.pending(soon))


def _to_validate(now: datetime) -> Waiting:
    """Select what is complete and held back by nothing of what `validation.withheld_by` asks."""
    held = [waiting(now).subquery() for waiting in (_incident, _conflict, _withheld)]
    return _at_stage(
        Stage.COMPLETE,
        ~gates.is_held_by_watch(),
        *(Candidacy.id.not_in(select(next(iter(rows.c)))) for rows in held),
    )


def _withheld(_now: datetime) -> Waiting:
    return (
        select(Candidacy.id, JuryDecision.at)
        .join(JuryDecision, JuryDecision.candidacy_id == Candidacy.id)
        .where(
            JuryDecision.act == JuryAct.WITHHOLD,
            JuryDecision.ended_at.is_(None),
            Candidacy.stage == Stage.COMPLETE,
        )
    )


def _documents(now: datetime) -> Waiting:
    return (
        select(Candidacy.id, func.min(Document.issued_at))
        .join(VerdictRow, VerdictRow.candidacy_id == Candidacy.id)
        .join(Document, Document.verdict_id == VerdictRow.id)
        .where(
            Candidacy.stage == Stage.VALIDATED,
            Document.storage_key.is_(None),
            Document.revoked_at.is_(None),
            Document.issued_at <= now - DOCUMENTS_AFTER,
        )
        .group_by(Candidacy.id)
    )


_ASKED: Final[dict[TaskKind, Callable[[datetime], Waiting]]] = {
    TaskKind.SUSPENDED: _suspended,
    TaskKind.WITHOUT_EVALUATOR: _without_evaluator,
    TaskKind.NOT_HELD: _not_held,
    TaskKind.LEFT_OPEN: _left_open,
    TaskKind.INCIDENT: _incident,
    TaskKind.MESSAGE: _message,
    TaskKind.EXTENSION: _extension,
    TaskKind.PICTURE: _picture,
    TaskKind.WATCH: _watch,
    TaskKind.CONFLICT: _conflict,
    TaskKind.WRITTEN_MISSING: _written_missing,
    TaskKind.WRITTEN_AWAITED: _written_awaited,
    TaskKind.SHEET_OVERDUE: _sheet_overdue,
    TaskKind.RATER_MISSING: _rater_missing,
    TaskKind.RATING_OVERDUE: _rating_overdue,
    TaskKind.TO_VALIDATE: _to_validate,
    TaskKind.WITHHELD: _withheld,
    TaskKind.DOCUMENTS: _documents,
    TaskKind.RATING: _rating,
}


def open_tasks(db: Session, most: int = MOST) -> Tasks:
    """Return what waits for a coordinator now, the gravest kind first, the oldest of each first."""
    now = clock.now()
    rows: list[tuple[TaskKind, int, datetime]] = []
    counts: dict[TaskKind, int] = {}
    for kind, asked in _ASKED.items():
        waiting = asked(now).subquery()
        candidacy_id, since = waiting.c
        open_rows = db.execute(
            select(candidacy_id, since, func.count().over())
            .order_by(since, candidacy_id)
            .limit(most)
        ).all()
        if open_rows:
            counts[kind] = open_rows[0][2]
        rows += [(kind, candidacy, moment) for candidacy, moment, _total in open_rows]
    known = _named(db, {candidacy for _kind, candidacy, _moment in rows})
    return Tasks([Task(kind, known[number], moment) for kind, number, moment in rows], counts)


def counts(db: Session) -> dict[TaskKind, int]:
    """Return how many candidacies wait for a coordinator by kind, in one statement."""
    now = clock.now()
    asked = {
        kind: select(func.count()).select_from(waiting(now).subquery()).scalar_subquery()
        for kind, waiting in _ASKED.items()
    }
    row = db.execute(select(*(count.label(kind) for kind, count in asked.items()))).one()
    return {kind: int(getattr(row, kind)) for kind in asked}


def _named(db: Session, ids: set[int]) -> dict[int, Candidacy]:
    candidacies = db.scalars(
        select(Candidacy)
        .where(Candidacy.id.in_(ids))
        .options(
            joinedload(Candidacy.candidate),
            joinedload(Candidacy.organisation),
            joinedload(Candidacy.certification),
        )
    )
    return {candidacy.id: candidacy for candidacy in candidacies}


def of_candidacy(db: Session, candidacy_id: int) -> set[TaskKind]:
    """Return why one candidacy waits for a coordinator now."""
    now = clock.now()
    return {
        kind
        for kind, asked in _ASKED.items()
        if db.execute(asked(now).where(Candidacy.id == candidacy_id)).first() is not None
    }
