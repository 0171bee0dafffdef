"""Who a candidate is, as their identity document writes it: pure.

A name is kept in any script as it stands there. Some people have one name only: it is the birth
name, and there are no first names, never a sign in their place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from enrolment.declared import Sex
from enrolment.models import Candidate, called, plain
from kernel import names
from kernel.errors import N_, Invalid

IDENTITY: Final = (
    "birth_name",
    "used_name",
    "first_names",
    "sex",
    "birth_date",
    "birth_commune_code",
    "birth_place",
    "birth_country",
)
_NAMES: Final = ("birth_name", "used_name", "first_names")
_PLACE: Final = ("birth_place", "birth_commune_code")
_INSEE: Final = re.compile(r"[0-9AB]{5}")


@dataclass(frozen=True)
class Identity:
    """Who somebody is, as their document says; `first_names` is empty for one name alone."""

    birth_name: str
    first_names: str
    sex: Sex
    birth_date: date
    used_name: str = ""
    birth_commune_code: str = ""
    birth_place: str = ""
    birth_country: str = "FR"


def checked(identity: Identity, today: date) -> Identity:
    """Return an identity as it is kept.

    Raises:
        Invalid: a field cannot be; it is named.
    """
    kept = replace(
        identity,
        birth_name=names.name(identity.birth_name),
        used_name=names.name(identity.used_name),
        first_names=names.name(identity.first_names),
        birth_place=names.name(identity.birth_place),
        birth_commune_code=identity.birth_commune_code.strip().upper(),
    )
    if not kept.birth_name:
        raise Invalid(N_("Le nom de naissance est nécessaire."), "birth_name")
    for field in _NAMES:
        said = getattr(kept, field)
        if said and not any(letter.isalpha() for letter in said):
            raise Invalid(
                N_("« %(said)s » n'est pas un nom : laissez vide ce que la pièce n'écrit pas."),
                field,
                said=said,
            )
    if not date(1900, 1, 1) <= kept.birth_date <= today - timedelta(days=14 * 365):
        raise Invalid(N_("Cette date de naissance n'est pas plausible."), "birth_date")
    if kept.birth_commune_code and not _INSEE.fullmatch(kept.birth_commune_code):
        raise Invalid(N_("Un code INSEE de commune a cinq caractères."), "birth_commune_code")
    return kept


def account_names(identity: Identity) -> tuple[str, str]:
    """Return the given and the family name by which letters address somebody."""
    return called(identity.first_names), identity.used_name or identity.birth_name


def is_person(candidate: Candidate, identity: Identity) -> bool:
    """Tell whether an identity is this candidate's: same birth, same birth name, same first name.

    Accents, capitals and further first names may be written otherwise.
    """
    return (
        candidate.birth_date == identity.birth_date
        and plain(candidate.birth_name) == plain(identity.birth_name)
        and plain(called(candidate.first_names)) == plain(called(identity.first_names))
    )


def differing(candidate: Candidate, identity: Identity) -> str | None:
    """Return the first field in which an identity is not what is kept; None: it is the same.

    A place of birth that is not said again is no other one.
    """
    for name in IDENTITY:
        before, after = getattr(candidate, name), getattr(identity, name)
        if before != after and not (name in _PLACE and not after):
            return name
    return None
