"""CSV files for a French spreadsheet: a mark, semicolons, no cell that it takes for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

MARK: Final = "\ufeff"
MEDIA_TYPE: Final = "text/csv"
AT_ONCE: Final = 500
"""Rows in one piece of a file for programs."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
Value = str | int | float | None


def csv_lines(rows: Iterable[Iterable[Value]], *, decimal: str = ",") -> Iterator[str]:
    """Give a CSV file line by line, so that a long one is never held whole.

    The first piece begins with the byte-order mark. Texts that a spreadsheet would take for a
    formula get an apostrophe in front; numbers stay numbers, with `decimal` as their sign.
    """
    yield MARK
    for row in rows:
        made = io.StringIO()
        writer = csv.writer(made, delimiter=";", lineterminator="\r\n")
        writer.writerow([_cell(value, decimal) for value in row])
        yield made.getvalue()


def data_lines(rows: Iterable[Iterable[Value]]) -> Iterator[str]:
    """Give a CSV file for programs: commas, decimal points, no mark; some hundred rows at a time.

    Texts are as harmless as in `csv_lines`, since somebody opens it in a spreadsheet all the same.
    """
    for some in batched(rows):
        made = io.StringIO()
        writer = csv.writer(made, lineterminator="\r\n")
        writer.writerows([_cell(value, ".") for value in row] for row in some)
        yield made.getvalue()


def batched(rows: Iterable[Iterable[Value]]) -> Iterator[list[Iterable[Value]]]:
    """Give rows some hundred at a time."""
    left = iter(rows)
    while some := list(islice(left, AT_ONCE)):
        yield some


def csv_text(rows: Iterable[Iterable[Value]], *, decimal: str = ",") -> str:
    """Return a whole CSV file as text."""
    return "".join(csv_lines(rows, decimal=decimal))


def harmless(words: str) -> str:
    """Return words that no spreadsheet takes for a formula."""
    return f"'{words}" if words.lstrip(" \u00a0").startswith(_FORMULA) else words


def _cell(value: Value, decimal: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value if value[:1].isalnum() else harmless(value)
    return str(value).replace(".", decimal)
