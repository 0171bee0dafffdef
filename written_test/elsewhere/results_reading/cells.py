"""What stands in a cell: a day, a level, a number, in the ways that people write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from kernel import exam_zone
from kernel.levels import Level
from kernel.tables.date_formats import FROM_1904
from kernel.tables.table import Cell, Moment, text
from written_test.elsewhere.results_reading.mapping import DayOrder

ZERO: Final = Decimal(0)
HUNDRED: Final = Decimal(100)
_EXCEL: Final = date(1899, 12, 30)
_EXCEL_DAYS: Final = range(18_264, 73_051)  # 1950 to 2099
_DAYS: Final = re.compile(r"[0-9]{1,12}([.,][0-9]*)?")
_FIGURES: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T]+\d{1,2}[:h]\d{2}.*)?")
_LEVEL: Final = re.compile(r"([ABC][12])(?:[ ._]?[0-9]{1,2}|[ ]?[+-])?")
_BELOW: Final = frozenset(
    {"A0", "PRE-A1", "PREA1", "PRE A1", "<A1", "< A1", "BELOW A1", "BELOW_A1", "INFERIEUR A A1"}
)
_NUMBER: Final = re.compile(r"[+-]?\d{1,12}(\.\d{1,12})?")
_THOUSANDS: Final = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_SHORTENED: Final = re.compile(r"[+-]?\d(?:[.,]\d+)?E[+-]?\d+", re.IGNORECASE)
_BLANKS: Final = str.maketrans("", "", " \u00a0\u202f\u2009")


def day(cell: Cell, order: DayOrder = DayOrder.DAY, *, from_1904: bool = False) -> date | None:
    """Return the day of a cell, or None: ISO 8601, dd/mm/yyyy, a spreadsheet's day.

    A moment with a zone is the day that it was where the exam is held. `order` is that of figures
    (`FOUND` leaves them unread); `from_1904`: from where plain numbers of days count.
    """
    if isinstance(cell, Moment):
        return cell.at.date() if (cell.at.date() - _EXCEL).days in _EXCEL_DAYS else None
    words = text(cell)
    if _DAYS.fullmatch(words) is not None:
        return _of_excel(words.replace(",", "."), FROM_1904 if from_1904 else 0)
    if (figures := _FIGURES.fullmatch(words)) is not None:
        return _of_figures(figures, order)
    try:
        return _there(datetime.fromisoformat(words))
    except (ValueError, OverflowError):  # a moment at the end of every calendar
        return None


def _of_figures(figures: re.Match[str], order: DayOrder) -> date | None:
    first, second, year = map(int, figures.groups())
    if order is DayOrder.FOUND:
        return None
    return _made(year, *((second, first) if order is DayOrder.DAY else (first, second)))


def is_figures(cell: Cell) -> bool:
    """Tell whether a cell holds a date written with figures, whose order must be known."""
    return isinstance(cell, str) and _FIGURES.fullmatch(cell.strip()) is not None


def orders(column: Iterable[Cell]) -> frozenset[DayOrder]:
    """Return the orders of day and month that a column's own dates prove: none, one or both."""
    proved = set()
    for cell in column:
        if isinstance(cell, str) and (figures := _FIGURES.fullmatch(cell.strip())) is not None:
            first, second = int(figures.group(1)), int(figures.group(2))
            if first > 12 >= second:
                proved.add(DayOrder.DAY)
            elif second > 12 >= first:
                proved.add(DayOrder.MONTH)
    return frozenset(proved)


def _there(moment: datetime) -> date:
    return exam_zone.day_of(moment) if moment.tzinfo else moment.date()


def _of_excel(words: str, more: int) -> date | None:
    if len(words) == 8 and words.isdigit():  # 20260312
        return _made(int(words[:4]), int(words[4:6]), int(words[6:]))
    days = int(words.partition(".")[0] or 0) + more
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
    known = _LEVEL.fullmatch(words)
    return Level(known.group(1)) if known else None


def number(cell: Cell, *, comma: bool = False) -> Decimal | None:
    """Return the number of « 72,5 », « 72.5 », « 1 250 », « 85 % » or « 17/20 » (85), or None.

    « 1,250 » may be either a thousand or hardly more than one: it is a number only where `comma`
    says that a comma is the decimal sign.
    """
    words = text(cell).translate(_BLANKS)
    top, slash, bottom = words.partition("/")
    if not slash:
        return _plain_number(words.removesuffix("%"), comma=comma)
    share, whole = _plain_number(top, comma=comma), _plain_number(bottom, comma=comma)
    if share is None or whole is None or not ZERO <= share <= whole or not whole:
        return None
    return share if whole == HUNDRED else share * HUNDRED / whole


def out_of(cell: Cell) -> Decimal | None:
    """Return the 20 of « 17/20 »; None for a score that is out of a hundred, or out of nothing."""
    _top, slash, bottom = text(cell).translate(_BLANKS).partition("/")
    whole = _plain_number(bottom, comma=True) if slash else None
    return None if whole == HUNDRED else whole


def _plain_number(words: str, *, comma: bool) -> Decimal | None:
    if "," in words:
        if not comma and _THOUSANDS.fullmatch(words) is not None:
            if words.count(",") == 1 and "." not in words:
                return None
            words = words.replace(",", "")
        words = words.replace(",", ".")
    return Decimal(words) if _NUMBER.fullmatch(words) is not None else None


def commas_are_decimal(column: Iterable[Cell]) -> bool:
    """Tell whether the numbers of a column prove that its commas are decimal signs."""
    proved = False
    for cell in column:
        words = text(cell).translate(_BLANKS).partition("/")[0].removesuffix("%")
        if "," not in words:
            continue
        if _THOUSANDS.fullmatch(words) is None:
            proved = True
        elif words.count(",") > 1 or "." in words:
            return False
    return proved


def is_shortened(cell: Cell) -> bool:
    """Tell whether a spreadsheet put « 1,23457E+10 » in the place of a long number."""
    return _SHORTENED.fullmatch(text(cell)) is not None
