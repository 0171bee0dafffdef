"""XLSX: one visible sheet, cell by cell as Excel shows it, read as it goes.

The transitional and the strict dialect of Office Open XML differ by their namespaces alone, so
elements are known by their local names. What a sheet says of its own size is not believed, rows
that a filter hides are rows like others, and nothing is computed.
"""

from __future__ import annotations

import io
import posixpath
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lxml import etree

from kernel.errors import N_, Invalid, TooLarge
from kernel.tables.cell_formats import Formats
from kernel.tables.table import MOST_COLUMNS, OUR_READING, Cell, Choices, Fault, Line, Raw, text

MOST_UNPACKED: Final = 160 * 1024 * 1024
MOST_PARTS: Final = 2_000
MOST_ROW: Final = 1_048_576
_REFERENCE: Final = re.compile(r"([A-Z]{1,3})[0-9]+")
_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, etree.LxmlError, KeyError, ValueError, TypeError),
    *(IndexError, EOFError, NotImplementedError, OSError, OverflowError),
)


def read(data: bytes, choices: Choices = OUR_READING) -> Raw:
    """Read the sheet that was chosen, or the first visible one that holds anything.

    Raises:
        Invalid: no workbook, a broken one, one with entities, no visible sheet.
        TooLarge: it unpacks to more than any table.
    """
    try:
        book = _opened(data)
        names = tuple(sheet.name for sheet in book.sheets)
        wanted = [sheet for sheet in book.sheets if sheet.name == choices.sheet] or book.sheets
        for sheet in wanted:
            lines = book.lines(sheet)
            begun = list(_up_to_a_filled_one(lines))
            if begun and any(map(text, begun[-1][1])):
                break
    except _BROKEN:
        raise _unread() from None
    return Raw(
        format="xlsx",
        lines=_guarded(begun, lines),
        from_1904=book.formats.from_1904,
        read_as=Choices(sheet=sheet.name),
        sheets=names,
    )


def _up_to_a_filled_one(lines: Iterator[Line]) -> Iterator[Line]:
    for line in lines:
        yield line
        if any(map(text, line[1])):
            return


def _guarded(begun: list[Line], rest: Iterator[Line]) -> Iterator[Line]:
    yield from begun
    try:
        yield from rest
    except _BROKEN:
        raise _unread() from None


def _unread() -> Invalid:
    return Invalid(
        N_("Ce classeur ne se lit pas : enregistrez-le de nouveau en XLSX, ou en CSV."), "file"
    )


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    part: str


@dataclass(frozen=True, slots=True)
class _Book:
    package: zipfile.ZipFile
    sheets: list[_Sheet]
    strings: list[str]
    formats: Formats

    def lines(self, sheet: _Sheet) -> Iterator[Line]:
        """Give the rows of a sheet, with the numbers that they bear there."""
        number = 0
        for row in _elements(self.package, sheet.part, "row"):
            number = int(row.get("r") or number + 1)
            if number > MOST_ROW:
                raise ValueError(number)
            yield number, self._cells(row)

    def _cells(self, row: etree._Element) -> tuple[Cell, ...]:
        cells: list[Cell] = []
        place = -1
        for cell in row:
            if not isinstance(cell.tag, str) or not cell.tag.endswith("}c"):
                continue
            place = _column(cell.get("r"), place + 1)
            value = self._value(cell)
            if value == "":
                continue
            at = min(place, MOST_COLUMNS)  # what stands beyond makes its line refused
            if at >= len(cells):
                cells.extend([""] * (at - len(cells) + 1))
            cells[at] = value
        return tuple(cells)

    def _value(self, cell: etree._Element) -> Cell:
        parts = {_local(child): child for child in cell}
        kind, inline = cell.get("t") or "n", parts.get("is")
        if inline is not None:
            return _words(inline)
        said = (parts["v"].text or "") if "v" in parts else ""
        if not said and "f" in parts and kind != "str":
            return Fault(
                "=…",
                N_(
                    "La cellule %(cell)s contient une formule dont le résultat manque : ouvrez le"
                    " fichier dans Excel, puis enregistrez-le."
                ),
                _at(cell),
            )
        return self._said(cell, kind, said) if said else ""

    def _said(self, cell: etree._Element, kind: str, said: str) -> Cell:
        """Return what a cell says that says anything."""
        match kind:
            case "s":
                return self.strings[int(said)]
            case "str" | "inlineStr":
                return _plain(said)
            case "b":
                return "TRUE" if said.strip() in ("1", "true") else "FALSE"
            case "e":
                where = {**_at(cell), "value": said[:20]}
                return Fault(
                    said, N_("La cellule %(cell)s contient une erreur (%(value)s)."), where
                )
        if kind == "d":
            return self.formats.day(datetime.fromisoformat(said), cell.get("s"), _at(cell))
        return self.formats.number(float(said), cell.get("s"), _at(cell))


