"""What kinds of documents are called, in the page's language."""

from __future__ import annotations

from dataclasses import asdict

from flask import Flask

from evaluator_app.words.language import _
from results import kinds
from results.models import Document


def document_words(document: Document) -> kinds.Words:
    """Return what a document's kind is called."""
    words = asdict(kinds.of(document.kind).words)
    return kinds.Words(**{use: _(source) for use, source in words.items()})


def document_icon(document: Document) -> str:
    """Return the icon of a document's kind."""
    return kinds.of(document.kind).icon


def init_app(app: Flask) -> None:
    """Give templates the words of documents."""
    app.jinja_env.globals.update(
        document_icon=document_icon,
        document_words=document_words,
        promised=kinds.promised,
    )
