"""What a command found of one part of an installation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What was found of one part: well or not, in words, and how to mend it."""

    part: str
    well: bool
    words: str
    mend: str = ""
