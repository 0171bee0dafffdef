"""The number formats of one workbook: which cell is shown how."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lxml import etree

from kernel.errors import N_
from kernel.tables.date_formats import FIRST, FROM_1904, UNSHOWN, moment
from kernel.tables.number_formats import BUILT_IN, GENERAL, Format, format_of, general
from kernel.tables.table import Cell, Fault, Moment

_DAY: Final = "dd/mm/yyyy"
_HOUR: Final = "dd/mm/yyyy hh:mm"
_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True)
class Formats:
    """What each style of a workbook shows; None where its format is not known."""

    styles: tuple[Format | None, ...]
    from_1904: bool = False

    @classmethod
    def read(cls, sheets: Iterable[etree._Element], from_1904: bool) -> Formats:
        """Read the styles of a workbook; it may have none."""
        for sheet in sheets:
            codes = {
                int(element.get("numFmtId", "-1")): str(element.get("formatCode", GENERAL))
                for element in sheet.iterfind("{*}numFmts/{*}numFmt")
            }
            return cls(
                tuple(
                    _format(int(element.get("numFmtId", "0")), codes)
                    for element in sheet.iterfind("{*}cellXfs/{*}xf")
                ),
                from_1904,
            )
        return cls((), from_1904)

    def number(self, value: float, style: str | None, at: dict[str, str]) -> Cell:
        """Return a number as its cell shows it."""
        if style is None:
            return general(value)
        form = self.styles[int(style)] if int(style) < len(self.styles) else None
        if form is None:
            return Fault(
                general(value), N_("Le format de la cellule %(cell)s manque dans le classeur."), at
            )
        if form.date and self.from_1904:
            value += FROM_1904
        shown = form.show(value)
        if not shown or shown == UNSHOWN:
            return Fault(
                general(value),
                N_("La cellule %(cell)s ne montre pas sa valeur dans Excel : changez son format."),
                at,
            )
        if form.date and (when := moment(value)) is not None:
            return Moment(shown, when)
        return shown

    def day(self, when: datetime, style: str | None, at: dict[str, str]) -> Cell:
        """Return a moment that the file writes in words, as its cell shows it."""
        when = when.replace(tzinfo=None)
        past = when - FIRST
        value = past.days + past.seconds / _SECONDS
        shown = self.number(value - (FROM_1904 if self.from_1904 else 0), style, at)
        if isinstance(shown, Moment):
            return shown
        code = _DAY if when.time() == FIRST.time() else _HOUR
        return Moment(format_of(code).show(value), when)


def _format(number: int, codes: dict[int, str]) -> Format | None:
    """Return the format of this number; None if the file does not say it and nobody knows it."""
    code = codes.get(number, BUILT_IN.get(number))
    if code is None:
        return None
    try:
        return format_of(code)
    except ValueError:
        return None
