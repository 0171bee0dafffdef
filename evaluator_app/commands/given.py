"""A file of JSON that somebody gave: why it cannot be read, in a line."""

from __future__ import annotations

from pydantic import ValidationError


def why(error: Exception, whole: str) -> str:
    """Return the first reason, with its place; `whole` names what has none."""
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors()[0]
    return ": ".join([".".join(map(str, first["loc"])) or whole, first["msg"]])
