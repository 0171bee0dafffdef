"""CSV as spreadsheets write it: several encodings, several separators."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

from kernel.errors import N_, Invalid
from written_test.elsewhere.results_reading.tables import Line, Table, table

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SEPARATORS = (";", ",", "\t", "|")


def read(data: bytes) -> Table:
    """Read a CSV file.

    Raises:
        Invalid: it is no text, or its quotes do not close.
    """
    words = decoded(data)
    if "\x00" in words:
        raise Invalid(N_("Ce fichier n'est pas du texte : exportez-le en CSV ou en XLSX."), "file")
    return table("csv", _lines(words))


def decoded(data: bytes) -> str:
    """Return the text: by its byte-order mark, else UTF-8, else Windows-1252."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _strictly(data, name)
    sample = data[:4000]
    if sample.count(0) > len(sample) // 4:  # UTF-16 whose mark was lost: every other byte is 0
        return _strictly(data, "utf-16-le" if sample[1::2].count(0) else "utf-16-be")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _strictly(data, "cp1252")


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise Invalid(
            N_("L'encodage du fichier n'est pas reconnu : enregistrez-le en CSV UTF-8."), "file"
        ) from None


def separator(words: str) -> str:
    """Return the sign that separates the cells of the first line, outside quotes."""
    first = next((line for line in words.splitlines() if line.strip()), "")
    bare = "".join(part for place, part in enumerate(first.split('"')) if place % 2 == 0)
    return max(SEPARATORS, key=bare.count)


def _lines(words: str) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(words, newline=""), delimiter=separator(words), strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            raise Invalid(
                N_("Ligne %(line)d : des guillemets ne se ferment pas, ou se ferment trop tôt."),
                "file",
                line=begins,
            ) from None
        if cells is None:
            return
        yield begins, tuple(cells)
        begins = reader.line_num + 1
