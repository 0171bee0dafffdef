"""What comes in, before any view sees it: JSON that every database can keep, what fits."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from datetime import date
from typing import Any, Final

from flask import Flask, Request
from werkzeug.datastructures import MultiDict
from werkzeug.routing import IntegerConverter, ValidationError

BIGGEST_ID = 2**31 - 1  # what the databases' integer holds; an address may bear any number


FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2199, 12, 30)


def read_strictly(read: Callable[..., Any], text: str | bytes, **options: Any) -> Any:
    """Read JSON as its standard has it; what no database keeps as text is unreadable too.

    Raises:
        ValueError: not JSON, NaN or Infinity (1e999 is one), nested beyond reason, U+0000, half a
            character.
    """
    try:
        value = read(text, parse_constant=_refuse, parse_float=_finite, **options)
    except RecursionError:
        msg = "nested beyond reason"
        raise ValueError(msg) from None
    _check_texts(value)
    return value


def _refuse(constant: str) -> None:
    msg = f"{constant} is not JSON"
    raise ValueError(msg)


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        msg = "a number beyond any that is kept"
        raise ValueError(msg)
    return number


def _check_texts(read: Any) -> None:
    left = [read]
    while left:
        value = left.pop()
        if isinstance(value, str):
            if "\x00" in value:
                msg = "U+0000 in a text"
                raise ValueError(msg)
            value.encode()  # a lone surrogate raises UnicodeEncodeError, a ValueError
        elif isinstance(value, dict):
            left += [*value, *value.values()]
        elif isinstance(value, list):
            left += value


def whole(sent: MultiDict[str, str], name: str, otherwise: int, *, least: int = 0) -> int:
    """Return the whole number that a form or an address bears under `name`, from `least` on.

    Anything else, and a number that no database keeps, is `otherwise`.
    """
    number = _whole(sent.get(name, ""))
    return number if number is not None and number >= least else otherwise


def wholes(sent: MultiDict[str, str], name: str) -> list[int]:
    """Return the whole numbers that a form bears under `name`, each where it is chosen."""
    numbers = (_whole(text) for text in sent.getlist(name))
    return [number for number in numbers if number is not None]


def day(sent: MultiDict[str, str], name: str) -> date | None:
    """Return the day that a form or an address bears under `name`, within what databases keep."""
    try:
        given = date.fromisoformat(sent.get(name, ""))
    except ValueError:
        return None
    return min(max(given, FIRST_DAY), LAST_DAY)


def _whole(text: str) -> int | None:
    digits = text.strip().removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= len(str(BIGGEST_ID))):
        return None
    number = int(text)
    return number if abs(number) <= BIGGEST_ID else None


class IdConverter(IntegerConverter):
    """The number of a row in an address: one that no row can have is no address."""

    def to_python(self, value: str) -> int:
        """Return the number.

        Raises:
            ValidationError: it is larger than any row's.
        """
        if len(value) > len(str(BIGGEST_ID)) or int(value) > BIGGEST_ID:
            raise ValidationError
        return int(value)


class Incoming(Request):
    """A request whose texts have the line ends that the browser counted: it sends two for one."""

    def _load_form_data(self) -> None:
        super()._load_form_data()
        fields = self.__dict__["form"].items(multi=True)
        kept = [(name, value.replace("\r\n", "\n")) for name, value in fields]
        self.__dict__["form"] = self.parameter_storage_class(kept)


def init_app(app: Flask) -> None:
    """Read what comes in this way; after the sign-in library, before addresses are registered."""
    app.json.loads = functools.partial(read_strictly, app.json.loads)  # type: ignore[method-assign]
    app.url_map.converters["int"] = IdConverter
    app.request_class = Incoming
