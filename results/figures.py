"""What a certifier's results look like as a whole: levels, targets, time, disturbances, agreement.

A group of fewer than `LEAST` results shows no figure: it would tell of people, not of the exam.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median, quantiles
from typing import Any, Final

from sqlalchemy import Select, and_, case, exists, func, literal, select
from sqlalchemy.orm import Session, aliased

from enrolment.models import Candidacy, Certification
from kernel import exam_zone
from kernel.levels import TARGETS, Level
from results.marks import Basis
from results.models import InputKind, VerdictInput, VerdictRow
from rooms.models import Incident, Interview
from scheduling.models import Appointment, AppointmentState

LEAST: Final = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """One result that went out, as the figures need it."""

    certification: str
    oral: Level
    written: Level
    overall: Level
    target: Level
    certified: bool
    validated_at: datetime
    oral_ended_at: datetime | None
    basis: Basis
    disturbed: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which results are looked at: of one certification or all, validated between two days."""

    certification_id: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Success:
    """How many of those who aimed at a level reached it."""

    target: Level
    aimed: int
    reached: int

    @property
    def share(self) -> float | None:
        """Return the share that reached it, 0 to 1; None where the group is too small."""
        return self.reached / self.aimed if self.aimed >= LEAST else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long results took after the oral, in days: the half and nine in ten."""

    median: float
    ninety: float


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one group. A share is 0 to 1; None: it is of fewer than `LEAST`."""

    count: int
    levels: dict[str, dict[Level, int]]
    successes: Sequence[Success]
    reached: float | None
    waiting: Waiting | None
    disturbed: float | None
    twice_marked: float | None
    agreed: float | None

    @property
    def enough(self) -> bool:
        """Tell whether the group is large enough to show anything but its size."""
        return self.count >= LEAST


def summary(outcomes: Sequence[Outcome]) -> Figures:
    """Return the figures of a group: pure."""
    count = len(outcomes)
    aimed = Counter(outcome.target for outcome in outcomes)
    reached = Counter(outcome.target for outcome in outcomes if outcome.certified)
    seconds = [outcome for outcome in outcomes if outcome.basis is not Basis.FIRST]
    return Figures(
        count=count,
        levels={
            part: _counted(getattr(outcome, part) for outcome in outcomes)
            for part in ("overall", "oral", "written")
        },
        successes=[
            Success(target, aimed[target], reached[target]) for target in TARGETS if aimed[target]
        ],
        reached=_share(sum(outcome.certified for outcome in outcomes), count),
        waiting=_waiting(outcomes),
        disturbed=_share(sum(outcome.disturbed for outcome in outcomes), count),
        twice_marked=_share(len(seconds), count),
        agreed=_share(sum(outcome.basis is Basis.MEAN for outcome in seconds), len(seconds)),
    )


def by_certification(outcomes: Iterable[Outcome]) -> dict[str, Figures]:
    """Return the figures of each certification, by its name."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.certification].append(outcome)
    return {name: summary(groups[name]) for name in sorted(groups)}


def _counted(levels: Iterable[Level]) -> dict[Level, int]:
    counted = Counter(levels)
    return {level: counted[level] for level in Level}


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole >= LEAST else None


def _waiting(outcomes: Sequence[Outcome]) -> Waiting | None:
    days = [
        (outcome.validated_at - outcome.oral_ended_at) / timedelta(days=1)
        for outcome in outcomes
        if outcome.oral_ended_at is not None
    ]
    if len(days) < LEAST:
        return None
    return Waiting(median(days), quantiles(days, n=10, method="inclusive")[-1])


def outcomes(db: Session, wanted: Wanted, locale: str) -> list[Outcome]:
    """Return every result in force that went out, in one statement; the oldest first."""
    rows = db.execute(_query(wanted))
    return [
        Outcome(
            certification=row.name_fr if locale == "fr" else row.name_en,
            oral=row.oral,
            written=row.written,
            overall=row.overall,
            target=row.target,
            certified=row.certified,
            validated_at=row.validated_at,
            oral_ended_at=row.ended_at,
            basis=Basis(row.basis or Basis.FIRST),
            disturbed=bool(row.disturbed),
        )
        for row in rows
    ]


def _query(wanted: Wanted) -> Select[*tuple[Any, ...]]:
    newer = aliased(VerdictRow)
    held = and_(
        Appointment.candidacy_id == Candidacy.id, Appointment.state == AppointmentState.HELD
    )
    ended = select(func.max(Appointment.ends_at)).where(held).scalar_subquery()
    basis = (
        select(VerdictInput.value)
        .where(VerdictInput.verdict_id == VerdictRow.id, VerdictInput.kind == InputKind.BASIS)
        .limit(1)
        .scalar_subquery()
    )
    disturbed = exists().where(
        Incident.interview_id == Interview.id,
        Interview.appointment_id == Appointment.id,
        Appointment.candidacy_id == Candidacy.id,
    )
    query = (
        select(
            # Columns alone: the inputs and explanations of all verdicts would be read for nothing.
            *(VerdictRow.oral, VerdictRow.written, VerdictRow.overall, VerdictRow.target),
            *(VerdictRow.certified, VerdictRow.validated_at),
            *(Certification.name_fr, Certification.name_en),
            ended.label("ended_at"),
            basis.label("basis"),
            case((disturbed, literal(1)), else_=literal(0)).label("disturbed"),
        )
        .join(Candidacy, Candidacy.id == VerdictRow.candidacy_id)
        .join(Certification, Certification.id == Candidacy.certification_id)
        .where(
            ~exists().where(
                newer.candidacy_id == VerdictRow.candidacy_id, newer.version > VerdictRow.version
            )
        )
        .order_by(VerdictRow.validated_at, VerdictRow.id)
    )
    if wanted.certification_id is not None:
        query = query.where(Certification.id == wanted.certification_id)
    if wanted.since is not None:
        query = query.where(VerdictRow.validated_at >= exam_zone.midnight(wanted.since))
    if wanted.until is not None:
        after = exam_zone.midnight(wanted.until + timedelta(days=1))
        query = query.where(VerdictRow.validated_at < after)
    return query
