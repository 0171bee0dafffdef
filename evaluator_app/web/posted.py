"""What scripts post has one type: a model, its TypeScript declaration made from it.

Whoever takes one declares it beside the view. `evaluator_app.web.declarations` writes
`frontend/types/posted.d.ts` from all of them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

from flask import request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evaluator_app.web.incoming import BIGGEST_ID
from kernel.errors import N_, Invalid, TooLarge

Shape = TypeVar("Shape", bound=BaseModel)
Value = TypeVar("Value")

MOST_BODY = 16 * 1024
UNREADABLE = N_("Cette demande n'a pas pu être lue.")

Chosen = Annotated[Value, Field(strict=False)]
"""A value of an enumeration, or a number of an address: both arrive as text."""
Number = Annotated[int, Field(ge=-BIGGEST_ID, le=BIGGEST_ID)]
"""A whole number that the databases hold."""


class Posted(BaseModel):
    """One shape that scripts post, each value of its own type.

    What it does not name is passed over: a page that was opened before an update goes on.
    """

    model_config = ConfigDict(frozen=True, strict=True, allow_inf_nan=False)


def takes(kind: type[BaseModel], most: int = MOST_BODY) -> Callable[..., Any]:
    """Give a view, as its last argument, what the script posted: a `kind` of `most` bytes."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def reading(*things: Any, **parts: Any) -> Any:
            return view(*things, read(kind, read_object(most)), **parts)

        reading.takes = kind  # type: ignore[attr-defined]  # for the declarations
        return reading

    return decorate


def read(kind: type[Shape], given: Mapping[str, Any]) -> Shape:
    """Return what was given as `kind`. Raise Invalid when it is not of that shape."""
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        place = error.errors()[0]["loc"]
        raise Invalid(UNREADABLE, ".".join(map(str, place)) or None) from error


def read_object(most: int = MOST_BODY) -> dict[str, Any]:
    """Return this request's JSON object, of `most` bytes; an empty body is an empty object.

    Raises:
        TooLarge: it is larger.
        Invalid: it is not a JSON object.
    """
    if (request.content_length or 0) > most:
        raise TooLarge(N_("Ce qui a été envoyé est trop grand."))
    data = request.get_data(cache=True)
    if len(data) > most:  # sent in chunks, it has no length beforehand
        raise TooLarge(N_("Ce qui a été envoyé est trop grand."))
    given = request.get_json(force=True, silent=True) if data else {}
    if not isinstance(given, dict):
        raise Invalid(UNREADABLE)
    return given
