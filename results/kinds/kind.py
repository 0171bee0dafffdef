"""What a kind of document is: from a verdict to facts, from facts to bytes, and its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from kernel import i18n
from kernel.levels import Level
from kernel.permissions import Permission
from kernel.settings import Settings
from results.documents import Person
from results.models import Document, VerdictRow


class Facts(Protocol):
    """What every document states, whatever its kind: whose it is, of which certification."""

    @property
    def person(self) -> Person:
        """Return whose it is."""
        ...

    @property
    def certification(self) -> str:
        """Return the certification's name, in the document's language."""
        ...


F = TypeVar("F", bound=Facts)

WHOEVER_IT_CONCERNS: Final = (Permission.ANSWER_FOR_CANDIDACY, Permission.SEE_CANDIDACY)
"""Its candidate; their organisation and the coordinators."""


@dataclass(frozen=True, slots=True)
class Source:
    """What facts are read from; the verdict is loaded with all that it bears."""

    db: Session
    settings: Settings
    verdict: VerdictRow
    document: Document


@dataclass(frozen=True, slots=True)
class Words:
    """What people call a kind, each a French source whose English stands in the catalogue."""

    name: str  # « certificat »: in lists, and of its files
    title: str  # « Attestation de résultats »: at the head of a line
    definite: str  # « l'attestation »: within a sentence
    yours: str  # « votre attestation de résultats »: to its candidate
    to_open: str  # « Ouvrir l'attestation »: on a button
    promise: str  # « une attestation toujours »: who gets one, before there is a verdict


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of a code shows of a document, for whoever compares it with the paper.

    Labels, title and explanation are French sources; the title may name %(level)s.
    """

    label: str
    level: Level
    title: str
    levels: tuple[tuple[str, Level], ...] = ()  # the others that stand on the document
    apart: str = ""  # why the exam's result is told apart; empty: the document states it


@dataclass(frozen=True)
class Kind(Generic[F]):
    """One kind of document that a verdict may give.

    `facts` is a frozen dataclass of plain values, kept with the document as it was read. A template
    that has drawn a document is never changed nor removed: another look is another version, and a
    document that is made again is drawn by its own.
    """

    name: str  # as rows have it
    words: Words
    facts: type[F]
    is_due: Callable[[VerdictRow], bool]
    read: Callable[[Source], F]
    templates: Mapping[int, Callable[[F, str], bytes]]  # facts and the address that verifies
    show: Callable[[VerdictRow], Shown]
    sample: Callable[[Mapping[str, Any]], F]  # invented, from the facts that all kinds share
    opened_by: tuple[Permission, ...] = WHOEVER_IT_CONCERNS  # any of them, asked of the candidacy
    icon: str = "file-text"
    rank: int = 0  # the highest stands first on its candidate's page
    media_type: str = "application/pdf"
    ending: str = "pdf"

    @property
    def newest(self) -> int:
        """Return the version of the template that draws what is made from now on."""
        return max(self.templates)

    def file_name(self, document: Document) -> str:
        """Return what the file of a document is called, in the document's language."""
        name = i18n.gettext(document.locale, self.words.name)
        return f"{name}-{document.code}.{self.ending}"

    def dump(self, facts: F) -> dict[str, Any]:
        """Return facts as plain JSON values."""
        plain: dict[str, Any] = TypeAdapter(self.facts).dump_python(facts, mode="json")
        return plain

    def load(self, plain: Mapping[str, Any]) -> F:
        """Return the facts that `dump` gave."""
        facts: F = TypeAdapter(self.facts).validate_python(plain)
        return facts
