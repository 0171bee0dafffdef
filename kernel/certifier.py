"""Who certifies, as the notices at the foot of every page say it; and who does in a demo."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class PrivacyBasis(StrEnum):
    """On what legal ground personal data is processed (GDPR, article 6)."""

    UNSAID = ""
    CONTRACT = "contract"
    PUBLIC_TASK = "public_task"
    LEGAL_DUTY = "legal_duty"


class AccessibilityState(StrEnum):
    """What an audit by RGAA 4.1 came to; none was made: not compliant, whatever the pages do."""

    NOT_AUDITED = "not_audited"
    NOT_COMPLIANT = "not_compliant"
    PARTIAL = "partial"
    FULL = "full"


INVENTED: Final = {
    "certifier_name": "Chambre Horizon",
    "certifier_address": "12 rue des Lilas, 35000 Rennes",
    "certifier_phone": "01 99 00 12 34",
    "certifier_number": "SIREN 000 000 000",
    "publication_director": "Hélène Vasseur",
    "hosting": "Serveurs du Port, 3 quai des Brumes, 44000 Nantes, 02 61 91 12 34",
    "privacy_email": "donnees@viva-voce.example",
    "privacy_basis": PrivacyBasis.CONTRACT,
    "support_email": "aide@viva-voce.example",
    "mail_from": "Viva Voce <no-reply@viva-voce.example>",
}
"""Who certifies in a demo or a test; an installation that serves says it, or nobody does."""
