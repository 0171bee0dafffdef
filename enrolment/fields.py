"""The professional fields that a candidacy can name; cards of the oral are written for them."""

from enum import StrEnum
from typing import Final

from kernel.bilingual import Bilingual


class Field(StrEnum):
    """A professional field; `GENERAL` suits everybody and is what an unknown field falls to."""

    GENERAL = "general"
    SALES = "sales"
    HOSPITALITY = "hospitality"
    IT = "it"
    HEALTH = "health"
    LOGISTICS = "logistics"
    ADMINISTRATION = "administration"
    FINANCE = "finance"

    def label(self, locale: str) -> str:
        """Name the field for a person, in French (`fr`) or English (anything else)."""
        return NAMES[self].say(locale)


NAMES: Final[dict[Field, Bilingual]] = {
    Field.GENERAL: Bilingual(fr="Tous métiers", en="Any field"),
    Field.SALES: Bilingual(fr="Commerce", en="Sales"),
    Field.HOSPITALITY: Bilingual(fr="Hôtellerie et restauration", en="Hospitality"),
    Field.IT: Bilingual(fr="Informatique", en="IT"),
    Field.HEALTH: Bilingual(fr="Santé", en="Health"),
    Field.LOGISTICS: Bilingual(fr="Logistique", en="Logistics"),
    Field.ADMINISTRATION: Bilingual(fr="Administration", en="Administration"),
    Field.FINANCE: Bilingual(fr="Finance", en="Finance"),
}
