"""A text in the two languages of the interface, for content that is data rather than code."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

PlainText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _typeset(text: str) -> str:
    """Refuse French punctuation without its non-breaking space: it would break at a line's end."""
    for sign in (" :", " ;", " ?", " !", " »", "« "):
        if sign in text:
            raise PydanticCustomError(
                "unbreakable",
                "'{text}': '{sign}' wants a non-breaking space",
                {"text": text, "sign": sign},
            )
    return text


FrenchText = Annotated[PlainText, AfterValidator(_typeset)]


class Bilingual(BaseModel):
    """The same text in French and in English, neither empty."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fr: FrenchText
    en: PlainText

    def say(self, locale: str) -> str:
        """Give the French text for `fr`, the English one for any other locale."""
        return self.fr if locale.startswith("fr") else self.en
