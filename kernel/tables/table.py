"""What every format is read into: named columns, and numbered lines of cells as they are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice
from typing import Any, Final

from kernel.errors import N_, Invalid, TooLarge

MOST_BYTES: Final = 20 * 1024 * 1024
MOST_LINES: Final = 100_000
MOST_COLUMNS: Final = 200
LOOKED_AT: Final = 30
"""Lines at the start among which the titles stand."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A cell that holds a day or an hour: as it is shown, and what it is."""

    shown: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell whose value is not known: what stands there, and why (a French source string)."""

    shown: str
    why: str
    params: dict[str, Any] = field(default_factory=dict)


Cell = str | Moment | Fault
Line = tuple[int, tuple[Cell, ...]]
Knows = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person chose where a file can be read in several ways; empty is our own reading."""

    sheet: str = ""
    header: int = 0  # the number of the line of titles
    separator: str = ""
    encoding: str = ""


OUR_READING: Final = Choices()


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a person should look at before such a table counts: a French source string."""

    words: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """A file as a table; lines bear the number that they have in the file.

    `above`: lines over the titles that were left out. `from_1904`: days that stand as plain
    numbers count from 1904. `read_as`: how the file was read, with nothing left open.
    """

    format: str  # csv, xlsx, qti
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    header: int = 1
    above: tuple[Line, ...] = ()
    from_1904: bool = False
    read_as: Choices = OUR_READING
    sheets: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Raw:
    """A file as lines, before anybody knows where its titles stand."""

    format: str
    lines: Iterator[Line]
    from_1904: bool = False
    read_as: Choices = OUR_READING
    sheets: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def text(cell: Cell) -> str:
    """Return a cell as the text that a person reads in it."""
    return cell.strip() if isinstance(cell, str) else cell.shown


def named(header: Iterable[Cell]) -> tuple[str, ...]:
    """Return one name a column: none empty, none twice."""
    names: list[str] = []
    taken: dict[str, int] = {}
    for place, cell in enumerate(header, start=1):
        name = base = " ".join(text(cell).split())[:120] or f"#{place}"
        while name in taken:
            taken[base] += 1
            name = f"{base} ({taken[base]})"
        taken[name] = 1
        names.append(name)
    while names and names[-1].startswith("#"):
        names.pop()
    return tuple(names)


def titled(raw: Raw, chosen: int = 0, knows: Knows | None = None) -> Table:
    """Return the table whose titles stand on line `chosen`, or where they seem to stand.

    `knows` tells of a title whether the reader waits for one like it.

    Raises:
        Invalid: no column, no line under them, too many columns.
        TooLarge: more lines than anybody imports at once.
    """
    above, (number, header), rest = parted(raw.lines, chosen, knows)
    return replace(
        of_lines(raw.format, header, rest),
        header=number,
        above=above,
        from_1904=raw.from_1904,
        read_as=replace(raw.read_as, header=number),
        sheets=raw.sheets,
        doubts=raw.doubts,
    )


def parted(
    lines: Iterator[Line], chosen: int = 0, knows: Knows | None = None
) -> tuple[tuple[Line, ...], Line, Iterator[Line]]:
    """Return what stands above the titles, their line, and those under them that hold anything.

    Raises:
        Invalid: nothing is there, or not on the line that was chosen.
    """
    filled = ((number, cells) for number, cells in lines if any(map(text, cells)))
    first = list(islice(filled, LOOKED_AT))
    if not first:
        raise Invalid(N_("Le fichier est vide : aucune ligne n'y est lisible."), "file")
    place = _chosen(first, chosen) if chosen else _likely(first, knows)
    return tuple(first[:place]), first[place], chain(first[place + 1 :], filled)


def of_lines(form: str, header: Iterable[Cell], lines: Iterable[Line]) -> Table:
    """Return the table of these titles and the lines under them.

    Raises:
        Invalid: no line, too many columns.
        TooLarge: more lines than anybody imports at once.
    """
    columns = named(header)
    if len(columns) > MOST_COLUMNS:
        raise Invalid(N_("Le fichier a plus de %(most)d colonnes."), "file", most=MOST_COLUMNS)
    kept = tuple(islice(lines, MOST_LINES + 1))
    if len(kept) > MOST_LINES:
        raise TooLarge(
            N_("Le fichier a plus de %(most)d lignes : importez-le en plusieurs fois."),
            "file",
            most=MOST_LINES,
        )
    if not kept:
        raise Invalid(N_("Le fichier n'a qu'une ligne de titres : aucun résultat."), "file")
    return Table(form, columns, kept)


def _chosen(first: list[Line], number: int) -> int:
    for place, (at, _cells) in enumerate(first):
        if at == number:
            return place
    raise Invalid(
        N_("La ligne %(line)d est vide, ou trop loin pour être celle des titres."),
        "header",
        line=number,
    )


def _likely(first: list[Line], knows: Knows | None) -> int:
    """Return the place of the titles: the line with most known ones, else the first full one."""
    if knows is not None:
        titles = [sum(knows(said) for cell in cells if (said := text(cell))) for _, cells in first]
        if max(titles) > 1:
            return titles.index(max(titles))
    widths = [sum(bool(text(cell)) for cell in cells) for _, cells in first]
    usual = max(set(widths), key=widths.count) if len(widths) > 2 else max(widths)
    return next(place for place, width in enumerate(widths) if 2 * width >= usual)
