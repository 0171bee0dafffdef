"""From scoresheets to the mark that counts: one rule, by role and never by date.

Whoever conducted the interview marks first. Where a second rater was asked, their marks count too:
two that agree give the mean, two that do not wait for a third, who decides. Nobody takes the
higher of two silently.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeAlias

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from enrolment import gates, journey
from enrolment.models import Candidacy, GateKind, Stage
from kernel.permissions import Actor
from results import policies
from results.models import SecondMarking
from results.policy import Policy
from results.verdict import GivenMark, NeedsCoordinator, assess
from rooms.models import Interview, InterviewState
from rubrics import queries
from rubrics.models import (
    Assignment,
    AssignmentReason,
    Performance,
    PerformanceKind,
    RaterRole,
    Scoresheet,
)
from rubrics.scale import NOT_ASSESSABLE, THIRDS_PER_LEVEL
from scheduling.models import Appointment, AppointmentState

Marks: TypeAlias = Mapping[str, GivenMark]

MEANS_WITHIN: Final = 2
"""Thirds of a level that two raters' means may lie apart and still agree."""
CRITERIA_WITHIN: Final = THIRDS_PER_LEVEL
"""Thirds of a level that two marks of one criterion may lie apart and still agree."""
_BLANKS: Final = "not_assessable"
_AWAITED: Final = "marks_awaited"


class Basis(StrEnum):
    """Whose marks count."""

    FIRST = "first"  # of whoever conducted the interview
    MEAN = "mean"  # of two raters who agree, criterion by criterion
    ADJUDICATED = "adjudicated"  # of the third, who saw both


@dataclass(frozen=True, slots=True)
class Counted:
    """The marks that count, by criterion, and the roles whose sheets they were made from."""

    marks: dict[str, GivenMark]
    basis: Basis
    roles: tuple[RaterRole, ...]


@dataclass(frozen=True, slots=True)
class Awaited:
    """No mark counts yet: somebody in this role has to submit, or is still to be asked."""

    role: RaterRole


def count(
    policy: Policy, given: Mapping[RaterRole, Marks], asked: Collection[RaterRole] = ()
) -> Counted | Awaited:
    """Say which marks count: pure.

    Args:
        policy: computes the means that are compared.
        given: the submitted marks of each role.
        asked: the roles in which somebody was asked and has not submitted.
    """
    if RaterRole.ADJUDICATOR in given:
        marks = dict(given[RaterRole.ADJUDICATOR])
        return Counted(marks, Basis.ADJUDICATED, tuple(role for role in RaterRole if role in given))
    for role in (RaterRole.FIRST, RaterRole.SECOND):
        if role not in given and (role is RaterRole.FIRST or role in asked):
            return Awaited(role)
    if RaterRole.ADJUDICATOR in asked:
        return Awaited(RaterRole.ADJUDICATOR)
    first, second = given[RaterRole.FIRST], given.get(RaterRole.SECOND)
    if second is None:
        return Counted(dict(first), Basis.FIRST, (RaterRole.FIRST,))
    if not agree(policy, first, second):
        return Awaited(RaterRole.ADJUDICATOR)
    means = {key: _mean(mark, second[key]) for key, mark in first.items()}
    return Counted(means, Basis.MEAN, (RaterRole.FIRST, RaterRole.SECOND))


def agree(policy: Policy, first: Marks, second: Marks) -> bool:
    """Tell whether two raters agree: overall, on every criterion, and on what can be assessed."""
    for key, mark in first.items():
        other = second[key]
        if isinstance(mark, str) or isinstance(other, str):
            if mark != other:
                return False
        elif abs(Fraction(mark) - Fraction(other)) > CRITERIA_WITHIN:
            return False
    oral, other_oral = assess(policy, first), assess(policy, second)
    if isinstance(oral, NeedsCoordinator) or isinstance(other_oral, NeedsCoordinator):
        return isinstance(oral, NeedsCoordinator) and isinstance(other_oral, NeedsCoordinator)
    return abs(oral.mean - other_oral.mean) <= MEANS_WITHIN


def _mean(mark: GivenMark, other: GivenMark) -> GivenMark:
    if isinstance(mark, str) or isinstance(other, str):
        return NOT_ASSESSABLE
    mean = (Fraction(mark) + Fraction(other)) / 2
    return int(mean) if mean.denominator == 1 else mean


@dataclass(frozen=True, slots=True)
class Sheets:
    """The submitted sheets of a candidacy's oral by role, and the roles that are awaited."""

    by_role: dict[RaterRole, Scoresheet]
    awaited: frozenset[RaterRole]

    @property
    def first(self) -> Scoresheet | None:
        """Return the sheet of whoever conducted the interview, once it is submitted."""
        return self.by_role.get(RaterRole.FIRST)


