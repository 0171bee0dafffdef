"""The certificate: given when the target was reached."""

from __future__ import annotations

from kernel.errors import N_
from results.documents import CertificateData
from results.kinds import shared
from results.kinds.kind import Kind, Source


def read(source: Source) -> CertificateData:
    """Read what the certificate of a verdict says."""
    return CertificateData(**shared.facts(source), level=source.verdict.target)


def draw_1(facts: CertificateData, address: str) -> bytes:
    """Draw it as first published."""
    # Slow to import, and pages only read what documents state.
    from results.documents.certificate import certificate  # noqa: PLC0415

    return certificate(facts, address)


KIND = Kind(
    name="certificate",
    word=N_("certificat"),
    facts=CertificateData,
    is_due=lambda verdict: verdict.certified,
    read=read,
    templates={1: draw_1},
)
