"""What pages read of results from elsewhere: sources, imports, versions, conflicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from enrolment.models import Candidacy, Candidate
from people.models import User
from written_test.models import ResultImport, ResultSource, Standing, WrittenResult

LAST = 50


@dataclass(frozen=True)
class Version:
    """One version of a written result, with the names of its source and of who entered it."""

    result: WrittenResult
    origin: str
    by: str


@dataclass(frozen=True)
class Conflict:
    """Results of one candidacy that contradict each other; the one in force comes first."""

    candidacy: Candidacy
    versions: list[Version]


def sources(db: Session) -> list[ResultSource]:
    """Return every source by name."""
    return list(db.scalars(select(ResultSource).order_by(ResultSource.name)))


def imports(db: Session, source_id: int | None = None) -> list[ResultImport]:
    """Return the last imports, newest first."""
    query = select(ResultImport).options(joinedload(ResultImport.source))
    if source_id is not None:
        query = query.where(ResultImport.source_id == source_id)
    return list(db.scalars(query.order_by(ResultImport.id.desc()).limit(LAST)))


def names(db: Session, ids: Sequence[int | None]) -> dict[int, str]:
    """Return the names of those who imported or entered something."""
    wanted = {number for number in ids if number is not None}
    return {user.id: user.name for user in db.scalars(select(User).where(User.id.in_(wanted)))}


def versions(db: Session, candidacy_ids: Sequence[int]) -> dict[int, list[Version]]:
    """Return every version of the written results of these candidacies, newest first."""
    rows = db.scalars(
        select(WrittenResult)
        .where(WrittenResult.candidacy_id.in_(candidacy_ids))
        .order_by(WrittenResult.version.desc())
    ).all()
    people = names(db, [row.entered_by_id for row in rows])
    wanted = {row.origin_id for row in rows if row.origin_id}
    known = db.scalars(select(ResultSource).where(ResultSource.id.in_(wanted)))
    origins = {source.id: source.name for source in known}
    kept: dict[int, list[Version]] = {number: [] for number in candidacy_ids}
    for row in rows:
        origin = origins.get(row.origin_id or 0, "")
        by = people.get(row.entered_by_id or 0, "")
        kept[row.candidacy_id].append(Version(row, origin, by))
    return kept


def conflict_count(db: Session) -> int:
    """Return how many candidacies have results that contradict each other."""
    query = select(func.count(WrittenResult.candidacy_id.distinct()))
    return db.scalar(query.where(WrittenResult.standing == Standing.WAITING)) or 0


def conflicts(db: Session) -> list[Conflict]:
    """Return the conflicts that wait, the oldest first."""
    waiting = select(WrittenResult.candidacy_id).where(WrittenResult.standing == Standing.WAITING)
    rows = db.scalars(
        select(Candidacy)
        .where(Candidacy.id.in_(waiting))
        .options(
            joinedload(Candidacy.candidate).joinedload(Candidate.user),
            joinedload(Candidacy.certification),
        )
        .order_by(Candidacy.id)
        .limit(LAST)
    ).all()
    known = versions(db, [row.id for row in rows])
    return [Conflict(row, opposed(known[row.id])) for row in rows]


def opposed(known: list[Version]) -> list[Version]:
    """Return of a candidacy's versions the one that counts, then those that wait."""
    in_force = [version for version in known if version.result.standing is Standing.IN_FORCE][:1]
    return in_force + [version for version in known if version.result.standing is Standing.WAITING]
