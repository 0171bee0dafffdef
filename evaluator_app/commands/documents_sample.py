"""`viva documents sample`: a document with a name of one's own, to see how it prints."""

from __future__ import annotations

import sys
from argparse import Namespace
from datetime import date
from pathlib import Path
from typing import Any

from kernel.levels import LEVELS, Level
from kernel.settings import load
from kernel.typefaces import TypefaceMissing, composed, sign, unprintable
from people.languages import Language
from results.documents import AttestationData, CertificateData, Criterion, Person
from results.documents.attestation import attestation
from results.documents.certificate import certificate
from results.documents.fonts import FontsMissing
from results.documents.words import D_, say
from rubrics.library import grid

CODE = "XXXX-XXXX-XXXX-XXXX"
DAY = date(2026, 1, 15)


def run(arguments: Namespace) -> int:
    """Write the document; say on standard error why it cannot be made."""
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
        content = _made(arguments.kind, arguments.locale, person)
    except (FontsMissing, TypefaceMissing) as error:
        print(f"viva: {error}", file=sys.stderr)
        return 1
    try:
        Path(arguments.out).write_bytes(content)
    except OSError as error:
        print(f"viva: {arguments.out} cannot be written: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _made(kind: str, locale: str, person: Person) -> bytes:
    settings = load()
    shared: dict[str, Any] = {
        "locale": locale,
        "code": CODE,
        "issued_on": DAY,
        "certifier": settings.certifier_name,
        "certification": say(locale, D_("Certification d'exemple")),
        "language": Language.EN.label(locale),
        "organisation": say(locale, D_("Organisme d'exemple")),
        "person": person,
        "oral_on": DAY,
        "sample": True,
    }
    address = f"{settings.base_url}/verify/{CODE}"
    if kind == "certificate":
        return certificate(CertificateData(**shared, level=Level.B2), address)
    names = grid().names(locale)
    data = AttestationData(
        **shared,
        overall=Level.B2,
        written=Level.B2,
        oral=Level.B2,
        criteria=tuple(
            Criterion(names[key], LEVELS[2 + place % 3]) for place, key in enumerate(names)
        ),
        policy="default-1",
        written_on=DAY,
    )
    return attestation(data, address)
