"""Words that people write, as they are kept: composed (NFC), without what nobody sees."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

UNSEEN: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
"""Controls, and marks that turn a text's direction; those that join letters stay."""


def kept(text: str) -> str:
    """Return a text as it is kept: composed, without what nobody sees, no blanks at its ends."""
    return unicodedata.normalize("NFC", UNSEEN.sub("", text)).strip()


def name(text: str) -> str:
    """Return a name as it is kept: as it was written in any script, on one line."""
    return " ".join(kept(text).split())
