"""What stands in a cell: a day, a level, a number, in the ways that people write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final
from zoneinfo import ZoneInfo

from kernel.levels import Level
from written_test.elsewhere.results_reading.tables import Cell, text

EXAM_ZONE: Final = ZoneInfo("Europe/Paris")
ZERO: Final = Decimal(0)
_EXCEL: Final = date(1899, 12, 30)
_EXCEL_DAYS: Final = range(18_264, 73_051)  # 1950 to 2099
_DAYS: Final = re.compile(r"[0-9]{1,12}([.,][0-9]*)?")
_FRENCH: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T]+\d{1,2}[:h]\d{2}.*)?")
_LEVEL: Final = re.compile(r"([ABC][12])(?:[ ._]?[0-9]{1,2}|[ ]?[+-])?")
_BELOW: Final = frozenset(
    {"A0", "PRE-A1", "PREA1", "PRE A1", "<A1", "< A1", "BELOW A1", "BELOW_A1", "INFERIEUR A A1"}
)


def day(cell: Cell) -> date | None:
    """Return the day of a cell, or None: ISO 8601, dd/mm/yyyy, a spreadsheet's day.

    A moment with a zone is the day that it was where the exam is held.
    """
    if isinstance(cell, datetime):
        return _there(cell)
    if isinstance(cell, date):
        return cell
    words = text(cell)
    if _DAYS.fullmatch(words) is not None:
        return _of_excel(words.replace(",", "."))
    if (french := _FRENCH.fullmatch(words)) is not None:
        first, month, year = map(int, french.groups())
        return _made(year, month, first)
    try:
        return _there(datetime.fromisoformat(words))
    except (ValueError, OverflowError):  # a moment at the end of every calendar
        return None


def _there(moment: datetime) -> date:
    return moment.astimezone(EXAM_ZONE).date() if moment.tzinfo else moment.date()


def _of_excel(words: str) -> date | None:
    if len(words) == 8 and words.isdigit():  # 20260312
        return _made(int(words[:4]), int(words[4:6]), int(words[6:]))
    days = int(words.partition(".")[0] or 0)
    return _EXCEL + timedelta(days=days) if days in _EXCEL_DAYS else None


def _made(year: int, month: int, first: int) -> date | None:
    try:
        return date(year, month, first)
    except ValueError:
        return None


def level(cell: Cell) -> Level | None:
    """Return the published level of « B1 », « b1+ » or « B1.2 », or None."""
    words = " ".join(text(cell).upper().split()).replace("É", "E").replace("À", "A")
    if words in _BELOW:
        return Level.BELOW
    found = _LEVEL.fullmatch(words)
    return Level(found.group(1)) if found else None


def number(cell: Cell) -> Decimal | None:
    """Return the number of « 72,5 », « 72.5 », « 1 250 », « 85 % » or « 85/100 », or None."""
    words = text(cell).replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    words = words.partition("/")[0].removesuffix("%").replace(",", ".")
    if re.fullmatch(r"[+-]?\d{1,12}(\.\d{1,12})?", words) is None:
        return None
    try:
        return Decimal(words)
    except InvalidOperation:
        return None
