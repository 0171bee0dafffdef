"""Days and hours as a spreadsheet shows them under a format code."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from babel.dates import get_day_names, get_month_names

FIRST: Final = datetime(1899, 12, 30)  # noqa: DTZ001 -- a spreadsheet knows no zone
FROM_1904: Final = 1462
"""Days from the first day of one calendar of spreadsheets to that of the other."""
UNSHOWN: Final = "########"
"""What stands in a cell whose number is no day."""
MOST_DAYS: Final = 2_958_466  # the day after 31 December 9999
_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<pad>.)|\*(?P<fill>.)'
    r"|\[(?P<elapsed>h+|m+|s+)\]|\[(?P<bracket>[^\]]*)\]"
    r"|(?P<half>AM/PM|A/P|am/pm|a/p)|(?P<part>y+|m+|d+|h+|s+)"
    r"|(?P<decimals>\.0+)|(?P<general>[Gg]eneral)|(?P<other>.)",
    re.DOTALL | re.IGNORECASE,
)
_LOCALE: Final = re.compile(r"\$[^-\]]*-([0-9A-Fa-f]+)")
_ENGLISH: Final = frozenset({0x09})


def is_date(section: str) -> bool:
    """Tell whether a format's section shows a day or an hour."""
    for match in _TOKEN.finditer(section):
        if match.lastgroup in ("part", "elapsed", "half"):
            return True
        if match.lastgroup == "general" or (match.lastgroup == "other" and match.group() in "0#?@"):
            return False
    return False


def moment(value: float, whole: int | None = None) -> datetime | None:
    """Return the moment that days from 1900 stand for, to the second; None outside calendars.

    `whole`: its seconds, where somebody rounded them already.
    """
    if not 0 <= value < MOST_DAYS:
        return None
    if whole is None:
        whole = _seconds(value)
    days, seconds = divmod(whole, 86_400)
    if 0 < days < 60:
        days += 1  # the 29th of February 1900, which spreadsheets count and calendars do not
    try:
        return FIRST + timedelta(days=days, seconds=seconds)
    except OverflowError:
        return None


def _seconds(value: float) -> int:
    return int((Decimal(repr(value)) * 86_400).to_integral_value(ROUND_HALF_UP))


def shown_date(section: str, value: float) -> str:
    """Show a number of days (from 1900) by a format's section."""
    tokens = [(str(match.lastgroup), match.group()) for match in _TOKEN.finditer(section)]
    decimals = max((len(code) - 1 for kind, code in tokens if kind == "decimals"), default=0)
    seconds = (Decimal(repr(value)) * 86_400).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    at = moment(value, whole=int(seconds))
    days = any(kind == "part" and code[0] in "yYdD" for kind, code in tokens)
    if at is None or (days and value < 1):
        return UNSHOWN
    halves = any(kind == "half" for kind, _code in tokens)
    locale = _locale(section)
    if not any(
        kind in ("part", "elapsed") and code.strip("[]")[0] in "sS" for kind, code in tokens
    ):
        at = at.replace(second=0)
    made = []
    for place, (kind, code) in enumerate(tokens):
        if kind == "part":
            made.append(_part(tokens, place, at, locale, halves=halves))
        elif kind == "elapsed":
            made.append(_elapsed(code.strip("[]").lower(), value))
        elif kind == "half":
            morning = at.hour < 12
            made.append(("AM" if morning else "PM")[: 1 if len(code) == 3 else 2])
        elif kind == "decimals":
            made.append(format(seconds % 1, f".{len(code) - 1}f")[1:])
        elif kind in ("quoted", "escaped", "other"):
            made.append(code.strip('"').removeprefix("\\") if kind != "other" else code)
        elif kind == "pad":
            made.append(" ")
    return "".join(made).strip()


def _locale(section: str) -> str:
    """Return `fr` or `en`: the language of names, French unless the format asks for English."""
    said = _LOCALE.search(section)
    return "en" if said and int(said.group(1), 16) & 0x3FF in _ENGLISH else "fr"


def _part(
    tokens: list[tuple[str, str]], place: int, at: datetime, locale: str, *, halves: bool
) -> str:
    code = tokens[place][1].lower()
    width = len(code)
    match code[0]:
        case "y":
            return f"{at.year:04d}" if width > 2 else f"{at.year % 100:02d}"
        case "d":
            return _day(at, width, locale)
        case "h":
            hour = (at.hour % 12 or 12) if halves else at.hour
            return f"{hour:02d}" if width > 1 else str(hour)
        case "s":
            return f"{at.second:02d}" if width > 1 else str(at.second)
        case _:
            if width < 3 and _minutes(tokens, place):
                return f"{at.minute:02d}" if width > 1 else str(at.minute)
            return _month(at, width, locale)


def _minutes(tokens: list[tuple[str, str]], place: int) -> bool:
    """Tell whether an `m` means minutes: right after hours, or right before seconds."""
    parts = [
        (number, code.strip("[]").lower()[0])
        for number, (kind, code) in enumerate(tokens)
        if kind in ("part", "elapsed")
    ]
    here = next(number for number, (at, _letter) in enumerate(parts) if at == place)
    before = parts[here - 1][1] if here else ""
    after = parts[here + 1][1] if here + 1 < len(parts) else ""
    return before == "h" or after == "s"


def _day(at: datetime, width: int, locale: str) -> str:
    if width < 3:
        return f"{at.day:02d}" if width == 2 else str(at.day)
    return str(
        get_day_names("abbreviated" if width == 3 else "wide", "format", locale)[at.weekday()]
    )


def _month(at: datetime, width: int, locale: str) -> str:
    if width < 3:
        return f"{at.month:02d}" if width == 2 else str(at.month)
    if width == 5:
        return str(get_month_names("narrow", "stand-alone", locale)[at.month])
    return str(get_month_names("abbreviated" if width == 3 else "wide", "format", locale)[at.month])


def _elapsed(code: str, value: float) -> str:
    count = _seconds(value) // {"h": 3600, "m": 60, "s": 1}[code[0]]
    return f"{count:0{len(code)}d}"
