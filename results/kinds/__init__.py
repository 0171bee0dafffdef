"""The kinds of documents that a verdict gives, each a module that ends with its `KIND`.

A new kind is one file here, and its line below: what it is called, when it is due, what it says,
and how it is drawn. Pages and mails word the two that exist, and need its name as well. Rows keep
the kind's name, the facts and the version of the template.
"""

from __future__ import annotations

from typing import Any, Final

from results.kinds import attestation, certificate
from results.kinds.kind import Kind, Source
from results.models import VerdictRow

__all__ = ["KINDS", "Kind", "Source", "due", "of"]

KINDS: Final[dict[str, Kind[Any]]] = {
    kind.name: kind for kind in (attestation.KIND, certificate.KIND)
}


def of(name: str) -> Kind[Any]:
    """Return the kind that rows call `name`. Raise KeyError for a kind that is no more."""
    return KINDS[name]


def due(verdict: VerdictRow) -> list[Kind[Any]]:
    """Return the kinds of documents that a verdict gives, in their order."""
    return [kind for kind in KINDS.values() if kind.is_due(verdict)]
