"""Where the file of a document is."""

from __future__ import annotations

from flask import url_for

from results import kinds
from results.models import Document


def document_url(document: Document) -> str:
    """Return the address of the file of `document`."""
    return url_for(
        "public.document", document_id=document.id, ending=kinds.of(document.kind).ending
    )
