"""Formatted words of questions: the only marks that may reach a page, and how they are written.

A *rich* text is what stands between the marks of this module, its `&`, `<` and `>` written as
entities. An empty line parts its paragraphs; a paragraph is words with marks that begin and end in
it, or one block (a table, a list, a quotation, lines as they are). A question holds rich texts when
its `markup` is `html`, else plain ones; `Writer` is the only hand that writes them, `faults_of`
says what no hand of ours has written.
"""

from __future__ import annotations

import html
import re
from typing import Final

INLINE: Final = frozenset(
    (
        *("strong", "em", "u", "s", "sub", "sup", "code", "q", "mark", "small"),
        *("ruby", "rt", "rp", "bdi"),
    )
)
BLOCKS: Final = frozenset(("table", "ul", "ol", "blockquote", "pre"))
WITHIN: Final = frozenset(("caption", "thead", "tbody", "tfoot", "tr", "td", "th", "li"))
"""Parts of a block."""

_NAME: Final = r"[0-9a-f]{64}\.(?:png|jpg)"
_PICTURE: Final = rf'<img src="({_NAME})" alt="([^"<>]*)" width="\d{{1,4}}" height="\d{{1,4}}">'
_MARK: Final = re.compile(
    rf"<(/?)({'|'.join(sorted(INLINE | BLOCKS | WITHIN, key=len, reverse=True))})"
    r"((?: (?:colspan|rowspan|start)=\"\d{1,3}\"| type=\"[1aAiI]\")*)>"
)
PICTURE: Final = re.compile(_PICTURE)
_ANY: Final = re.compile(r"<[^<>]*>?")
_AMPERSAND: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|#x27);)")
_BLOCK_START: Final = re.compile(rf"<(?:{'|'.join(sorted(BLOCKS))})\b")
_PARAGRAPH: Final = re.compile(r"\n\s*\n")
_BLANKS: Final = re.compile(r"[ \t\r\n\f\v]+")
_MANY: Final = re.compile(r"\n{3,}")
_RUNS: Final = re.compile(r" {2,}")
_EDGES: Final = re.compile(r" *\n *")
_AS_IT_IS: Final = re.compile(r"(<pre>.*?</pre>)", re.DOTALL)


def escape(words: str) -> str:
    """Return plain words as a rich text."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def has_marks(rich: str) -> bool:
    """Tell whether a rich text has anything that plain words do not have."""
    return "<" in rich


def bare(rich: str) -> str:
    """Return the plain words of a rich text, for what can hold no marks: a list, a name.

    >>> bare("<u>put off</u> &amp; <sup>3</sup>")
    'put off & 3'
    """
    text = PICTURE.sub(lambda picture: picture[2] or "…", rich)
    text = text.replace("</td><", "</td> <").replace("</th><", "</th> <")
    text = re.sub(r"</(?:tr|li|caption)>", "\n", text)
    text = text.replace("<rt>", " (").replace("</rt>", ")").replace("<q>", "“")
    return html.unescape(_ANY.sub("", text.replace("</q>", "”"))).strip()


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a text, plain or rich, which empty lines part."""
    return tuple(part.strip() for part in _PARAGRAPH.split(text) if part.strip())


def is_block(paragraph: str) -> bool:
    """Tell whether a paragraph of a rich text is a table, a list or another block."""
    return _BLOCK_START.match(paragraph) is not None


def pictures_in(rich: str) -> tuple[str, ...]:
    """Return the names of the pictures of a rich text, in order."""
    return tuple(picture[1] for picture in PICTURE.finditer(rich))


def at(rich: str, base: str) -> str:
    """Return a rich text whose pictures are found under the address `base`."""
    return PICTURE.sub(
        lambda picture: picture[0].replace('src="', f'src="{html.escape(base)}', 1), rich
    )


def faults_of(rich: str) -> str:
    """Return what a text has that no rich text may have, or nothing."""
    if fault := _AMPERSAND.search(rich):
        return rich[fault.start() : fault.start() + 20]
    opened: list[str] = []
    for mark in _ANY.finditer(rich):
        known = _MARK.fullmatch(mark[0])
        if known is None:
            if PICTURE.fullmatch(mark[0]) is None:
                return mark[0][:40]
        elif not known[1]:
            opened.append(known[2])
        elif not opened or opened.pop() != known[2]:
            return mark[0]
    return opened[-1] if opened else ""


