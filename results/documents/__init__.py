"""The PDFs that a candidate receives: the attestation of results, and the certificate.

Pure layout: values in, bytes out, no database and no clock. Equal values give equal bytes, so
that a document made again is the same document. Who may issue one, its code and its storage are
not decided here. ReportLab is slow to import: `attestation`, `certificate` and what they draw
with do so, what documents say (`data`, `words`) does not.
"""

from results.documents.data import AttestationData, CertificateData, Criterion, Person

__all__ = ["AttestationData", "CertificateData", "Criterion", "Person"]
