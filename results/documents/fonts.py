"""The faces of the house, embedded as TrueType: what nearly every line is set in.

The core fonts of PDF stop at Latin-1: a Polish or Vietnamese name needs a real font. Lines that
these faces cannot set letter by letter are shaped (see `shaping`).
"""

from __future__ import annotations

import threading
from enum import StrEnum
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


class FontsMissing(Exception):
    """The font files are not where the settings say."""


# Streams stay binary: nothing on their way needs ASCII, and encoding it costs time.
rl_config.useA85 = 0

_lock = threading.Lock()
_registered: set[Face] = set()


def register() -> None:
    """Make every face of the settings' folder known to ReportLab, once a process.

    Raises:
        FontsMissing: as `load` does.
    """
    with _lock:
        if not _registered:
            load(settings.load().fonts)
            _registered.update(Face)


def load(folder: Path) -> None:
    """Hand the faces in `folder` to ReportLab.

    Raises:
        FontsMissing: a file is absent or no TrueType font; says which, and how to mend it.
    """
    for face in Face:
        file = folder / f"{face.value}.ttf"
        try:
            font = TTFont(face.value, str(file))
        except (TTFError, OSError) as error:
            msg = f"{file} cannot be read as a font ({error}): run « make setup »"
            raise FontsMissing(msg) from error
        pdfmetrics.registerFont(font)
