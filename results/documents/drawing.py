"""What documents draw besides text: colours, QR code, rosette, and the sheet itself."""

from __future__ import annotations

import io
import math
from datetime import date
from functools import lru_cache

import segno
from reportlab.lib.colors import Color, HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.pathobject import PDFPathObject

from results.documents.fonts import Face
from results.documents.lettering import Canvas

ACCENT: Color = HexColor("#2f4fa8")
INK: Color = HexColor("#171c28")
QUIET: Color = HexColor("#5b6474")
PALE: Color = HexColor("#c9d2ea")
HAIR: Color = HexColor("#d8dce6")
MIST: Color = HexColor("#f1dede")
MM = 72 / 25.4
WAVES = 24


class Sheet:
    """One page under construction; `finish` gives the bytes, always the same for the same page."""

    def __init__(
        self,
        size: tuple[float, float],
        locale: str,
        issued_on: date,
        title: str,
        author: str,
        subject: str,
    ) -> None:
        """Open the page and say what the document is, for readers and screen readers."""
        self.width, self.height = size
        self._buffer = io.BytesIO()
        self.canvas = Canvas(
            self._buffer,
            pagesize=size,
            invariant=1,
            pageCompression=1,
            # Else ReportLab names Helvetica, which it does not embed.
            initialFontName=Face.SANS.value,
            lang="fr-FR" if locale == "fr" else "en-GB",
        )
        # The file's date is that of the document, not of the moment it was made.
        self.canvas.setDateFormatter(lambda *_moment: f"D:{issued_on:%Y%m%d}000000Z")
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)
        self.canvas.setSubject(subject)
        self.canvas.setCreator("Viva Voce")
        self.canvas.setViewerPreference("DisplayDocTitle", "true")

    def finish(self) -> bytes:
        """Close the page and return the document."""
        self.canvas.showPage()
        self.canvas.save()
        return self._buffer.getvalue()


def rule(canvas: Canvas, x: float, y: float, to: float, colour: Color, weight: float = 0.5) -> None:
    """Draw a horizontal rule from `x` to `to`."""
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(weight)
    canvas.setLineCap(0)
    canvas.line(x, y, to, y)


def across(canvas: Canvas, words: str, width: float, height: float) -> None:
    """Write `words` large and pale from corner to corner, under all that follows."""
    canvas.saveState()
    canvas.translate(width / 2, height / 2)
    canvas.rotate(math.degrees(math.atan2(height, width)))
    room = math.hypot(width, height) * 0.62
    size = room / pdfmetrics.stringWidth(words, Face.SANS_STRONG.value, 1)
    canvas.setFont(Face.SANS_STRONG.value, size)
    canvas.setFillColor(MIST)
    canvas.drawCentredString(0, -size * 0.36, words)
    canvas.restoreState()


def qr_matrix(url: str) -> tuple[tuple[bool, ...], ...]:
    """Return the modules of the QR code of `url`, without the quiet zone."""
    code = segno.make_qr(url, error="m")
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)


def qr(canvas: Canvas, url: str, x: float, y: float, size: float) -> None:
    """Draw the QR code of `url` in a square from (x, y) upward; a click on it opens the address."""
    matrix = qr_matrix(url)
    side = size / len(matrix)
    path = canvas.beginPath()
    for row, modules in enumerate(matrix):
        start = 0
        while start < len(modules):
            end = start
            while end < len(modules) and modules[end]:
                end += 1
            if end > start:
                top = y + size - (row + 1) * side
                path.rect(x + start * side, top, (end - start) * side, side)
            start = end + 1
    canvas.setFillColor(INK)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.linkURL(url, (x, y, x + size, y + size), relative=0, thickness=0)


def rosette(canvas: Canvas, x: float, y: float, radius: float) -> None:
    """Draw a fine rosette around (x, y), as on engraved papers, with a clear middle."""
    canvas.saveState()
    canvas.translate(x, y)
    canvas.setStrokeColor(PALE)
    canvas.setLineWidth(0.35)
    canvas.drawPath(_waves(radius), stroke=1, fill=0)
    canvas.setLineWidth(0.6)
    canvas.circle(0, 0, radius * 0.70, stroke=1, fill=0)
    canvas.circle(0, 0, radius * 1.045, stroke=1, fill=0)
    canvas.restoreState()


@lru_cache(maxsize=2)
def _waves(radius: float) -> PDFPathObject:
    path = PDFPathObject()
    for ring in range(9):
        middle = radius * (0.79 + 0.021 * ring)
        for step in range(WAVES * 14):
            angle = math.tau * step / (WAVES * 14)
            reach = middle + radius * 0.045 * math.sin(WAVES * angle + ring * math.tau / 9)
            draw = path.lineTo if step else path.moveTo
            draw(round(reach * math.cos(angle), 2), round(reach * math.sin(angle), 2))
        path.close()
    return path
