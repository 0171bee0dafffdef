"""What a kind of document is: from a verdict to facts, from facts to bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from kernel.settings import Settings
from results.models import Document, VerdictRow

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Source:
    """What facts are read from; the verdict is loaded with all that it bears."""

    db: Session
    settings: Settings
    verdict: VerdictRow
    document: Document


@dataclass(frozen=True)
class Kind(Generic[F]):
    """One kind of document that a verdict may give.

    `facts` is a frozen dataclass of plain values, kept with the document as it was read. A template
    that has drawn a document is never changed nor removed: another look is another version, and a
    document that is made again is drawn by its own.
    """

    name: str  # as rows and the names of files have it
    word: str  # what people call it, a French source
    facts: type[F]
    is_due: Callable[[VerdictRow], bool]
    read: Callable[[Source], F]
    templates: Mapping[int, Callable[[F, str], bytes]]  # facts and the address that verifies
    media_type: str = "application/pdf"
    ending: str = "pdf"

    @property
    def newest(self) -> int:
        """Return the version of the template that draws what is made from now on."""
        return max(self.templates)

    def dump(self, facts: F) -> dict[str, Any]:
        """Return facts as plain JSON values."""
        plain: dict[str, Any] = TypeAdapter(self.facts).dump_python(facts, mode="json")
        return plain

    def load(self, plain: Mapping[str, Any]) -> F:
        """Return the facts that `dump` gave."""
        facts: F = TypeAdapter(self.facts).validate_python(plain)
        return facts
