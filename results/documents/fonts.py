"""The faces that documents are set in, embedded as TrueType.

The core fonts of PDF stop at Latin-1: a Polish or Vietnamese name needs a real font. A character
that a face lacks is taken from DejaVu Sans, whose coverage is widest.
"""

from __future__ import annotations

import threading
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from kernel import settings


class Face(StrEnum):
    """A face, by the name of its file without the ending."""

    SERIF = "SourceSerif4-Regular"
    SERIF_ITALIC = "SourceSerif4-Italic"
    SERIF_STRONG = "SourceSerif4-SemiBold"
    SANS = "Inter-Regular"
    SANS_MEDIUM = "Inter-Medium"
    SANS_STRONG = "Inter-SemiBold"
    WIDE = "DejaVuSans"
    WIDE_STRONG = "DejaVuSans-Bold"


class FontsMissing(Exception):
    """The font files are not where the settings say."""


# Streams stay binary: nothing on their way needs ASCII, and encoding it costs time.
rl_config.useA85 = 0

_STRONG = frozenset({Face.SERIF_STRONG, Face.SANS_MEDIUM, Face.SANS_STRONG, Face.WIDE_STRONG})
_lock = threading.Lock()
_coverage: dict[Face, frozenset[int]] = {}


def register() -> None:
    """Make every face of the settings' folder known to ReportLab, once a process.

    Raises:
        FontsMissing: as `load` does.
    """
    with _lock:
        if not _coverage:
            _coverage.update(load(settings.load().fonts))


def load(folder: Path) -> dict[Face, frozenset[int]]:
    """Hand the faces in `folder` to ReportLab; return the characters that each of them has.

    Raises:
        FontsMissing: a file is absent or no TrueType font; says which, and how to mend it.
    """
    found: dict[Face, frozenset[int]] = {}
    for face in Face:
        file = folder / f"{face.value}.ttf"
        try:
            font = TTFont(face.value, str(file))
        except (TTFError, OSError) as error:
            msg = f"{file} cannot be read as a font ({error}): run « make setup »"
            raise FontsMissing(msg) from error
        pdfmetrics.registerFont(font)
        found[face] = frozenset(font.face.charToGlyph)
    return found


def runs(text: str, face: Face) -> list[tuple[Face, str]]:
    """Cut `text` into runs of one face each: `face` where it has the character, else the widest."""
    register()
    if _coverage[face].issuperset(map(ord, text)):
        return [(face, text)]
    spare = Face.WIDE_STRONG if face in _STRONG else Face.WIDE
    cut: list[tuple[Face, str]] = []
    for character in text:
        own = ord(character) in _coverage[face] or ord(character) not in _coverage[spare]
        chosen = face if own else spare
        if cut and cut[-1][0] is chosen:
            cut[-1] = (chosen, cut[-1][1] + character)
        else:
            cut.append((chosen, character))
    return cut


@lru_cache(maxsize=4096)
def width(text: str, face: Face, size: float) -> float:
    """Return the width of `text` in points."""
    return sum(float(pdfmetrics.stringWidth(run, f.value, size)) for f, run in runs(text, face))
