"""What a jury has before it: each complete result, what stands out in it, what was decided so far.

A machine puts before people what they may want to look at; it withholds nothing by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from enrolment.models import Candidacy, Candidate, Certification, Stage
from kernel import clock
from kernel.errors import Refused
from kernel.levels import Level
from people.languages import Language
from results import confirming, expecting, inputs, jury, risks, validation
from results.marks import Basis
from results.models import JuryDecision
from results.verdict import Oral, Verdict, assess
from rooms.models import Incident, Interview
from scheduling.models import Appointment, AppointmentState

PAGE: Final = 25
SOON: Final = timedelta(days=3)


class Flag(StrEnum):
    """What stands out in a result."""

    BOUNDARY = "boundary"  # the oral lies within a third of a level of where the target begins
    APART = "apart"  # oral and written lie a level apart or more
    RATERS = "raters"  # two raters differed: a third decided
    INCIDENT = "incident"  # something disturbed the oral
    WATCH = "watch"  # the watch over the written test found something
    LATE = "late"  # the day that the candidate was told is near, or past


@dataclass(frozen=True, slots=True)
class Facts:
    """What the flags of one result are read from; `near`: as `risks.near` tells."""

    near: bool
    oral: Level
    written: Level
    basis: Basis
    disturbed: bool
    watch: str
    due: datetime | None


def flags(facts: Facts, now: datetime) -> tuple[Flag, ...]:
    """Return what stands out, the gravest first: pure."""
    holds = {
        Flag.INCIDENT: facts.disturbed,
        Flag.WATCH: facts.watch in ("incident", "undecided"),
        Flag.RATERS: facts.basis is Basis.ADJUDICATED,
        Flag.APART: facts.oral is not facts.written,
        Flag.BOUNDARY: facts.near,
        Flag.LATE: facts.due is not None and facts.due - now <= SOON,
    }
    return tuple(flag for flag, held in holds.items() if held)


@dataclass(frozen=True, slots=True)
class Case:
    """One complete candidacy before the jury: its result, or why there is none to decide of."""

    candidacy: Candidacy
    outcome: Verdict | None
    flags: tuple[Flag, ...]
    approvals: Sequence[JuryDecision]
    withheld: JuryDecision | None
    leaving: confirming.Held | None
    refusal: Refused | None

    @property
    def is_open(self) -> bool:
        """Tell whether it can be approved now."""
        return self.outcome is not None and self.refusal is None and self.leaving is None


@dataclass(frozen=True, slots=True)
class Docket:
    """One page of the cases, the oldest first."""

    cases: list[Case]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """Return how many pages there are."""
        return max(1, -(-self.total // PAGE))


def docket(db: Session, language: Language | None = None, number: int = 1) -> Docket:
    """Return the complete candidacies of one language, or of all, that wait for a jury."""
    query = (
        select(Candidacy)
        .join(Certification, Certification.id == Candidacy.certification_id)
        .where(Candidacy.stage == Stage.COMPLETE)
    )
    if language is not None:
        query = query.where(Certification.language == language)
    total = db.scalar(select(func.count()).select_from(query.subquery())) or 0
    number = max(1, number)
    rows = db.scalars(
        query.options(
            joinedload(Candidacy.candidate).joinedload(Candidate.user),
            joinedload(Candidacy.organisation),
            joinedload(Candidacy.certification),
            selectinload(Candidacy.gates),
        )
        .order_by(Candidacy.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    ).all()
    return Docket([case(db, candidacy) for candidacy in rows], total, number)


def case(db: Session, candidacy: Candidacy) -> Case:
    """Return what a jury has before it of one complete candidacy."""
    withheld = jury.withheld(db, candidacy.id)
    outcome: Verdict | None = None
    standing_out: tuple[Flag, ...] = ()
    refusal: Refused | None = None
    try:
        given = inputs.gather(db, candidacy)
        decided = given.decide() if given else None
        if given is not None and isinstance(decided, Verdict):
            outcome = decided
            standing_out = flags(_facts(db, candidacy, given, decided), clock.now())
        validation.require_outcome(db, candidacy, decided)
    except Refused as error:
        refusal = error
    approvals = jury.approvals(db, candidacy.id, outcome.digest) if outcome else []
    leaving = confirming.held(db, candidacy.id)
    return Case(candidacy, outcome, standing_out, approvals, withheld, leaving, refusal)


def _facts(db: Session, candidacy: Candidacy, given: inputs.Inputs, decided: Verdict) -> Facts:
    held = Appointment.candidacy_id == candidacy.id
    oral = db.scalars(
        select(Appointment)
        .where(held, Appointment.state == AppointmentState.HELD)
        .order_by(Appointment.id.desc())
        .limit(1)
    ).first()
    disturbed = select(Incident.id).join(Interview).join(Appointment).where(held)
    oral_alone = assess(given.policy, given.counted.marks)
    return Facts(
        near=isinstance(oral_alone, Oral)
        and risks.near(given.policy, oral_alone, given.target, decided.written) is not None,
        oral=decided.oral,
        written=decided.written,
        basis=given.counted.basis,
        disturbed=db.scalars(disturbed.limit(1)).first() is not None,
        watch=inputs.watched(db, candidacy),
        due=expecting.of(db, oral) if oral else None,
    )
