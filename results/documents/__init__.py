"""The PDFs that a candidate receives: the attestation of results, and the certificate.

Pure layout: values in, bytes out, no database and no clock. Equal values give equal bytes, so
that a document made again is the same document. Who may issue one, its code and its storage are
not decided here. ReportLab is slow to import: only the modules of this package do so.
"""

from results.documents.attestation import attestation
from results.documents.certificate import certificate
from results.documents.data import AttestationData, CertificateData, Criterion, Person
from results.documents.fonts import FontsMissing

__all__ = [
    "AttestationData",
    "CertificateData",
    "Criterion",
    "FontsMissing",
    "Person",
    "attestation",
    "certificate",
]
