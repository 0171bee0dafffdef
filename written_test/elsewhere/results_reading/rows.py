"""Lines of a table become rows, or refusals that say why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from kernel.errors import N_
from kernel.levels import Level
from written_test.elsewhere.results_reading import cells
from written_test.elsewhere.results_reading.mapping import By, Mapping
from written_test.elsewhere.results_reading.tables import Cell, Table, text

MOST_REFERENCE: Final = 120
MOST_NAME: Final = 254


@dataclass(frozen=True, slots=True)
class Row:
    """One result as its source tells it; `place` is its line, or its number in a call."""

    place: int
    candidate: str
    by: By
    sat_on: date
    level: Level
    score: str = ""
    reference: str = ""
    skills: dict[str, Level] = field(default_factory=dict)
    reason: str = ""  # why it changed, where the source says so


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one line brings nothing: a French source string and its values."""

    place: int
    reason: str
    params: dict[str, Any] = field(default_factory=dict)


class _Unread(Exception):
    """A line that cannot be read, and why."""

    def __init__(self, reason: str, **params: Any) -> None:
        super().__init__(reason)
        self.reason, self.params = reason, params


def rows(table: Table, mapping: Mapping) -> Iterator[Row | Refusal]:
    """Give each line as a row or a refusal, in order; `mapping` was checked with the columns."""
    at = {name: place for place, name in enumerate(table.columns)}
    for number, line in table.lines:
        try:
            yield _row(number, line, at, mapping)
        except _Unread as why:
            yield Refusal(number, why.reason, why.params)


def _row(number: int, line: tuple[Cell, ...], at: dict[str, int], mapping: Mapping) -> Row:
    if any(text(cell) for cell in line[len(at) :]):
        raise _Unread(N_("La ligne a plus de cellules que le fichier n'a de colonnes."))

    def cell(name: str) -> Cell:
        place = at.get(name, -1)
        return line[place] if 0 <= place < len(line) else None

    candidate, reference = text(cell(mapping.candidate)), text(cell(mapping.reference))
    if not candidate:
        raise _Unread(N_("Le candidat n'est pas nommé."))
    if len(reference) > MOST_REFERENCE or len(candidate) > MOST_NAME:
        raise _Unread(N_("Le nom du candidat ou la référence est trop long."))
    sat_on = cells.day(cell(mapping.date))
    if sat_on is None:
        raise _Unread(N_("« %(value)s » n'est pas une date."), value=_said(cell(mapping.date)))
    score = cell(mapping.score)
    level = _level(cell(mapping.level)) or _by_score(score, mapping)
    skills = {
        skill: known
        for skill, name in mapping.skills.items()
        if (known := _level(cell(name))) is not None
    }
    points = cells.number(score)
    said = _said(score) if points is None else format(points.normalize(), "f")
    return Row(number, candidate, mapping.by, sat_on, level, said, reference, skills)


def _level(said: Cell) -> Level | None:
    if not text(said):
        return None
    level = cells.level(said)
    if level is None:
        raise _Unread(N_("« %(value)s » n'est pas un niveau."), value=_said(said))
    return level


def _by_score(score: Cell, mapping: Mapping) -> Level:
    if not mapping.score or not mapping.table:
        raise _Unread(N_("Le niveau n'est pas donné."))
    if not text(score):
        raise _Unread(N_("Ni le niveau ni le score n'est donné."))
    points = cells.number(score)
    if points is None:
        raise _Unread(N_("« %(value)s » n'est pas un score."), value=_said(score))
    return mapping.level_of(points)


def _said(cell: Cell) -> str:
    return text(cell)[:60]
