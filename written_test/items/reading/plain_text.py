"""Formatted text made plain: paragraphs stay, the rest of the formatting goes."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

from kernel.errors import N_
from written_test.items.reading.entries import NotTaken

BLOCKS: Final = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "dd", "div", "dl", "dt"),
        *("figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header"),
        *("hr", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "thead", "tfoot"),
        *("tr", "ul"),
    )
)
PICTURES: Final = {
    "img": N_("une image"),
    "svg": N_("une image"),
    "video": N_("une vidéo"),
    "math": N_("une formule"),
    "iframe": N_("une page d'ailleurs"),
    "canvas": N_("une image"),
    "embed": N_("un objet inséré"),
}
"""What a plain text cannot hold, and how it is called."""
SILENT: Final = frozenset(("script", "style", "template", "head", "title"))
MOST_SOURCE: Final = 100_000
_BLANKS: Final = re.compile(r"[ \t\r\n\f\v]+")
_MANY: Final = re.compile(r"\n{3,}")
_RUNS: Final = re.compile(r" {2,}")
_EDGES: Final = re.compile(r" *\n *")


class Writer:
    """Takes words and breaks; gives a text whose paragraphs an empty line parts."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._parts: list[str] = []

    def words(self, text: str) -> None:
        """Add words; blanks and line ends in them are one blank, as in HTML."""
        self._parts.append(_BLANKS.sub(" ", text))

    def exact(self, text: str) -> None:
        """Add a mark as it is."""
        self._parts.append(text)

    def line(self) -> None:
        """End the line."""
        self._parts.append("\n")

    def paragraph(self) -> None:
        """End the paragraph."""
        self._parts.append("\n\n")

    @property
    def text(self) -> str:
        """Return what was written so far."""
        return tidy("".join(self._parts))


def tidy(text: str) -> str:
    """Return a text without blanks at its edges, and at most one empty line in a row."""
    # Runs of blanks first: the other two would go over each of them again and again.
    bare = _RUNS.sub(" ", text.replace("\u00a0", " ").replace("\x00", ""))
    return _MANY.sub("\n\n", _EDGES.sub("\n", bare)).strip()


def refuse_picture(name: str, line: int = 0) -> NotTaken:
    """Return the refusal of what no plain text can hold."""
    return NotTaken(
        N_("La question contient %(what)s (%(name)s), ce qui n'est pas pris en charge."),
        line=line,
        what=PICTURES[name],
        name=name,
    )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.writer = Writer()
        self.sounds: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in PICTURES:
            raise refuse_picture(tag)
        if tag in ("audio", "source"):
            self.sounds += [str(value) for key, value in attrs if key == "src" and value]
        self._silent += tag in SILENT
        if tag == "br":
            self.writer.line()
        elif tag == "li":
            self.writer.line()
            self.writer.exact("• ")
        elif tag in ("td", "th"):
            self.writer.words(" ")
        elif tag in BLOCKS:
            self.writer.paragraph()

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in SILENT))
        if tag in BLOCKS:
            self.writer.paragraph()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.writer.words(data)


def from_html(source: str) -> tuple[str, list[str]]:
    """Return the plain text of `source`, and the addresses of sounds in it.

    Raises:
        NotTaken: it holds a picture, a film or a formula.
    """
    check_length(source)
    reader = _Reader()
    reader.feed(source)
    reader.close()
    return reader.writer.text, reader.sounds


def check_length(source: str) -> None:
    """Raise NotTaken where a text is too long to be looked at, whatever its formatting."""
    if len(source) > MOST_SOURCE:
        raise NotTaken(
            N_("Le texte compte %(count)s caractères ; au plus %(most)s tiennent ici."),
            count=len(source),
            most=MOST_SOURCE,
        )


def from_lines(source: str) -> str:
    """Return the plain text of what came without HTML: its line ends count. Raise NotTaken."""
    check_length(source)
    return tidy(source.replace("\r\n", "\n").replace("\r", "\n"))
