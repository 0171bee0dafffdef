"""XLSX: the first sheet, values only, read as it goes; nothing that unpacks without end."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Final
from xml.etree.ElementTree import ParseError  # what openpyxl raises; nothing is parsed with it

from lxml.etree import LxmlError
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from kernel.errors import N_, Invalid, TooLarge
from written_test.elsewhere.results_reading.tables import (
    MOST_COLUMNS,
    MOST_LINES,
    Cell,
    Line,
    Table,
    table,
)

MOST_UNPACKED: Final = 160 * 1024 * 1024
MOST_PARTS: Final = 500
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    LxmlError,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    NotImplementedError,
    OSError,
)


def read(data: bytes) -> Table:
    """Read the first sheet of an XLSX workbook.

    Raises:
        Invalid: no workbook, a broken one, or one with entities.
        TooLarge: it unpacks to more than any list of results.
    """
    try:
        _guard(data)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            sheets = book.worksheets
            if not sheets:
                raise Invalid(N_("Ce classeur n'a pas de feuille."), "file")
            return table("xlsx", _lines(sheets[0]))
        finally:
            book.close()
    except _BROKEN:
        raise Invalid(
            N_("Ce classeur ne se lit pas : enregistrez-le de nouveau en XLSX, ou en CSV."), "file"
        ) from None


def _guard(data: bytes) -> None:
    """Look at what the package says of itself; the zip reader reads no byte more than that."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = package.infolist()
        if len(parts) > MOST_PARTS or sum(one.file_size for one in parts) > MOST_UNPACKED:
            raise TooLarge(N_("Ce classeur, une fois décompressé, est trop lourd."), "file")
        for one in parts:
            if one.filename.endswith((".xml", ".rels")):
                with package.open(one) as part:
                    start = part.read(4096).replace(b"\x00", b"").upper()
                if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                    raise Invalid(N_("Ce classeur contient des entités XML : refusé."), "file")


def _lines(sheet: Any) -> Iterator[Line]:
    width = min(sheet.max_column or MOST_COLUMNS + 1, MOST_COLUMNS + 1)
    found: Iterator[tuple[Cell, ...]] = sheet.iter_rows(
        values_only=True, max_col=width, max_row=2 * MOST_LINES
    )
    for number, cells in enumerate(found, start=1):
        last = len(cells)
        while last and cells[last - 1] is None:
            last -= 1
        yield number, tuple(_plain(cell) for cell in cells[:last])


def _plain(cell: Cell) -> Cell:
    return cell.replace("\x00", "") if isinstance(cell, str) else cell
