"""A number as a spreadsheet shows it under a format code (ECMA-376 part 1, 18.8.30 and 18.8.31).

The words of a code are taken as they stand; what a code leaves to the reader's country is written
as French Excel does (short dates day first, names of months and days), except the decimal point:
a file writes `72.5`, and so do we.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from kernel.tables.date_formats import is_date, shown_date

Show = Callable[[float], str]
GENERAL: Final = "General"
# The formats that have a number and no code in the file; those left out are the country's own.
BUILT_IN: Final = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: "#,##0 €;-#,##0 €",
    6: "#,##0 €;-#,##0 €",
    7: "#,##0.00 €;-#,##0.00 €",
    8: "#,##0.00 €;-#,##0.00 €",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "dd/mm/yyyy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "hh:mm",
    21: "hh:mm:ss",
    22: "dd/mm/yyyy hh:mm",
    37: "#,##0;-#,##0",
    38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00",
    41: "#,##0;-#,##0",
    42: "#,##0 €;-#,##0 €",
    43: "#,##0.00;-#,##0.00",
    44: "#,##0.00 €;-#,##0.00 €",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
}
MOST_CODE: Final = 255  # what Excel allows
_WIDE: Final = 11  # characters that a number without a format gets
_EXACT: Final = Decimal(10) ** 15
_SECTION: Final = re.compile(r'(?:"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|[^;])*')
_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<pad>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<exponent>[eE][+-])|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)"
    r"|(?P<slash>/)|(?P<general>[Gg]eneral|GENERAL|[Ss]tandard)|(?P<text>@)|(?P<other>.)",
    re.DOTALL,
)
_CONDITION: Final = re.compile(r"(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)")
_CURRENCY: Final = re.compile(r"\$([^-\]]*)(?:-.*)?")


@dataclass(frozen=True, slots=True)
class Format:
    """A format code, understood: `date` tells whether it shows days or hours."""

    show: Show
    date: bool = False


@lru_cache(maxsize=4096)
def format_of(code: str) -> Format:
    """Return what a format code does with a number.

    Raises:
        ValueError: a code that is none.
    """
    if len(code) > MOST_CODE:
        raise ValueError(code[:40])
    if code in (GENERAL, "", "@"):
        return Format(general)
    sections = _sections(code)
    if is_date(sections[0]):
        section = sections[0]
        return Format(lambda value: shown_date(section, value), date=True)
    return Format(lambda value: _choose(sections, value))


def _sections(code: str) -> list[str]:
    sections = []
    place = 0
    while True:
        match = _SECTION.match(code, place)
        assert match is not None  # noqa: S101 -- the pattern matches nothing too
        sections.append(match.group())
        place = match.end() + 1
        if match.end() >= len(code):
            return sections[:4]


def _choose(sections: list[str], value: float) -> str:
    """Show `value` by the section that is meant for it."""
    conditions = [_condition(section) for section in sections]
    if any(conditions):
        for section, condition in zip(sections, conditions, strict=True):
            if condition is None or condition(value):
                return _shown(section, value if condition is None else abs(value), value)
        return "#" * 5
    if value < 0 and len(sections) > 1:
        return _shown(sections[1], abs(value), 0) if sections[1] else ""
    if value == 0 and len(sections) > 2:
        return _shown(sections[2], value, 0)
    return _shown(sections[0], abs(value), value)


def _condition(section: str) -> Callable[[float], bool] | None:
    for bracket in re.findall(r"\[([^\]]*)\]", section):
        if (said := _CONDITION.fullmatch(bracket)) is not None:
            sign, limit = said.group(1), float(said.group(2))
            return lambda value: {
                "<": value < limit,
                ">": value > limit,
                "=": value == limit,
                "<=": value <= limit,
                ">=": value >= limit,
                "<>": value != limit,
            }[sign]
    return None


def general(value: float) -> str:
    """Show a number that has no format: whole ones in full, others in eleven characters."""
    exact = Decimal(repr(value))
    if exact == exact.to_integral_value() and abs(exact) < _EXACT:
        return format(exact.to_integral_value(), "f").removeprefix("-0") or "0"
    size = abs(exact)
    if Decimal("0.0001") <= size < Decimal(10) ** 10:
        places = max(_WIDE - 1 - len(str(int(size))), 0)
        return _trimmed(size, places, "-" if exact < 0 else "")
    mantissa, _, power = f"{exact:.5E}".partition("E")
    digits = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{digits}E{int(power):+03d}"


def _trimmed(size: Decimal, places: int, sign: str) -> str:
    shown = format(_rounded(size, places), "f")
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return sign + shown if shown.strip("0.") else "0"


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _shown(section: str, size: float, signed: float) -> str:
    """Show the number `size` (not negative) by one section; a minus goes in front of `signed`."""
    tokens = [(str(match.lastgroup), match) for match in _TOKEN.finditer(section)]
    kinds = [kind for kind, _match in tokens]
    exact = Decimal(repr(size))
    exact *= Decimal(100) ** kinds.count("percent")
    minus = "-" if signed < 0 else ""
    if "general" in kinds:
        body = {"general": general(float(exact))}
        return (minus + _written(tokens, body)).strip()
    if "digit" not in kinds:
        return _written(tokens, {}).strip()
    if "slash" in kinds:
        shown = _fraction(tokens, exact)
    elif "exponent" in kinds:
        shown = _scientific(tokens, exact)
    else:
        shown = _fixed(tokens, exact)
    return ((minus if re.search(r"[1-9]", shown) else "") + shown).strip()


Tokens = list[tuple[str, re.Match[str]]]


def _literal(kind: str, match: re.Match[str]) -> str:
    """Return what a token that stands for no digit writes."""
    if kind == "bracket":
        currency = _CURRENCY.fullmatch(match.group("bracket"))
        return currency.group(1) if currency else ""
    if kind in ("quoted", "escaped", "other"):
        return match.group(kind)
    return {"pad": " ", "percent": "%"}.get(kind, "")


def _written(tokens: Tokens, body: dict[str, str]) -> str:
    return "".join(body.get(kind, "") or _literal(kind, match) for kind, match in tokens)


def _fixed(tokens: Tokens, exact: Decimal) -> str:
    """Show digits, grouped where the code groups them, with the places that it asks for."""
    places = [place for place, (kind, _match) in enumerate(tokens) if kind == "digit"]
    first, last = places[0], places[-1]
    points = [place for place, (kind, _match) in enumerate(tokens) if kind == "point"]
    point = points[0] if points else len(tokens)
    before = [place for place in places if place < point]
    after = [place for place in places if place > point]
    commas = [place for place, (kind, _match) in enumerate(tokens) if kind == "comma"]
    grouped = any(before and before[0] < place < before[-1] for place in commas)
    end = before[-1] if before else first
    scale = sum(1 for place in commas if end < place and (place < point or place > last))
    exact = exact.scaleb(-3 * scale)
    shown = format(_rounded(exact, len(after)), "f")
    whole, _, decimals = shown.partition(".")
    wholes = _placed(tokens, before, "" if whole == "0" else whole, grouped=grouped)
    left = _kept(tokens, after, decimals)
    written = []
    for place, (kind, match) in enumerate(tokens):
        if place in wholes:
            written.append(wholes[place])
        elif kind == "digit":
            written.append(left.pop(0) if left else "")
        elif kind == "point" and place == point:
            written.append(".")
        elif kind != "comma":
            written.append(_literal(kind, match))
    return "".join(written)


def _signs(tokens: Tokens, places: list[int]) -> str:
    return "".join(tokens[place][1].group() for place in places)


def _placed(tokens: Tokens, places: list[int], digits: str, *, grouped: bool) -> dict[int, str]:
    """Return what each place before the point shows; the first one takes what is over."""
    made: dict[int, str] = {}
    signs = _signs(tokens, places)
    least = len(signs.lstrip("#"))
    shown = digits.rjust(len(digits) if len(digits) > least else least, "\0")
    width = len(places)
    cut = max(len(shown) - width, 0)
    pieces = [shown[: cut + 1], *shown[cut + 1 :]] if len(shown) >= width else []
    if not pieces:
        pieces = [""] * (width - len(shown)) + list(shown)
    left = sum(len(piece) for piece in pieces)
    for place, piece, sign in zip(places, pieces, signs, strict=True):
        written = ""
        for digit in piece:
            filled = {"0": "0", "?": " "}.get(sign, "0") if digit == "\0" else digit
            written += filled
            left -= 1
            if grouped and left and left % 3 == 0 and filled != " ":
                written += "\u202f"
        made[place] = written
    return made


def _kept(tokens: Tokens, places: list[int], digits: str) -> list[str]:
    """Return the digits after the point; those that a code does not ask for fall off."""
    kept = list(digits)
    for place in reversed(range(len(kept))):
        sign = tokens[places[place]][1].group()
        if kept[place] != "0" or sign == "0":
            break
        kept[place] = " " if sign == "?" else ""
    return kept


def _scientific(tokens: Tokens, exact: Decimal) -> str:
    at = next(place for place, (kind, _match) in enumerate(tokens) if kind == "exponent")
    head, tail = tokens[:at], tokens[at + 1 :]
    signs = [match.group() for kind, match in head if kind in ("digit", "point")]
    whole = signs.index(".") if "." in signs else len(signs)
    step = max(whole, 1)
    power = exact.adjusted() if exact else 0
    power = power - power % step if step > 1 else power
    decimals = len(signs) - whole - 1 if "." in signs else 0
    if _rounded(exact.scaleb(-power), decimals) >= Decimal(10) ** step:
        power += step
    digits = sum(kind == "digit" for kind, _match in tail)
    sign = "-" if power < 0 else "+" if tokens[at][1].group().endswith("+") else ""
    mantissa = _fixed(head, exact.scaleb(-power))
    rest = "".join(_literal(kind, match) for kind, match in tail if kind != "digit")
    return f"{mantissa}E{sign}{abs(power):0{digits}d}{rest}"


def _fraction(tokens: Tokens, exact: Decimal) -> str:
    """Show a number as a fraction: of a given denominator, or of one with so many digits."""
    at = next(place for place, (kind, _match) in enumerate(tokens) if kind == "slash")
    given = re.match(r"[0#? ]*?(\d+)", "".join(match.group() for _kind, match in tokens[at + 1 :]))
    below = 0
    for kind, _match in tokens[at + 1 :]:
        below += kind == "digit"
    head = "".join(match.group() for _kind, match in tokens[:at])
    mixed = " " in head.strip() or bool(re.search(r"[0#?] +[0#?]", head))
    whole = int(exact) if mixed else 0
    rest = Fraction(exact) - whole
    if given is not None and int(given.group(1)) > 0:
        bottom = int(given.group(1))
        top = int(Decimal(rest.numerator * bottom) / Decimal(rest.denominator) + Decimal("0.5"))
    else:
        nearest = rest.limit_denominator(10 ** min(below, 6) - 1)
        top, bottom = nearest.numerator, nearest.denominator
    if mixed and top == bottom:
        whole, top = whole + 1, 0
    if mixed and not top:
        return str(whole)
    return f"{whole} {top}/{bottom}" if whole else f"{top}/{bottom}"
