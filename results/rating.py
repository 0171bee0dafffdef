"""Who may be asked to mark an oral from its recording, with what they have to do already.

The rule is `people.mandates`; whom to prefer is ours: whoever has least to do, and for a second
marking somebody who could not settle two that differ, so that a senior is left for that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, ScalarSelect, exists, func, select
from sqlalchemy.orm import Session, aliased

from enrolment.models import Candidacy, Gate, GateKind
from kernel import clock
from kernel.errors import N_
from people.models import User
from results.models import SecondMarking
from rooms.models import Interview, Recording, RecordingState
from rubrics import mandates
from rubrics.models import (
    Assignment,
    AssignmentReason,
    Mode,
    Performance,
    RaterRole,
    Scoresheet,
    SheetState,
)

NO_RECORDING: Final = N_("L'oral n'a pas d'enregistrement : personne ne peut le noter après coup.")
ALL_ASKED: Final = N_("Tous ceux qui pourraient noter cet oral ont déjà été sollicités.")
BESIDE: Final = (RaterRole.SECOND, RaterRole.ADJUDICATOR)
_LOST: Final = (RecordingState.FAILED, RecordingState.PURGED)


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who may be asked; `load`: how many orals they have to mark from a recording."""

    rater: User
    load: int


def choices(db: Session, performance: Performance, role: RaterRole) -> list[Choice]:
    """Return everybody who may rate a performance in `role`, whom to prefer first.

    Nobody is asked twice: whoever was asked before and is not any more had a reason.
    """
    load = select(func.count(Assignment.id)).where(Assignment.rater_id == User.id, *to_do())
    asked = select(Assignment.rater_id).where(Assignment.performance_id == performance.id)
    busy = load.correlate(User).scalar_subquery()
    mandate = mandates.to_rate(db, performance, senior=role is RaterRole.ADJUDICATOR)
    rows = mandate.among(select(User, busy), clock.now()).where(User.id.not_in(asked))
    ordered = rows.order_by(User.senior, busy, User.id)
    return [Choice(rater, count) for rater, count in db.execute(ordered)]


def to_do() -> tuple[ColumnElement[bool], ...]:
    """Tell in SQL that an assignment is to be done, beside whoever conducts the interview."""
    submitted = exists().where(
        Scoresheet.assignment_id == Assignment.id, Scoresheet.state == SheetState.SUBMITTED
    )
    return (
        Assignment.role.in_(BESIDE),
        Assignment.reason != AssignmentReason.CALIBRATION,
        Assignment.withdrawn_at.is_(None),
        ~submitted,
    )


def obstacle(db: Session, performance: Performance, role: RaterRole) -> str:
    """Return in words why nobody can be asked; "" where somebody can."""
    if not is_recorded(db, performance):
        return NO_RECORDING
    if choices(db, performance, role):
        return ""
    mandate = mandates.to_rate(db, performance, senior=role is RaterRole.ADJUDICATOR)
    return mandate.obstacle(db, clock.now()) or ALL_ASKED


def interview_of(db: Session, performance_id: int) -> Interview | None:
    """Return the interview that a performance is, if it is one."""
    return db.scalar(select(Interview).where(Interview.performance_id == performance_id))


def is_recorded(db: Session, performance: Performance) -> bool:
    """Tell whether there is, or will be in a moment, something to rate an oral from."""
    states = db.scalars(
        select(Recording.state)
        .join(Interview, Interview.id == Recording.interview_id)
        .where(Interview.performance_id == performance.id)
    ).all()
    return any(state not in _LOST for state in states)


def mode_of(manifests: Sequence[Mapping[str, object]]) -> Mode:
    """Return what a rating from these manifests is: one without the candidate's picture is marked.

    Pure. The picture is lost where no segment of the candidate has any.
    """
    segments = [
        segment
        for manifest in manifests
        for segment in _segments(manifest)
        if segment.get("role") == "candidate"
    ]
    seen = any(segment.get("width") for segment in segments)
    return Mode.SOUND if segments and not seen else Mode.RECORDED


def _segments(manifest: Mapping[str, object]) -> list[Mapping[str, object]]:
    segments = manifest.get("segments")
    return segments if isinstance(segments, list) else []


def lacking() -> ColumnElement[bool]:
    """Tell in SQL of a `Candidacy` in marking that its oral waits for somebody whom nobody asked.

    A second marking is due, or two that differ wait for a third.
    """
    newest = (
        select(func.max(Performance.id))
        .where(Performance.candidacy_id == Candidacy.id)
        .correlate(Candidacy)
        .scalar_subquery()
    )
    due = exists().where(
        SecondMarking.performance_id == newest,
        SecondMarking.given_up_at.is_(None),
        ~_standing(newest, RaterRole.SECOND),
    )
    shut = ~exists().where(
        Gate.candidacy_id == Candidacy.id, Gate.kind == GateKind.MARKS, Gate.open
    )
    differ = (
        _sheet(newest, SheetState.SUBMITTED, RaterRole.FIRST)
        & _sheet(newest, SheetState.SUBMITTED, RaterRole.SECOND)
        & ~_standing(newest, RaterRole.ADJUDICATOR)
        & ~_sheet(newest, SheetState.DRAFT)
        & shut
    )
    return due | differ


def pending(*where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Tell in SQL of a `Candidacy` that somebody who was asked has its oral to rate, so."""
    return exists().where(
        Performance.candidacy_id == Candidacy.id,
        Assignment.performance_id == Performance.id,
        *to_do(),
        *where,
    )


def _sheet(
    performance: ScalarSelect[Any], state: SheetState, role: RaterRole | None = None
) -> ColumnElement[bool]:
    """Tell that a sheet of somebody who is still asked, in a role (None: any), is in `state`."""
    row, sheet = aliased(Assignment), aliased(Scoresheet)
    return exists().where(
        row.performance_id == performance,
        *_asked(row, role),
        sheet.assignment_id == row.id,
        sheet.state == state,
    )


def _standing(performance: ScalarSelect[Any], role: RaterRole) -> ColumnElement[bool]:
    row = aliased(Assignment)
    return exists().where(row.performance_id == performance, *_asked(row, role))


def _asked(row: type[Assignment], role: RaterRole | None) -> tuple[ColumnElement[bool], ...]:
    return (
        row.reason != AssignmentReason.CALIBRATION,
        row.withdrawn_at.is_(None),
        *([row.role == role] if role else []),
    )
