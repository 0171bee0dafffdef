"""The languages that can be certified."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from kernel.bilingual import Bilingual


class Language(StrEnum):
    """A language that can be certified, by its ISO 639-1 code."""

    EN = "en"
    DE = "de"
    ES = "es"
    FR = "fr"
    IT = "it"

    def label(self, locale: str) -> str:
        """Name the language for a person, in French (`fr`) or English (anything else)."""
        return NAMES[self].say(locale)


NAMES: Final[dict[Language, Bilingual]] = {
    Language.EN: Bilingual(fr="anglais", en="English"),
    Language.DE: Bilingual(fr="allemand", en="German"),
    Language.ES: Bilingual(fr="espagnol", en="Spanish"),
    Language.FR: Bilingual(fr="français langue étrangère", en="French as a foreign language"),
    Language.IT: Bilingual(fr="italien", en="Italian"),
}
