"""What the declaration to the Caisse des Dépôts asks of an enrolment, in its own words.

XSD 1.1.2 of `urn:cdc:cpf:pc5:schema`: the values are those of its enumerations, and are stored so.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import String, TypeDecorator
from sqlalchemy.engine import Dialect


class Sex(StrEnum):
    """As the civil register writes it (`sexe`)."""

    FEMALE = "F"
    MALE = "M"


class AccessMode(StrEnum):
    """By which way somebody came to the certification (`modaliteAcces`)."""

    CONTINUING = "FORMATION_CONTINUE_HORS_CONTRAT_DE_PROFESSIONNALISATION"
    PROFESSIONALISATION = "FORMATION_CONTINUE_CONTRAT_DE_PROFESSIONNALISATION"
    INITIAL = "FORMATION_INITIALE_HORS_APPRENTISSAGE"
    APPRENTICESHIP = "FORMATION_INITIALE_APPRENTISSAGE"
    EXPERIENCE = "VAE"
    FOREIGN_DIPLOMA = "EQUIVALENCE_DIPLOME_ETRANGER"
    INDEPENDENT = "CANDIDAT_LIBRE"


class Initiative(StrEnum):
    """Who had the idea of the enrolment (`initiativeInscription`)."""

    CANDIDATE = "CERTIFIE"
    ORGANISATION = "OF"
    EMPLOYMENT_SERVICE = "POLE_EMPLOI"
    EMPLOYER = "EMPLOYEUR"
    OTHER = "AUTRE"


class OptionalEnum(TypeDecorator[StrEnum]):
    """A value of an enumeration, or None where nothing was said: "" in the database."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        """Read and write values of `kind`."""
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str:
        """Write the value.

        Raises:
            ValueError: it is none of the enumeration.
        """
        return "" if value is None else str(self.kind(value))

    def process_result_value(self, value: Any, _dialect: Dialect) -> StrEnum | None:
        """Read the value."""
        return self.kind(value) if value else None
