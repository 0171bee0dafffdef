"""CSV files for a French spreadsheet: a mark, semicolons, no cell that it takes for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final

MARK: Final = "\ufeff"
MEDIA_TYPE: Final = "text/csv"
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
        return harmless(value)
    return str(value).replace(".", decimal)
