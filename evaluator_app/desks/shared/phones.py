"""Tell phones, which cannot hold the exam, from tablets and computers, which can."""

from __future__ import annotations

import re

_PHONE = re.compile(r"iPhone|iPod|Windows Phone|\bMobi|Android.*\bMobile\b", re.IGNORECASE)
_TABLET = re.compile(r"iPad|Tablet|SM-T\d|SM-X\d|Kindle|Silk/", re.IGNORECASE)


def is_phone(user_agent: str) -> bool:
    """Tell whether a browser says that it runs on a phone.

    A browser that lies (a phone asking for desktop pages) is caught by its small screen, in the
    page's style sheet.
    """
    return bool(_PHONE.search(user_agent)) and not _TABLET.search(user_agent)