def performance_of(db: Session, candidacy_id: int) -> Performance | None:
    """Return the oral that counts, as what is marked, if there is one.

    It is the last that was neither called off nor broken off, also while it is still to come: what
    was marked before it does not count any more.
    """
    return db.scalars(
        select(Performance)
        .outerjoin(Interview, Interview.performance_id == Performance.id)
        .outerjoin(Appointment, Appointment.id == Interview.appointment_id)
        .where(
            Performance.candidacy_id == candidacy_id,
            Performance.kind == PerformanceKind.INTERVIEW,
            or_(
                Interview.id.is_(None),
                (Interview.state != InterviewState.ABORTED)
                & (Appointment.state != AppointmentState.CANCELLED),
            ),
        )
        .order_by(Performance.id.desc())
        .limit(1)
    ).first()


def sheets_of(db: Session, candidacy_id: int) -> Sheets:
    """Return the sheets of the oral that counts: the one query that says which sheet does."""
    performance = performance_of(db, candidacy_id)
    if performance is None:
        return Sheets({}, frozenset())
    awaited = queries.awaited(db, performance.id)
    if second_is_due(db, performance.id):
        awaited |= {RaterRole.SECOND}
    return Sheets(queries.in_force(db, performance.id), awaited)


def second_is_due(db: Session, performance_id: int) -> bool:
    """Tell whether a second marking is asked for that nobody is asked to do yet."""
    asked = select(SecondMarking.id).where(
        SecondMarking.performance_id == performance_id,
        SecondMarking.given_up_at.is_(None),
        ~exists().where(
            Assignment.performance_id == performance_id,
            Assignment.role == RaterRole.SECOND,
            Assignment.reason != AssignmentReason.CALIBRATION,
            Assignment.withdrawn_at.is_(None),
        ),
    )
    return db.scalars(asked).first() is not None


def marks_of(sheet: Scoresheet) -> dict[str, GivenMark]:
    """Return the marks of a sheet by criterion, in thirds or `NOT_ASSESSABLE`."""
    return {
        mark.criterion: NOT_ASSESSABLE if mark.thirds is None else mark.thirds
        for mark in sheet.marks
    }


def count_sheets(policy: Policy, sheets: Sheets) -> Counted | Awaited:
    """Say which marks of a candidacy count; an open correction does not undo what it corrects."""
    given = {role: marks_of(sheet) for role, sheet in sheets.by_role.items()}
    return count(policy, given, sheets.awaited - given.keys())


def settle(db: Session, actor: Actor, candidacy: Candidacy, reason: str = "") -> None:
    """Open the gate of the marks, or shut it, by whether a mark counts now and none is awaited.

    Too many criteria that could not be assessed: the candidacy waits for the coordinator.
    """
    journey.lock(db, candidacy)
    sheets = sheets_of(db, candidacy.id)
    if sheets.awaited or not sheets.by_role:
        _wait(db, actor, candidacy, reason or _AWAITED)
        return
    policy = policies.of(db, candidacy)
    counted = count_sheets(policy, sheets)
    if isinstance(counted, Awaited):
        _wait(db, actor, candidacy, reason or _AWAITED)
        return
    detail = " ".join(str(sheets.by_role[role].id) for role in counted.roles)
    stuck = isinstance(assess(policy, counted.marks), NeedsCoordinator)
    if stuck and candidacy.stage is Stage.MARKING:
        gates.put(db, candidacy, GateKind.MARKS, is_open=True, detail=detail)
        gates.put(db, candidacy, GateKind.WITHHELD, is_open=True, detail=_BLANKS)
        journey.move(db, actor, candidacy, Stage.SUSPENDED)
        return
    journey.report(db, actor, candidacy, GateKind.MARKS, is_open=True, detail=detail)


def _wait(db: Session, actor: Actor, candidacy: Candidacy, reason: str) -> None:
    """Shut what was open: marks are awaited, for the first time or again."""
    if not gates.is_open(db, candidacy, GateKind.MARKS):
        return
    journey.report(db, actor, candidacy, GateKind.MARKS, is_open=False, reason=reason)
    held = gates.find(db, candidacy, GateKind.WITHHELD)
    if held is not None and held.open and held.detail == _BLANKS:
        gates.put(db, candidacy, GateKind.WITHHELD, is_open=False, detail=_BLANKS)
        if candidacy.stage is Stage.SUSPENDED:
            journey.move(db, actor, candidacy, Stage.MARKING, reason)
