"""Setting text: lines that fit, whatever the name, and one way to put them on the page."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from results.documents.fonts import Face, runs, width

SMALLEST = 4.0
NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks: face, size in points, colour, leading as a multiple of the size."""

    face: Face
    size: float
    colour: Color
    leading: float = 1.32
    spacing: float = 0.0


def clean(text: str) -> str:
    """Return `text` composed (NFC), on one line, without control characters.

    Composed, because nothing here places a combining accent over its letter.
    """
    composed = unicodedata.normalize("NFC", text)
    kept = (" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in composed)
    return " ".join(word for word in "".join(kept).split(" ") if word)


def measure(text: str, style: Style) -> float:
    """Return the width of `text` in points, its spacing included."""
    return width(text, style.face, style.size) + style.spacing * max(len(text) - 1, 0)


def wrap(text: str, style: Style, room: float) -> list[str]:
    """Cut `text` into lines of at most `room` points, at spaces, or within a word too long."""
    lines: list[str] = []
    current = ""
    for word in clean(text).split(" "):
        trial = f"{current} {word}" if current else word
        if measure(trial, style) <= room:
            current = trial
            continue
        if current:
            lines.append(current)
        current = word
        while measure(current, style) > room and len(current) > 1:
            count = _longest(current, style, room)
            lines.append(current[:count])
            current = current[count:]
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
    whole = set(clean(text).split(" "))
    kept = all(word in whole for line in even for word in line.split(" "))
    return even if kept else lines


def fit(text: str, style: Style, room: float, lines: int = 1) -> tuple[Style, list[str]]:
    """Shrink `text` until it stands in the place of `lines` lines of `style`; never cuts it.

    The place is `room` points wide; a smaller size may use more lines of the same height. A word
    is broken only when half of the wanted size would not hold it either.
    """
    height = lines * style.size * style.leading
    words = clean(text).split(" ")
    size = style.size
    while True:
        smaller = replace(style, size=size)
        whole = size <= style.size / 2 or all(measure(word, smaller) <= room for word in words)
        wrapped = wrap(text, smaller, room)
        fits = len(wrapped) * size * style.leading <= height + 0.01
        if (whole and fits) or size <= SMALLEST:
            return smaller, balanced(text, smaller, room)
        size = max(SMALLEST, size - max(0.25, size * 0.03))


def put(canvas: Canvas, x: float, y: float, text: str, style: Style) -> float:
    """Write one line with its baseline at `y`, starting at `x`; return where it ends."""
    line = canvas.beginText(x, y)
    line.setFillColor(style.colour)
    line.setCharSpace(style.spacing)
    for face, run in runs(text, style.face):
        line.setFont(face.value, style.size)
        line.textOut(run)
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


def french(text: str) -> str:
    """Give our own words the apostrophe of print; never used on a person's name."""
    return text.replace("'", "’")


def _longest(word: str, style: Style, room: float) -> int:
    count = 1
    while count < len(word) and measure(word[: count + 1], style) <= room:
        count += 1
    return count
