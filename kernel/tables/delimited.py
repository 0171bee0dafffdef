"""CSV as spreadsheets write it: several encodings, several separators, a `sep=` line."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from kernel.errors import N_, Invalid
from kernel.tables import encodings
from kernel.tables.table import LOOKED_AT, OUR_READING, Choices, Line, Raw

SEPARATORS: Final = (";", ",", "\t", "|")
_NO_TEXT: Final = re.compile(r"[\x00-\x08\x0e-\x1a]")
_START: Final = 200_000
_SAID: Final = re.compile(r'"?sep=(.|\t)"?(\r\n|\r|\n)', re.IGNORECASE)


def read(data: bytes, choices: Choices = OUR_READING) -> Raw:
    """Read a CSV file.

    Raises:
        Invalid: it is no text, or (while its lines are taken) its quotes do not close.
    """
    text = encodings.decoded(data, choices.encoding)
    raw = of_text(text.words, choices)
    read_as = replace(raw.read_as, encoding=text.encoding)
    return replace(raw, read_as=read_as, doubts=text.doubts)


def of_text(words: str, choices: Choices = OUR_READING) -> Raw:
    """Read a CSV file whose text is known; its letters are composed (NFC).

    Raises:
        Invalid: it is no text, or (while its lines are taken) its quotes do not close.
    """
    if _NO_TEXT.search(words) is not None:
        raise Invalid(N_("Ce fichier n'est pas du texte : exportez-le en CSV ou en XLSX."), "file")
    words = unicodedata.normalize("NFC", words)
    said = _SAID.match(words)
    begins = 1
    separator = choices.separator
    if said is not None:
        separator, words, begins = separator or said.group(1), words[said.end() :], 2
    separator = separator if separator in SEPARATORS or said else ""
    separator = separator or likely_separator(words)
    return Raw(
        format="csv",
        lines=lines(words, separator, begins),
        read_as=Choices(separator=separator),
    )


def likely_separator(words: str) -> str:
    """Return the sign that cuts most of the first lines into the same number of cells."""
    best, most = SEPARATORS[0], (0, 0)
    words = words[:_START]
    for sign in SEPARATORS:
        reader = csv.reader(io.StringIO(words, newline=""), delimiter=sign)
        try:
            widths = Counter(len(cells) for cells in islice(reader, LOOKED_AT) if len(cells) > 1)
        except csv.Error:
            continue
        for width, count in widths.items():
            if (count, width) > most:
                best, most = sign, (count, width)
    return best


def lines(words: str, separator: str, begins: int = 1) -> Iterator[Line]:
    """Give the lines of a text, each with the number that it begins on.

    Raises:
        Invalid: quotes that do not close.
    """
    reader = csv.reader(io.StringIO(words, newline=""), delimiter=separator, strict=True)
    number = begins
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            raise Invalid(
                N_("Ligne %(at)d : des guillemets ne se ferment pas, ou se ferment trop tôt."),
                "file",
                at=number,
            ) from None
        if cells is None:
            return
        while cells and not cells[-1].strip():
            cells.pop()
        yield number, tuple(cells)
        number = reader.line_num + begins
