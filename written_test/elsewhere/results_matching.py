"""Whose a result is, and what is known of it already: looked up for many rows at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment.models import Candidacy, Candidate, Stage
from kernel import addresses, exam_zone
from kernel.db import LOCK
from kernel.levels import Level
from people.models import User
from written_test.elsewhere.results_reading.mapping import NamedBy
from written_test.elsewhere.results_reading.rows import Row
from written_test.models import Standing, WrittenResult

Key = tuple[NamedBy, str]


@dataclass(frozen=True, slots=True)
class Place:
    """A candidacy as far as a result must know it."""

    id: int
    stage: Stage
    first_day: date
    last_day: date


@dataclass(slots=True)
class KeptVersion:
    """A version of a result that is in the database, or about to be."""

    candidacy_id: int
    origin_id: int | None
    reference: str
    standing: Standing
    content: tuple[Any, ...]
    id: int | None = None


@dataclass
class Lookup:
    """What was looked up so far; what the rows before have changed is kept in it."""

    origin_id: int
    matches: dict[Key, list[int]] = field(default_factory=lambda: defaultdict(list))
    places: dict[int, Place] = field(default_factory=dict)
    by_reference: dict[str, KeptVersion] = field(default_factory=dict)
    in_force: dict[int, KeptVersion | None] = field(default_factory=dict)
    padded: dict[str, str] = field(default_factory=dict)  # a dossier that a zero in front makes

    def places_of(self, row: Row) -> list[Place]:
        """Return the candidacies that a row may mean."""
        return [self.places[number] for number in self.matches.get(key_of(row), [])]

    def learn(self, db: Session, rows: Sequence[Row], *, hold: bool) -> None:
        """Look up what is not known yet of these rows; `hold`: nobody changes it meanwhile."""
        new = {key_of(row) for row in rows} - self.matches.keys()
        for by in NamedBy:
            values = sorted(value for kind, value in new if kind is by)
            for said, candidacy_id in _matches(db, by, values):
                self.matches[by, said].append(candidacy_id)
        self.padded |= _padded(db, [value for kind, value in new if kind is NamedBy.DOSSIER])
        for key in new:
            self.matches[key]  # those that nobody matches are not asked for again
        ids = sorted({number for key in new for number in self.matches[key]} - self.places.keys())
        self._learn_places(db, ids, hold=hold)
        references = {name for row in rows for name in self.references(row)}
        asked = sorted(references - self.by_reference.keys())
        for kept in _results(db, WrittenResult.reference.in_(asked)):
            if kept.origin_id == self.origin_id:
                self.by_reference[kept.reference] = kept

    def _learn_places(self, db: Session, ids: list[int], *, hold: bool) -> None:
        if not ids:
            return
        query = select(
            Candidacy.id, Candidacy.stage, Candidacy.window_start, Candidacy.window_end
        ).where(Candidacy.id.in_(ids))
        query = query.order_by(Candidacy.id)
        for number, stage, start, end in db.execute(
            query.with_for_update(**LOCK) if hold else query
        ):
            self.places[number] = Place(number, stage, _day(start), _day(end, before=True))
            self.in_force[number] = None
        for kept in _results(
            db, WrittenResult.candidacy_id.in_(ids), WrittenResult.standing == Standing.IN_FORCE
        ):
            self.in_force[kept.candidacy_id] = kept

    def references(self, row: Row) -> list[str]:
        """Return the names that a row's result may have; one without gets candidacy and day."""
        if row.reference:
            return [row.reference]
        return [f"{place.id}/{row.sat_on.isoformat()}" for place in self.places_of(row)]


def content_of(row: Row) -> tuple[Any, ...]:
    """Return what of a row makes another version when it differs."""
    return row.level, row.score, row.sat_on, tuple(sorted(row.skills.items()))


def key_of(row: Row) -> Key:
    """Return how a row names its candidate, as we would write it."""
    said = row.candidate
    if row.by is NamedBy.EMAIL:
        said = addresses.canonical(said)
    elif row.by is NamedBy.CANDIDACY:
        said = said.removeprefix("#").lstrip("0")
    return row.by, said


def _day(moment: datetime, *, before: bool = False) -> date:
    return exam_zone.day_of(moment - timedelta(seconds=1) if before else moment)


def _matches(db: Session, by: NamedBy, values: list[str]) -> Iterable[tuple[str, int]]:
    if not values:
        return []
    query: Any
    match by:
        case NamedBy.EMAIL:
            query = (
                select(User.email, Candidacy.id)
                .join(Candidate, Candidate.user_id == User.id)
                .join(Candidacy, Candidacy.candidate_id == Candidate.id)
                .where(User.email.in_(values))
            )
        case NamedBy.DOSSIER:
            query = select(Candidacy.cpf_dossier, Candidacy.id).where(
                Candidacy.cpf_dossier.in_(values)
            )
        case NamedBy.CANDIDACY:
            numbers = [int(v) for v in values if v.isascii() and v.isdigit() and len(v) < 10]
            query = select(Candidacy.id, Candidacy.id).where(Candidacy.id.in_(numbers))
    return [(str(said), number) for said, number in db.execute(query.order_by(Candidacy.id))]


MOST_DOSSIER: Final = 13  # characters of a dossier's number at the funder


def _padded(db: Session, values: list[str]) -> dict[str, str]:
    """Return, by number, a dossier of ours that is it behind zeros: spreadsheets drop them."""
    longer = {
        value.rjust(width, "0"): value
        for value in values
        if value.isascii() and value.isdigit()
        for width in range(len(value) + 1, MOST_DOSSIER + 1)
    }
    if not longer:
        return {}
    ours = db.scalars(select(Candidacy.cpf_dossier).where(Candidacy.cpf_dossier.in_(longer)))
    return {longer[dossier]: dossier for dossier in ours}


def _results(db: Session, *conditions: Any) -> Iterable[KeptVersion]:
    """Give results, a later version after an earlier one."""
    query = (
        select(
            *(WrittenResult.id, WrittenResult.candidacy_id, WrittenResult.origin_id),
            *(WrittenResult.reference, WrittenResult.standing, WrittenResult.level),
            *(WrittenResult.score, WrittenResult.sat_on, WrittenResult.skills),
        )
        .where(*conditions)
        .order_by(WrittenResult.candidacy_id, WrittenResult.version)
    )
    for (
        number,
        candidacy_id,
        origin,
        reference,
        standing,
        level,
        score,
        sat_on,
        skills,
    ) in db.execute(query):
        levels = sorted((name, Level(measured["level"])) for name, measured in skills.items())
        content = (level, score, sat_on, tuple(levels))
        yield KeptVersion(candidacy_id, origin, reference, standing, content, number)
