"""`viva documents sample`: a document with a name of one's own, to see how it prints."""

from __future__ import annotations

import sys
from argparse import Namespace
from datetime import date
from pathlib import Path
from typing import Any

from kernel.settings import load
from kernel.typefaces import TypefaceMissing, composed, sign, unprintable
from people.languages import Language
from results import kinds
from results.documents import Person
from results.documents.fonts import FontsMissing
from results.documents.words import D_, say

CODE = "XXXX-XXXX-XXXX-XXXX"
DAY = date(2026, 1, 15)


def run(arguments: Namespace) -> int:
    """Write the document; say on standard error why it cannot be made."""
    kind = kinds.KINDS.get(arguments.kind)
    if kind is None:
        print(
            f"viva: no document is called {arguments.kind}: {', '.join(kinds.KINDS)}",
            file=sys.stderr,
        )
        return 2
    first_names, name = composed(arguments.first_names), composed(arguments.name)
    if not (first_names or name):
        print("viva: neither name nor first names: nothing was written", file=sys.stderr)
        return 1
    try:
        signs = unprintable(f"{first_names} {name}")
        if signs:
            words = ", ".join(map(sign, signs))
            print(f"viva: no typeface has {words}: nothing was written", file=sys.stderr)
            return 1
        person = Person(first_names, name, date(1991, 3, 1))
        content = _made(kind, arguments.locale, person)
    except (FontsMissing, TypefaceMissing) as error:
        print(f"viva: {error}", file=sys.stderr)
        return 1
    try:
        Path(arguments.out).write_bytes(content)
    except OSError as error:
        print(f"viva: {arguments.out} cannot be written: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _made(kind: kinds.Kind[Any], locale: str, person: Person) -> bytes:
    settings = load()
    facts = kind.sample(
        {
            "locale": locale,
            "code": CODE,
            "issued_on": DAY,
            "certifier": settings.certifier,
            "certification": say(locale, D_("Certification d'exemple")),
            "language": Language.EN.label(locale),
            "organisation": say(locale, D_("Organisme d'exemple")),
            "person": person,
            "oral_on": DAY,
            "sample": True,
        }
    )
    return kind.templates[kind.newest](facts, f"{settings.base_url}/verify/{CODE}")
