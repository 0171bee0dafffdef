"""Lines of a table become rows, or refusals that say why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from kernel.errors import N_
from kernel.levels import Level
from kernel.tables.table import Cell, Fault, Moment, Table, text
from written_test.elsewhere.results_reading import cells
from written_test.elsewhere.results_reading.mapping import DayOrder, Mapping, NamedBy

MOST_REFERENCE: Final = 120
MOST_NAME: Final = 254


@dataclass(frozen=True, slots=True)
class Row:
    """One result as its source tells it; `place` is its line, or its number in a call."""

    place: int
    candidate: str
    by: NamedBy
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


@dataclass(frozen=True, slots=True)
class _Columns:
    """What a table's columns say together about how each of their cells is read."""

    at: dict[str, int]
    order: DayOrder  # FOUND: the column shows both
    mixed: bool  # words and days that a spreadsheet made of such words
    comma: bool
    from_1904: bool

    @classmethod
    def of(cls, table: Table, mapping: Mapping) -> _Columns:
        at = {name: place for place, name in enumerate(table.columns)}

        def column(name: str) -> list[Cell]:
            place = at.get(name, len(table.columns))
            return [line[place] for _number, line in table.lines if place < len(line)]

        days = column(mapping.date)
        order, mixed = mapping.order, False
        if order is DayOrder.FOUND:
            proved = cells.orders(days)
            mixed = any(isinstance(cell, Moment) for cell in days) and any(
                cells.is_figures(cell) for cell in days
            )
            order = next(iter(proved or {DayOrder.DAY})) if len(proved) < 2 else order
        comma = cells.commas_are_decimal(column(mapping.score))
        return cls(at, order, mixed, comma, table.from_1904)


def rows(table: Table, mapping: Mapping) -> Iterator[Row | Refusal]:
    """Give each line as a row or a refusal, in order; `mapping` was checked with the columns."""
    columns = _Columns.of(table, mapping)
    for number, line in table.lines:
        try:
            yield _row(number, line, columns, mapping)
        except _Unread as why:
            yield Refusal(number, why.reason, why.params)


def _row(number: int, line: tuple[Cell, ...], columns: _Columns, mapping: Mapping) -> Row:
    at = columns.at
    if any(text(cell) for cell in line[len(at) :]):
        raise _Unread(N_("La ligne a plus de cellules que le fichier n'a de colonnes."))

    def cell(name: str) -> Cell:
        place = at.get(name, -1)
        value = line[place] if 0 <= place < len(line) else ""
        if isinstance(value, Fault):
            raise _Unread(value.why, **value.params)
        return value

    candidate, reference = _name(cell(mapping.candidate)), _name(cell(mapping.reference))
    if not candidate:
        raise _Unread(N_("Le candidat n'est pas nommé."))
    if len(reference) > MOST_REFERENCE or len(candidate) > MOST_NAME:
        raise _Unread(N_("Le nom du candidat ou la référence est trop long."))
    sat_on = _day(cell(mapping.date), columns)
    score = cell(mapping.score)
    points = _points(score, columns)
    level = _level(cell(mapping.level)) or _by_score(score, points, mapping)
    skills = {
        skill: known
        for skill, name in mapping.skills.items()
        if (known := _level(cell(name))) is not None
    }
    said = _said(score) if points is None else format(points.normalize(), "f")
    return Row(number, candidate, mapping.by, sat_on, level, said, reference, skills)


def _name(cell: Cell) -> str:
    if cells.is_shortened(cell):
        raise _Unread(
            N_(
                "« %(value)s » : Excel a abrégé un long numéro, des chiffres manquent. Mettez la"
                " colonne au format Texte, puis saisissez-le de nouveau."
            ),
            value=_said(cell),
        )
    return text(cell)


def _day(cell: Cell, columns: _Columns) -> date:
    if columns.mixed and isinstance(cell, Moment) and cell.at.day <= 12:
        raise _Unread(
            N_(
                "« %(value)s » : la colonne mêle des dates et du texte, Excel a pu y échanger le"
                " jour et le mois. Choisissez l'ordre des dates."
            ),
            value=_said(cell),
        )
    day = cells.day(cell, columns.order, from_1904=columns.from_1904)
    if day is None and columns.order is DayOrder.FOUND and cells.is_figures(cell):
        raise _Unread(
            N_(
                "« %(value)s » : la colonne met tantôt le jour d'abord, tantôt le mois. Choisissez"
                " l'ordre des dates."
            ),
            value=_said(cell),
        )
    if day is None:
        raise _Unread(N_("« %(value)s » n'est pas une date."), value=_said(cell))
    return day


def _points(score: Cell, columns: _Columns) -> Decimal | None:
    points = cells.number(score, comma=columns.comma)
    if points is None and cells.number(score, comma=True) is not None:
        raise _Unread(
            N_(
                "« %(value)s » se lit de deux façons : mille, ou une virgule et trois décimales."
                " Écrivez le score sans séparateur de milliers."
            ),
            value=_said(score),
        )
    return points


def _level(said: Cell) -> Level | None:
    if not text(said):
        return None
    level = cells.level(said)
    if level is None:
        raise _Unread(N_("« %(value)s » n'est pas un niveau."), value=_said(said))
    return level


def _by_score(score: Cell, points: Decimal | None, mapping: Mapping) -> Level:
    if not mapping.score or not mapping.table:
        raise _Unread(N_("Le niveau n'est pas donné."))
    if not text(score):
        raise _Unread(N_("Ni le niveau ni le score n'est donné."))
    if points is None:
        raise _Unread(N_("« %(value)s » n'est pas un score."), value=_said(score))
    if (whole := other_scale(score, mapping)) is not None:
        raise _Unread(OTHER_SCALE, value=_said(score), whole=format(whole.normalize(), "f"))
    return mapping.level_of(points)


OTHER_SCALE: Final = N_(
    "« %(value)s » : le barème ne dépasse pas %(whole)s. Est-il sur %(whole)s ou sur 100 ? Écrivez"
    " les scores comme le barème."
)


def other_scale(score: Cell, mapping: Mapping) -> Decimal | None:
    """Return the 20 of « 17/20 » where the table of levels may be out of 20 too, else None."""
    whole = cells.out_of(score)
    return whole if whole and mapping.table and max(mapping.table.values()) <= whole else None


def _said(cell: Cell) -> str:
    return text(cell)[:60]
