"""Sounds that questions may carry, known by their first bytes and never by their names."""

from __future__ import annotations

from typing import Final

from kernel.errors import N_
from written_test.items.reading.entries import NotTaken

MOST_SOUND: Final = 8 * 1024 * 1024
TYPES: Final = {
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
    "m4a": "audio/mp4",
}
"""Content types by the ending that a stored sound has."""


def kind_of(data: bytes) -> str | None:
    """Return mp3, ogg, wav or m4a; None for anything else."""
    if data[:3] == b"ID3" or (len(data) > 2 and data[0] == 0xFF and data[1] & 0xE6 in (0xE2, 0xE4)):
        return "mp3"
    if data[:4] == b"OggS":
        return "ogg"
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    if data[4:8] == b"ftyp":
        return "m4a"
    return None


def check(name: str, data: bytes, line: int = 0) -> bytes:
    """Return `data` if it is a sound of a known kind.

    Raises:
        NotTaken: it is not, or it is too large.
    """
    if kind_of(data) is None:
        raise NotTaken(
            N_("« %(name)s » n'est pas un son MP3, Ogg, WAV ou M4A."), line=line, name=name[:200]
        )
    if len(data) > MOST_SOUND:
        raise NotTaken(
            N_("Le son « %(name)s » dépasse %(mb)s Mo."),
            line=line,
            name=name[:200],
            mb=MOST_SOUND // (1024 * 1024),
        )
    return data
