"""The minutes of a deliberation: who was there, and what was decided of whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reportlab.lib.pagesizes import A4

from results.documents import fonts
from results.documents.drawing import ACCENT, HAIR, INK, MM, QUIET, Sheet, rule
from results.documents.fonts import Face
from results.documents.lettering import Canvas
from results.documents.typeset import Style, fit, put, put_lines, put_right, wrap
from results.documents.words import D_, say

MARGIN = 22 * MM
TOP = 25 * MM
BOTTOM = 24 * MM
GAP = 12
DECIDED = 64 * MM
"""How wide the column of decisions is."""
ISSUER = Style(Face.SANS_STRONG, 10.5, INK)
TITLE = Style(Face.SERIF, 28, INK)
LABEL = Style(Face.SANS, 8, QUIET)
TEXT = Style(Face.SANS, 10.5, INK, leading=1.4)
NAME = Style(Face.SANS_STRONG, 10.5, INK, leading=1.3)
SMALL = Style(Face.SANS, 8.5, QUIET, leading=1.4)


@dataclass(frozen=True, slots=True)
class Line:
    """What was decided of one candidacy, in words; `reason` may be empty."""

    name: str
    subject: str
    decision: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class MinutesData:
    """Everything that the minutes say, in the language `locale`; `held` in words."""

    locale: str
    certifier: str
    closed_on: date
    held: str
    languages: str
    present: Sequence[str]
    lines: Sequence[Line]


def minutes(data: MinutesData) -> bytes:
    """Return the minutes as a PDF of as many A4 pages as it takes.

    Raises:
        FontsMissing: the fonts to embed are not installed.
    """
    fonts.register()
    title = say(data.locale, D_("Procès-verbal de délibération"))
    sheet = Sheet(A4, data.locale, data.closed_on, title, data.certifier, data.held)
    return _Pages(sheet, data, title).drawn()


class _Pages:
    """The page that is being drawn, and how far down it one is."""

    def __init__(self, sheet: Sheet, data: MinutesData, title: str) -> None:
        self._sheet, self._data, self._title = sheet, data, title
        self._room = sheet.width - 2 * MARGIN
        self._number = 1
        self._y = sheet.height - TOP

    def drawn(self) -> bytes:
        """Draw it all and return the document."""
        self._head()
        for line in self._data.lines:
            self._decided(line)
        if not self._data.lines:
            put(self._canvas, MARGIN, self._y, self._say(D_("Rien n'a été décidé.")), TEXT)
        self._foot()
        return self._sheet.finish()

    @property
    def _canvas(self) -> Canvas:
        return self._sheet.canvas

    def _say(self, message: str, **params: object) -> str:
        return say(self._data.locale, message, **params)

    def _head(self) -> None:
        data, canvas = self._data, self._canvas
        rule(canvas, MARGIN, self._y + 16, MARGIN + 26, ACCENT, 2)
        style, lines = fit(data.certifier, ISSUER, self._room, lines=2)
        y = put_lines(canvas, MARGIN, self._y, lines, style) - 44
        put(canvas, MARGIN, y, self._title, TITLE)
        self._y = y - 34
        self._fact(self._say(D_("Tenue")), data.held)
        self._fact(self._say(D_("Langues")), data.languages)
        self._fact(self._say(D_("Présents")), ", ".join(data.present))
        self._y -= 8
        rule(canvas, MARGIN, self._y, MARGIN + self._room, HAIR)
        self._y -= 26

    def _fact(self, label: str, value: str) -> None:
        put(self._canvas, MARGIN, self._y, label, LABEL)
        lines = wrap(value, TEXT, self._room - 80)
        self._y = put_lines(self._canvas, MARGIN + 80, self._y, lines, TEXT) - 20

    def _decided(self, line: Line) -> None:
        name = wrap(line.name, NAME, self._room - DECIDED - GAP)
        subject = wrap(line.subject, SMALL, self._room - DECIDED - GAP)
        decision = wrap(line.decision, NAME, DECIDED)
        why = [
            part for text in (line.by, line.reason) if text for part in wrap(text, SMALL, DECIDED)
        ]
        left = _height(name, NAME) + _height(subject, SMALL)
        right = _height(decision, NAME) + _height(why, SMALL)
        if self._y - max(left, right) < BOTTOM:
            self._turn()
        top = self._y
        x = MARGIN + self._room - DECIDED
        for column, strong, quiet in ((MARGIN, name, subject), (x, decision, why)):
            below = put_lines(self._canvas, column, top, strong, NAME)
            put_lines(self._canvas, column, below - SMALL.size * SMALL.leading - 1, quiet, SMALL)
        self._y = top - max(left, right) - GAP
        rule(self._canvas, MARGIN, self._y + GAP - 2, MARGIN + self._room, HAIR)
        self._y -= 6

    def _turn(self) -> None:
        self._foot()
        self._canvas.showPage()
        self._number += 1
        self._y = self._sheet.height - TOP

    def _foot(self) -> None:
        y = BOTTOM - 24
        put(self._canvas, MARGIN, y, self._title, LABEL)
        put_right(
            self._canvas,
            MARGIN + self._room,
            y,
            self._say(D_("Page %(number)s"), number=self._number),
            LABEL,
        )


def _height(lines: Sequence[str], style: Style) -> float:
    return len(lines) * style.size * style.leading if any(map(bool, lines)) else 0.0
