"""The certificate: given when the target was reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kernel.errors import N_
from kernel.levels import Level
from results.documents import CertificateData
from results.kinds import shared
from results.kinds.kind import Kind, Shown, Source, Words
from results.models import VerdictRow


def read(source: Source) -> CertificateData:
    """Read what the certificate of a verdict says."""
    return CertificateData(**shared.facts(source), level=source.verdict.target)


def draw_1(facts: CertificateData, address: str) -> bytes:
    """Draw it as first published."""
    # Slow to import, and pages only read what documents state.
    from results.documents.certificate import certificate  # noqa: PLC0415

    return certificate(facts, address)


def show(verdict: VerdictRow) -> Shown:
    """Show the level that was aimed for; the exam may have given a higher one."""
    return Shown(
        label=N_("Niveau certifié"),
        level=verdict.target,
        title=N_("Certificat : niveau %(level)s"),
        apart=N_(
            "Le certificat porte le niveau visé, qui est atteint ; l'attestation de résultats "
            "porte le niveau obtenu."
        ),
    )


def sample(facts: Mapping[str, Any]) -> CertificateData:
    """Invent one."""
    return CertificateData(**facts, level=Level.B2)


KIND = Kind(
    name="certificate",
    words=Words(
        name=N_("certificat"),
        title=N_("Certificat"),
        definite=N_("le certificat"),
        yours=N_("votre certificat"),
        to_open=N_("Ouvrir le certificat"),
        promise=N_("un certificat si l'objectif est atteint"),
    ),
    facts=CertificateData,
    is_due=lambda verdict: verdict.certified,
    read=read,
    templates={1: draw_1},
    show=show,
    sample=sample,
    icon="certificate",
    rank=1,
)
