"""What does not fit in something that somebody wrote, told by its place and in words.

Models say what they refuse by a type (`pydantic`); the words for each type stand here, once for
forms and files of every noun.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from kernel.errors import N_

MOST_FAULTS: Final = 30

WHY: Final[Mapping[str, str]] = {
    "missing": N_("il manque"),
    "string_too_short": N_("il manque"),
    "string_too_long": N_("il est trop long"),
    "too_short": N_("il y en a trop peu : %(min_length)d au moins"),
    "too_long": N_("il y en a trop : %(max_length)d au plus"),
    "extra_forbidden": N_("on ne l'attend pas"),
    "prompt_order": N_("%(after)s est plus facile que %(before)s, qui la précède"),
    "script_parts": N_("un déroulé a les parties 1, 2 et 3, dans cet ordre"),
    "prompt_keys": N_("la partie 1 a des questions, chacune avec sa clé"),
    "card_code": N_("le code %(code)s dit autre chose que la carte"),
    "code_twice": N_("deux cartes ont le code %(code)s"),
    "code_language": N_("le code %(code)s commence par une autre langue"),
    "descriptors": N_("il en faut un pour chaque niveau"),
    "descriptor_long": N_("%(level)s : plus de %(most)d caractères"),
    "alike": N_("deux critères ont la même clé ou la même lettre"),
    "rule_weight": N_("un poids est un nombre entier de 1 à %(most)d"),
    "rule_oral_weight": N_("l'oral pèse plus que l'écrit, sinon choisissez la moyenne simple"),
    "rule_matrix": N_("la table baisse quand un niveau monte"),
    "rule_below": N_("au moins un critère est au niveau"),
    "rule_assessable": N_("au moins un critère a une note"),
    "unbreakable": N_("« %(sign)s » demande une espace insécable"),
}
"""Why something does not fit, by what the model says of it."""
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
        why = WHY.get(first["type"], OTHERWISE)
        said.append(Fault(thing, fields, why, dict(first.get("ctx", {}))))
    return tuple(said)
