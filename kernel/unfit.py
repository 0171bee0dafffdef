"""What does not fit in something that somebody wrote, told by its place and in words.

Models say what they refuse by a type (`pydantic`). The words for each type are given once, for
forms and files alike: the general ones here, a noun's own beside its models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from kernel.errors import N_

MOST_FAULTS: Final = 30

_WHY: Final[dict[str, str]] = {
    "missing": N_("il manque"),
    "string_too_short": N_("il manque"),
    "string_too_long": N_("il est trop long"),
    "too_short": N_("il y en a trop peu : %(min_length)d au moins"),
    "too_long": N_("il y en a trop : %(max_length)d au plus"),
    "extra_forbidden": N_("on ne l'attend pas"),
    "unbreakable": N_("« %(sign)s » demande une espace insécable"),
}
"""Why something does not fit, by the type that its model gives; nouns add theirs (`explain`)."""
UNSAID: Final = ("content", "cards", "script", "criteria")
"""Fields that only hold others."""
OTHERWISE: Final = N_("ce n'est pas une valeur connue")


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not fit: in which of several things, the fields that lead there, and why."""

    thing: str
    fields: tuple[str, ...]
    why: str
    params: dict[str, Any]


def explain(words: Mapping[str, str]) -> None:
    """Give the words for types of refusal that a noun's models have."""
    _WHY.update(words)


def faults(error: ValidationError, many: str = "", things: Any = ()) -> tuple[Fault, ...]:
    """Return what does not fit, at most some.

    `many`: the field that lists several things; `things`: as they were given, for the code or key
    of each.
    """
    said = []
    for first in error.errors(include_url=False)[:MOST_FAULTS]:
        thing = ""
        places = [str(part + 1 if isinstance(part, int) else part) for part in first["loc"]]
        match first["loc"]:
            case (str(field), int(place), *_rest) if field == many:
                given = things[place] if isinstance(things[place], Mapping) else {}
                thing = str(given.get("code") or given.get("key") or f"#{place + 1}")
                places = places[2:]
        fields = tuple(part for part in places if part not in UNSAID)
        why = _WHY.get(first["type"], OTHERWISE)
        said.append(Fault(thing, fields, why, dict(first.get("ctx", {}))))
    return tuple(said)
