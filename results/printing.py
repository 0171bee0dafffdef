"""Whether the documents of a candidacy can be printed: asked at enrolment, required at validation.

`kernel.typefaces` knows which signs have a shape; here are the texts that documents bear.
"""

from __future__ import annotations

from dataclasses import dataclass

from enrolment.models import Candidacy
from kernel.errors import N_, Refused
from kernel.typefaces import sign, unprintable

CANNOT = N_(
    "Les documents ne peuvent pas être imprimés : dans « %(text)s », aucune de nos polices n'a "
    "%(signs)s. Rien n'a été validé ; tout ce qui a été noté est gardé. Corrigez ce nom tel que "
    "la pièce d'identité l'écrit, puis validez de nouveau."
)


@dataclass(frozen=True, slots=True)
class Hole:
    """A text that a document would bear, and the signs of it that nobody can print."""

    text: str
    signs: str


def holes(candidacy: Candidacy) -> list[Hole]:
    """Return each text of the candidacy's documents that cannot be printed whole.

    Reads the candidate, the organisation and the certification: load them with the candidacy.
    """
    candidate, certification = candidacy.candidate, candidacy.certification
    texts = (
        candidate.first_names,
        candidate.birth_name,
        candidate.used_name,
        candidate.birth_place,
        candidacy.organisation.name,
        certification.name("fr"),
        certification.name("en"),
    )
    looked_at = [(text, unprintable(text)) for text in dict.fromkeys(texts)]
    return [Hole(text, ", ".join(map(sign, signs))) for text, signs in looked_at if signs]


def require_printable(candidacy: Candidacy) -> None:
    """Make sure that the documents of `candidacy` can be printed.

    Raises:
        Refused: a sign has no shape in any typeface; the text and the sign are named.
    """
    for hole in holes(candidacy):
        raise Refused(CANNOT, text=hole.text, signs=hole.signs)
