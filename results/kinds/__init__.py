"""The kinds of documents that a verdict gives, each a module that ends with its `KIND`.

A new kind is one file here, and its line below: when it is due, what it says and how it is drawn,
what people call it, who opens it, and what the page that verifies it shows. Pages, mails and
`viva documents sample` ask the kind, and name none. Rows keep the kind's name, the facts and the
version of the template.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from kernel import i18n
from kernel.permissions import Permission
from results.kinds import attestation, certificate
from results.kinds.kind import Facts, Kind, Shown, Source, Words
from results.models import Document, VerdictRow

__all__ = [
    "KINDS",
    "Facts",
    "Kind",
    "Shown",
    "Source",
    "Words",
    "due",
    "listed",
    "of",
    "promised",
    "said",
]

KINDS: Final[dict[str, Kind[Any]]] = {
    kind.name: kind for kind in (attestation.KIND, certificate.KIND)
}


def of(name: str) -> Kind[Any]:
    """Return the kind that rows call `name`. Raise KeyError for a kind that is no more."""
    return KINDS[name]


def due(verdict: VerdictRow) -> list[Kind[Any]]:
    """Return the kinds of documents that a verdict gives, in their order."""
    return [kind for kind in KINDS.values() if kind.is_due(verdict)]


def said(documents: Iterable[Document], locale: str, word: Callable[[Words], str]) -> str:
    """Return documents as one list in words: « l'attestation et le certificat »."""
    return listed((of(document.kind) for document in documents), locale, word)


def listed(those: Iterable[Kind[Any]], locale: str, word: Callable[[Words], str]) -> str:
    """Return kinds as one list in words, as `said` does of documents."""
    return i18n.listed([i18n.gettext(locale, word(kind.words)) for kind in those], locale)


def promised(locale: str) -> str:
    """Return which documents a candidate may hope for, before there is a verdict."""
    return ", ".join(
        i18n.gettext(locale, kind.words.promise)
        for kind in KINDS.values()
        if Permission.ANSWER_FOR_CANDIDACY in kind.opened_by
    )
