"""What every format is read into: named columns and numbered lines of cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from kernel.errors import N_, Invalid, TooLarge

MOST_BYTES: Final = 20 * 1024 * 1024
MOST_LINES: Final = 100_000
MOST_COLUMNS: Final = 200

Cell = str | int | float | date | datetime | None
Line = tuple[int, tuple[Cell, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    """A file as a table; lines bear the number that they have in the file."""

    format: str  # csv, xlsx, qti
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def named(header: Iterable[Cell]) -> tuple[str, ...]:
    """Return one name a column: none empty, none twice."""
    names: list[str] = []
    for place, cell in enumerate(header, start=1):
        name = base = " ".join(text(cell).split())[:120] or f"#{place}"
        again = 2
        while name in names:
            name, again = f"{base} ({again})", again + 1
        names.append(name)
    while names and names[-1].startswith("#"):
        names.pop()
    return tuple(names)


def text(cell: Cell) -> str:
    """Return a cell as the text that a person would type."""
    match cell:
        case None:
            return ""
        case float() if cell.is_integer():
            return str(int(cell))
        case str():
            return cell.strip()
        case _:
            return str(cell)


def table(kind: str, lines: Iterator[Line]) -> Table:
    """Return the table whose first line that holds anything names the columns.

    Raises:
        Invalid: no column, no line under them, too many columns.
        TooLarge: more lines than anybody imports at once.
    """
    filled = ((number, cells) for number, cells in lines if any(map(text, cells)))
    head = next(filled, None)
    if head is None:
        raise Invalid(N_("Le fichier est vide : aucune ligne n'y est lisible."), "file")
    columns = named(head[1])
    if len(columns) > MOST_COLUMNS:
        raise Invalid(N_("Le fichier a plus de %(most)d colonnes."), "file", most=MOST_COLUMNS)
    kept: list[Line] = []
    for line in filled:
        if len(kept) == MOST_LINES:
            raise TooLarge(
                N_("Le fichier a plus de %(most)d lignes : importez-le en plusieurs fois."),
                "file",
                most=MOST_LINES,
            )
        kept.append(line)
    if not kept:
        raise Invalid(N_("Le fichier n'a qu'une ligne de titres : aucun résultat."), "file")
    return Table(kind, columns, tuple(kept))
