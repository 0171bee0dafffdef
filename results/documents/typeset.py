"""Setting text: lines that fit, whatever the name, and one way to put them on the page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from reportlab.lib.colors import Color
from reportlab.pdfbase import pdfmetrics

from kernel.typefaces import clusters, composed
from results.documents import fonts, shaping
from results.documents.fonts import Face
from results.documents.lettering import NAME, Canvas

SMALLEST = 4.0
USUAL_DEPTH = 0.26
"""How far Latin letters reach under the baseline, as a multiple of the size."""
NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks: face, size in points, colour, leading as a multiple of the size."""

    face: Face
    size: float
    colour: Color
    leading: float = 1.32
    spacing: float = 0.0


@lru_cache(maxsize=4096)
def width(text: str, face: Face, size: float) -> float:
    """Return the width of `text` in points."""
    fonts.register()
    if shaping.plain(text, face):
        return float(pdfmetrics.stringWidth(text, face.value, size))
    return shaping.advance(text, face) * size / shaping.UNITS


def measure(text: str, style: Style) -> float:
    """Return the width of `text` in points, its spacing included."""
    return width(text, style.face, style.size) + style.spacing * max(len(text) - 1, 0)


def wrap(text: str, style: Style, room: float) -> list[str]:
    """Cut `text` into lines of at most `room` points, at spaces, or within a word too long."""
    lines: list[str] = []
    current = ""
    for word in composed(text).split(" "):
        trial = f"{current} {word}" if current else word
        if measure(trial, style) <= room:
            current = trial
            continue
        if current:
            lines.append(current)
        current = word
        while measure(current, style) > room and len(clusters(current)) > 1:
            part = _longest(current, style, room)
            lines.append(part)
            current = current[len(part) :]
    return [*lines, current] if current else lines or [""]


def balanced(text: str, style: Style, room: float) -> list[str]:
    """Wrap `text` into as few lines as `wrap` does, of lengths as even as can be."""
    lines = wrap(text, style, room)
    if len(lines) == 1:
        return lines
    low, high = 0.0, room
    while high - low > 1:
        middle = (low + high) / 2
        if len(wrap(text, style, middle)) <= len(lines):
            high = middle
        else:
            low = middle
    even = wrap(text, style, high)
    whole = set(composed(text).split(" "))
    kept = all(word in whole for line in even for word in line.split(" "))
    return even if kept else lines


def fit(text: str, style: Style, room: float, lines: int = 1) -> tuple[Style, list[str]]:
    """Shrink `text` until it stands in the place of `lines` lines of `style`; never cuts it.

    The place is `room` points wide; a smaller size may use more lines of the same height. A word
    is broken only when half of the wanted size would not hold it either. Letters that stand
    taller than Latin ones get lines further apart.
    """
    height = lines * style.size * style.leading
    style = replace(style, leading=_leading(text, style))
    words = composed(text).split(" ")
    size = style.size
    while True:
        smaller = replace(style, size=size)
        whole = size <= style.size / 2 or all(measure(word, smaller) <= room for word in words)
        wrapped = wrap(text, smaller, room)
        fits = len(wrapped) * size * style.leading <= height + 0.01
        if (whole and fits) or size <= SMALLEST:
            return smaller, balanced(text, smaller, room)
        size = max(SMALLEST, size - max(0.25, size * 0.03))


def _leading(text: str, style: Style) -> float:
    if shaping.plain(composed(text), style.face):
        return style.leading
    above, below = shaping.ink(text, style.face)
    return max(style.leading, (above + below) / shaping.UNITS + 0.06)


def depth(lines: list[str], style: Style) -> float:
    """Return how much further than usual the last line reaches down, in points."""
    if shaping.plain(lines[-1], style.face):
        return 0.0
    _above, below = shaping.ink(lines[-1], style.face)
    return max(0.0, (below / shaping.UNITS - USUAL_DEPTH) * style.size)


def put(canvas: Canvas, x: float, y: float, text: str, style: Style) -> float:
    """Write one line with its baseline at `y`, starting at `x`; return where it ends."""
    line = canvas.beginText(x, y)
    line.setFillColor(style.colour)
    line.setCharSpace(style.spacing)
    if shaping.plain(text, style.face):
        line.setFont(style.face.value, style.size)
        line.textOut(text)
    else:
        codes = canvas.lettering.codes(shaping.shape(text, style.face))
        # ReportLab knows no font whose codes are forms: the operators are written as they are.
        line._code.append(f"/{NAME} {style.size:g} Tf <{codes}> Tj")  # noqa: SLF001
    canvas.drawText(line)
    return x + measure(text, style)


def put_right(canvas: Canvas, x: float, y: float, text: str, style: Style) -> None:
    """Write one line that ends at `x`."""
    put(canvas, x - measure(text, style), y, text, style)


def put_centred(canvas: Canvas, x: float, y: float, text: str, style: Style) -> None:
    """Write one line centred on `x`."""
    put(canvas, x - measure(text, style) / 2, y, text, style)


def put_lines(canvas: Canvas, x: float, y: float, lines: list[str], style: Style) -> float:
    """Write lines downward, the first baseline at `y`; return the last baseline."""
    for number, line in enumerate(lines):
        put(canvas, x, y - number * style.size * style.leading, line, style)
    return y - (len(lines) - 1) * style.size * style.leading


def _longest(word: str, style: Style, room: float) -> str:
    """Return the longest beginning of `word` that fits; at least a letter with its marks."""
    first, *others = clusters(word)
    part = first
    for cluster in others:
        if measure(part + cluster, style) > room:
            break
        part += cluster
    return part