def tidy(text: str) -> str:
    """Return a text without blanks at its edges, and at most one empty line in a row."""
    if "<pre>" not in text:
        return _tidy(text).strip()
    parts = _AS_IT_IS.split(text)
    return "".join(part if place % 2 else _tidy(part) for place, part in enumerate(parts)).strip()


def _tidy(text: str) -> str:
    # Runs of blanks first: the other two would go over each of them again and again.
    words = _RUNS.sub(" ", text.replace("\u00a0", " ").replace("\x00", ""))
    return _MANY.sub("\n\n", _EDGES.sub("\n", words))


class Writer:
    """Takes words, breaks and marks in their order; gives a rich text.

    Marks that span paragraphs are ended and begun again in each.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._parts: list[str] = []
        self._inline: list[str] = []  # marks that are on, outermost first
        self._begun = 0  # how many of them stand in the text
        self._blocks: list[str] = []
        self._fresh = True  # nothing but blanks since the line began

    def words(self, text: str) -> None:
        """Add words; blanks and line ends in them are one blank, as in HTML."""
        if "pre" in self._blocks:
            lines = text.replace("\r\n", "\n").replace("\n\n", "\n\u00a0\n")
            self._add(escape(lines.replace("\n\n", "\n\u00a0\n")))
        elif text:
            self._add(escape(_BLANKS.sub(" ", text)))

    def exact(self, text: str) -> None:
        """Add a mark of the reader's own as it is, within the marks that have words before it."""
        self._parts.append(text)
        self._fresh = False

    @property
    def in_block(self) -> bool:
        """Tell whether a table, a list or another block has begun."""
        return bool(self._blocks)

    def picture(self, name: str, words: str, size: tuple[int, int]) -> None:
        """Add a picture, its name that of `pictures`, and what it shows in words."""
        self._add(
            f'<img src="{name}" alt="{html.escape(words)}" width="{size[0]}" height="{size[1]}">'
        )

    def _add(self, text: str) -> None:
        if text.strip(" \t\n"):
            for mark in self._inline[self._begun :]:
                self._parts.append(f"<{mark}>")
            self._begun = len(self._inline)
            self._fresh = False
        self._parts.append(text)

    def line(self) -> None:
        """End the line; twice, the paragraph."""
        if not self._fresh:
            self._parts.append("\n")
            self._fresh = True
        elif not self._blocks:
            self.paragraph()

    def paragraph(self) -> None:
        """End the paragraph; in a block, where there is none, the line."""
        if self._blocks:
            self.line()
            return
        self._pause()
        self._parts.append("\n\n")
        self._fresh = True

    def _pause(self) -> None:
        """End the marks that stand in the text, to begin them again with the next words."""
        for mark in reversed(self._inline[: self._begun]):
            self._parts.append(f"</{mark}>")
        self._begun = 0

    def begin(self, mark: str, said: str = "") -> None:
        """Begin a mark, a block or a part of one, `said` its attributes as they are written."""
        if mark in INLINE:
            self._inline.append(mark)
            return
        self._pause()
        if mark in BLOCKS:
            if not self._blocks:
                self._parts.append("\n\n")
            self._blocks.append(mark)
        self._trim()
        self._parts.append(f"<{mark}{said}>")
        self._fresh = True

    def end(self, mark: str) -> None:
        """End what was begun last, which is this mark."""
        if mark in INLINE:
            if self._begun == len(self._inline):
                self._parts.append(f"</{mark}>")
                self._begun -= 1
            self._inline.pop()
            return
        self._pause()
        self._trim()
        self._parts.append(f"</{mark}>")
        if mark in BLOCKS:
            self._blocks.pop()
            if not self._blocks:
                self._parts.append("\n\n")
        self._fresh = True

    def _trim(self) -> None:
        """Leave out the blanks before a part of a block, which none of its lines needs."""
        while self._blocks and "pre" not in self._blocks and self._parts:
            last = self._parts[-1]
            if last.strip():
                self._parts[-1] = last.rstrip(" \n")
                return
            if last == "\n\n":
                return
            self._parts.pop()

    @property
    def text(self) -> str:
        """Return what was written so far."""
        return tidy("".join(self._parts))
