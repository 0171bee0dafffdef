"""What a document states: read from the verdict once, kept with the document, drawn from there.

A document that is made again says what it said, in the look it had, whatever became of names,
offers and templates since.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from kernel import links
from kernel.settings import Settings
from results import kinds
from results.models import Document, VerdictRow


def state(db: Session, settings: Settings, verdict: VerdictRow, document: Document) -> None:
    """Keep with `document` what it states and which template draws it, unless it has them already.

    `verdict` is loaded with its candidacy, candidate, organisation and certification.
    """
    if document.statement is None:
        kind = kinds.of(document.kind)
        facts = kind.read(kinds.Source(db, settings, verdict, document))
        document.template = kind.newest
        document.statement = {
            "address": links.address(settings, "verify", code=document.code),
            "states": kind.dump(facts),
        }


def stated(document: Document) -> kinds.Facts | None:
    """Return what `document` states, or None for one issued before that was kept."""
    if document.statement is None:
        return None
    facts: kinds.Facts = kinds.of(document.kind).load(document.statement["states"])
    return facts


def draw(name: str, template: int, statement: dict[str, Any]) -> bytes:
    """Draw what `statement` holds by a version of its kind's template.

    The same statement and version give the same bytes. Raise KeyError for a version that is no
    more: nothing else may be drawn in its place.
    """
    kind = kinds.of(name)
    return kind.templates[template](kind.load(statement["states"]), statement["address"])
