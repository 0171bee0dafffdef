"""Codes that people read off paper and type: no letter of them is taken for another."""

from __future__ import annotations

from typing import Final

LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without those that look alike; 32 of them, hence five bits each."""


def in_fours(letters: str) -> str:
    """Return letters in groups of four: « 7KQM-2XWD »."""
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
