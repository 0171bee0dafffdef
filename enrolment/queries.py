"""What pages read of candidacies."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from enrolment.models import (
    Candidacy,
    Candidate,
    Certification,
    Gate,
    GateKind,
    Stage,
    plain,
)
from kernel.levels import Level
from people.languages import Language

PAGE = 50

Columns = TypeVarTuple("Columns")


@dataclass(frozen=True)
class Page:
    """One page of a list: its rows, and how many there are in all."""

    rows: list[Candidacy]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


def _filtered(
    organisation_id: int | None, stages: Collection[Stage], search: str
) -> Select[Candidacy]:
    query = select(Candidacy).join(Candidacy.candidate)
    if organisation_id is not None:
        query = query.where(Candidacy.organisation_id == organisation_id)
    if stages:
        query = query.where(Candidacy.stage.in_(stages))
    for word in plain(search).split()[:6]:
        query = query.where(Candidate.search.contains(word, autoescape=True))
    return query


def ids_named(db: Session, search: str, most: int = 1000) -> list[int]:
    """Return the candidacies of whoever is so named, the newest first."""
    query = _filtered(None, (), search).order_by(Candidacy.id.desc()).limit(most)
    return list(db.scalars(query.with_only_columns(Candidacy.id)))


def candidates_of(db: Session, ids: Collection[int]) -> dict[int, str]:
    """Return the candidates' names, by candidacy."""
    rows = db.scalars(
        select(Candidacy).where(Candidacy.id.in_(ids)).options(joinedload(Candidacy.candidate))
    )
    return {row.id: row.candidate.name for row in rows}


def listing(
    db: Session,
    *,
    organisation_id: int | None = None,
    stages: Collection[Stage] = (),
    search: str = "",
    number: int = 1,
) -> Page:
    """Return one page of candidacies, newest first; names are found without their accents."""
    query = _filtered(organisation_id, stages, search)
    total = db.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = db.scalars(
        query.options(
            joinedload(Candidacy.candidate).joinedload(Candidate.user),
            joinedload(Candidacy.organisation),
            joinedload(Candidacy.certification),
            selectinload(Candidacy.gates),
        )
        .order_by(Candidacy.created_at.desc(), Candidacy.id.desc())
        .limit(PAGE)
        .offset((max(1, number) - 1) * PAGE)
    ).all()
    return Page(list(rows), total, max(1, number))


def counts(db: Session, organisation_id: int | None = None) -> dict[Stage, int]:
    """Return how many candidacies stand at each stage."""
    query = select(Candidacy.stage, func.count()).group_by(Candidacy.stage)
    if organisation_id is not None:
        query = query.where(Candidacy.organisation_id == organisation_id)
    numbers = dict(db.execute(query).all())
    return {stage: numbers.get(stage, 0) for stage in Stage}


def whole(db: Session, candidacy_id: int) -> Candidacy | None:
    """Return one candidacy with what its page shows."""
    return db.scalar(
        select(Candidacy)
        .where(Candidacy.id == candidacy_id)
        .options(
            joinedload(Candidacy.candidate).joinedload(Candidate.user),
            joinedload(Candidacy.organisation),
            joinedload(Candidacy.certification),
            selectinload(Candidacy.gates),
            selectinload(Candidacy.moves),
        )
    )


def of_user(db: Session, user_id: int) -> list[Candidacy]:
    """Return the candidacies of one person, newest first."""
    return list(
        db.scalars(
            select(Candidacy)
            .join(Candidacy.candidate)
            .where(Candidate.user_id == user_id)
            .options(
                joinedload(Candidacy.candidate),
                joinedload(Candidacy.organisation),
                joinedload(Candidacy.certification),
                selectinload(Candidacy.gates),
                selectinload(Candidacy.moves),
            )
            .order_by(Candidacy.created_at.desc())
        )
    )


def certifications(db: Session) -> list[Certification]:
    """Return the certifications on offer, by name."""
    return list(
        db.scalars(
            select(Certification).where(Certification.active).order_by(Certification.name_fr)
        )
    )


def closing(db: Session, after: datetime, until: datetime) -> list[Candidacy]:
    """Return those without a booking whose window ends after `after` and by `until`, in order."""
    return list(
        db.scalars(
            select(Candidacy)
            .where(
                Candidacy.stage == Stage.ENROLLED,
                Candidacy.window_end > after,
                Candidacy.window_end <= until,
            )
            .options(
                joinedload(Candidacy.candidate).joinedload(Candidate.user),
                joinedload(Candidacy.organisation),
                joinedload(Candidacy.certification),
                selectinload(Candidacy.gates),
            )
            .order_by(Candidacy.window_end, Candidacy.id)
        )
    )


def to_place(
    db: Session, after: datetime, until: datetime, language: Language | None, number: int
) -> Page:
    """Return one page of those who may book and have not, the first window to end first."""
    query = _yet_to_book(select(Candidacy), after).where(Candidacy.window_end <= until)
    if language is not None:
        query = query.join(Candidacy.certification).where(Certification.language == language)
    total = db.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = db.scalars(
        query.options(
            joinedload(Candidacy.candidate).joinedload(Candidate.user),
            joinedload(Candidacy.organisation),
            joinedload(Candidacy.certification),
        )
        .order_by(Candidacy.window_end, Candidacy.id)
        .limit(PAGE)
        .offset((max(1, number) - 1) * PAGE)
    ).all()
    return Page(list(rows), total, max(1, number))


def ready_to_book(db: Session, after: datetime) -> list[tuple[Language, Level, datetime]]:
    """Return of each who may book and has not: language, target, and when the window ends."""
    rows = select(Certification.language, Candidacy.target_level, Candidacy.window_end).join(
        Candidacy.certification
    )
    return [
        (language, level, end) for language, level, end in db.execute(_yet_to_book(rows, after))
    ]


def _yet_to_book(rows: Select[*Columns], after: datetime) -> Select[*Columns]:
    """Narrow candidacies to those that may book an oral, have not, and can after a moment."""
    return rows.join(Gate, Gate.candidacy_id == Candidacy.id).where(
        Candidacy.stage == Stage.ENROLLED,
        Candidacy.window_end > after,
        Gate.kind == GateKind.WRITTEN_RESULT,
        Gate.open,
    )