def _at(cell: etree._Element) -> dict[str, str]:
    return {"cell": cell.get("r") or "?"}


def _opened(data: bytes) -> _Book:
    package = zipfile.ZipFile(io.BytesIO(data))
    parts = package.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise TooLarge(N_("Ce classeur, une fois décompressé, est trop lourd."), "file")
    names = frozenset(package.namelist())
    _refuse_others(names)
    main = next(
        (part for kind, part in _relations(package, "").values() if kind == "officeDocument"),
        "xl/workbook.xml",
    )
    related = _relations(package, main)
    sheets, from_1904 = _sheets(package, main, related)
    by_kind = {kind: part for kind, part in related.values() if part in names}
    strings, styles = by_kind.get("sharedStrings"), by_kind.get("styles")
    return _Book(
        package,
        sheets,
        [_words(item) for item in _elements(package, strings, "si")] if strings else [],
        Formats.read(_elements(package, styles, "styleSheet") if styles else (), from_1904),
    )


def _refuse_others(names: frozenset[str]) -> None:
    if "xl/workbook.bin" in names:
        raise Invalid(N_("Ce classeur est au format XLSB : enregistrez-le en XLSX."), "file")
    if "content.xml" in names and "mimetype" in names:
        raise Invalid(
            N_("Ce classeur est au format OpenDocument : enregistrez-le en XLSX."), "file"
        )


def _sheets(
    package: zipfile.ZipFile, main: str, related: dict[str, tuple[str, str]]
) -> tuple[list[_Sheet], bool]:
    """Return the visible sheets, and whether days count from 1904."""
    sheets: list[_Sheet] = []
    from_1904, hidden = False, 0
    for element in _elements(package, main, "workbookPr", "sheet"):
        if _local(element) == "workbookPr":
            from_1904 = element.get("date1904") in ("1", "true")
            continue
        identity = next((value for key, value in element.items() if key.endswith("}id")), "")
        kind, part = related.get(str(identity), ("", ""))
        if kind != "worksheet":
            continue  # a chart, or a macro
        if element.get("state", "visible") == "visible":
            sheets.append(_Sheet(str(element.get("name") or part), part))
        else:
            hidden += 1
    if not sheets and hidden:
        raise Invalid(
            N_("Toutes les feuilles de ce classeur sont masquées : affichez celle à lire."), "file"
        )
    if not sheets:
        raise Invalid(N_("Ce classeur n'a pas de feuille."), "file")
    return sheets, from_1904


def _relations(package: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Return what a part refers to: kind and name of each other part, by identifier."""
    folder, name = posixpath.split(part)
    file = posixpath.join(folder, "_rels", f"{name}.rels")
    if file not in package.namelist():
        return {}
    related = {}
    for element in _elements(package, file, "Relationship"):
        if element.get("TargetMode") != "External":
            target = posixpath.join("/", folder, str(element.get("Target", "")))
            kind = str(element.get("Type", "")).rpartition("/")[2]
            related[str(element.get("Id"))] = (kind, posixpath.normpath(target).lstrip("/"))
    return related


def _elements(package: zipfile.ZipFile, part: str, *names: str) -> Iterator[etree._Element]:
    """Give the elements of these names one by one; each is gone when the next one comes.

    Raises:
        Invalid: the part has a DTD, and with it entities.
    """
    with package.open(part) as stream:
        walk = etree.iterparse(
            stream,
            events=("end",),
            tag=[f"{{*}}{name}" for name in names],
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        first = True
        for _event, element in walk:
            if first and element.getroottree().docinfo.doctype:
                raise Invalid(N_("Ce classeur contient des entités XML : refusé."), "file")
            first = False
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def _words(item: etree._Element) -> str:
    """Return the text of a string: its runs, without what only says how it is pronounced."""
    pieces = []
    for child in item:
        name = _local(child)
        if name == "t":
            pieces.append(child.text or "")
        elif name == "r":
            pieces += [part.text or "" for part in child if _local(part) == "t"]
    return _plain("".join(pieces))


def _plain(words: str) -> str:
    """Return a text whose escapes are letters again, its ends of line those of everybody."""
    if "_x" in words:
        words = _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), words)
        words = words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if "\r" in words:
        words = words.replace("\r\n", "\n").replace("\r", "\n")
    words = words.replace("\x00", "")
    return words if words.isascii() else unicodedata.normalize("NFC", words)


def _column(reference: str | None, following: int) -> int:
    """Return the place of a cell: A is 0; one without a reference follows the last one."""
    if reference is None:
        return following
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ValueError(reference)
    place = 0
    for letter in match.group(1):
        place = place * 26 + ord(letter) - 64
    return place - 1
