"""HTML, Markdown and plain lines made rich texts, in time that grows with their length and no more.

HTML is read here rather than by the standard library, whose reader takes the square of the time for
a text of `<a <a <a`: each sign is looked at once, and a tag that never ends is words.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Final

from markdown_it import MarkdownIt

from kernel.errors import N_
from written_test.items.reading.entries import NotTaken
from written_test.items.reading.marks import EMPTY, KNOWN, REFUSED, Marks
from written_test.items.reading.media import Media
from written_test.questions.markup import escape, tidy

MOST_SOURCE: Final = 100_000
MOST_MARKDOWN: Final = 15_000
_DATA: Final = re.compile(r"data:[a-z]+/[a-z0-9.+-]+;base64,[A-Za-z0-9+/=%\s]*")
_START: Final = re.compile(r"/?[A-Za-z][A-Za-z0-9:_-]*")
_SIGN: Final = re.compile(r"[<>\"']")
_ATTRIBUTE: Final = re.compile(
    r"([^\s=/\"'<>]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+)))?"
)
_CLOSES: Final = {
    "p": frozenset(("p",)),
    "li": frozenset(("li",)),
    "td": frozenset(("td", "th")),
    "th": frozenset(("td", "th")),
    "tr": frozenset(("tr",)),
    "dt": frozenset(("dt", "dd")),
    "dd": frozenset(("dt", "dd")),
    "rt": frozenset(("rt", "rp")),
    "rp": frozenset(("rt", "rp")),
}
"""What an element ends that stands open beside it."""
_LISTS: Final = frozenset(("table", "ul", "ol", "menu", "dl"))
_HOLD: Final = _LISTS | {"blockquote", "div", "td", "th", "li"}
_BOUNDS: Final = {"p": _HOLD, "td": frozenset(("tr", "table")), "th": frozenset(("tr", "table"))}
"""What keeps it from doing so: another list, another table; lists alone where none is named."""
_RAW_END: Final = re.compile(r"</(?:script|style)", re.IGNORECASE)
_BETWEEN_TAGS: Final = re.compile(r">\s+<")
_BLOCK_BREAK: Final = re.compile(
    r"(</?(?:p|div|li|ul|ol|table|tr|td|th|tbody|thead|h[1-6]|blockquote|pre|br)\b[^<>]*>)"
    r"[ \t]*\n+",
    re.IGNORECASE,
)


def check_length(source: str) -> None:
    """Raise NotTaken where a text is too long to be looked at, whatever its formatting."""
    if len(source) > MOST_SOURCE:
        raise NotTaken(
            N_("Le texte compte %(count)s caractères ; au plus %(most)s tiennent ici."),
            count=len(source),
            most=MOST_SOURCE,
        )


def from_lines(source: str) -> str:
    """Return plain words as a rich text: their line ends count. Raise NotTaken."""
    check_length(source)
    return tidy(escape(source.replace("\r\n", "\n").replace("\r", "\n")))


def from_html(source: str, media: Media, *, sounds: bool = True, typed: bool = False) -> str:
    """Return the rich text of HTML. What it shows and plays goes to `media`.

    Of a text that somebody typed without seeing its HTML (`typed`), only what is clearly a tag is
    taken for one.

    Raises:
        NotTaken: it holds what no question holds, or is too long.
    """
    held: list[str] = []

    def hold(data: re.Match[str]) -> str:
        held.append(data[0])
        return f"data:{len(held) - 1}"

    source = _DATA.sub(hold, source)
    check_length(source)
    marks = Marks(media, sounds=sounds)
    _feed(source, marks, held, typed=typed)
    marks.end_all()
    return marks.writer.text


def _feed(source: str, marks: Marks, held: list[str], *, typed: bool) -> None:
    place = 0
    while place < len(source):
        opened = source.find("<", place)
        if opened < 0:
            break
        marks.words(html.unescape(source[place:opened]))
        place = _tag(source, opened, marks, held, typed=typed)
    marks.words(html.unescape(source[place:]))


def _tag(  # noqa: PLR0911 -- a line for each thing that a `<` may begin
    source: str, opened: int, marks: Marks, held: list[str], *, typed: bool
) -> int:
    """Read what begins at a `<`; return where it ends."""
    if source.startswith("<!--", opened):
        ends = source.find("-->", opened + 4)
        return ends + 3 if ends >= 0 else len(source)
    named = _START.match(source, opened + 1)
    if named is None:
        if source[opened + 1 : opened + 2] in ("!", "?"):
            ends = source.find(">", opened)
            return ends + 1 if ends >= 0 else len(source)
        marks.words("<")
        return opened + 1
    closed, stopped = _end_of_tag(source, named.end())
    name = named[0].lstrip("/").lower()
    said = source[named.end() : closed]
    if closed < 0 or (typed and not _looks_like_a_tag(name, said)):
        ends = stopped if closed < 0 else closed + 1
        marks.words(html.unescape(source[opened:ends]))
        return ends
    if named[0].startswith("/"):
        marks.end(name)
        return closed + 1
    _start(marks, name, said, held)
    if name in ("script", "style"):
        ended = _RAW_END.search(source, closed)
        return ended.start() if ended else len(source)
    return closed + 1


def _end_of_tag(source: str, place: int) -> tuple[int, int]:
    """Return where the `>` of a tag stands, or -1 and where the words begin that it really is.

    Nothing is looked at twice: a tag that is none is words up to the next `<`.
    """
    while sign := _SIGN.search(source, place):
        if sign[0] == ">":
            return sign.start(), sign.end()
        if sign[0] == "<":
            return -1, sign.start()
        place = source.find(sign[0], sign.end()) + 1
        if not place:
            return -1, len(source)
    return -1, len(source)


def _looks_like_a_tag(name: str, said: str) -> bool:
    if name not in KNOWN and name not in REFUSED:
        return False
    return all("=" in attribute[0] for attribute in _ATTRIBUTE.finditer(said.strip().rstrip("/")))


def _start(marks: Marks, name: str, said: str, held: list[str]) -> None:
    attributes: dict[str, str] = {}
    for attribute in _ATTRIBUTE.finditer(said):
        value = html.unescape(attribute[2] or attribute[3] or attribute[4] or "")
        if value.startswith("data:") and value[5:].isascii() and value[5:].isdigit():
            place = int(value[5:])
            value = held[place] if place < len(held) else value
        attributes.setdefault(attribute[1].lower(), value)
    if name in _CLOSES:
        marks.end_within(_CLOSES[name], _BOUNDS.get(name, _LISTS))
    marks.start(name, attributes)
    if said.rstrip().endswith("/") and name not in EMPTY and name not in KNOWN:
        marks.end(name)


def from_markdown(source: str, media: Media, *, sounds: bool = True) -> str:
    """Return the rich text of Markdown, HTML within it too. Raise NotTaken."""
    if len(source) > MOST_MARKDOWN:
        raise NotTaken(
            N_("Le texte compte %(count)s caractères ; au plus %(most)s tiennent ici."),
            count=len(source),
            most=MOST_MARKDOWN,
        )
    made = MarkdownIt("commonmark", {"html": True}).enable("table").render(source)
    return from_html(made, media, sounds=sounds)


def from_typed(source: str, media: Media, *, sounds: bool = True) -> str:
    """Return the rich text of Moodle's automatic format: HTML whose line ends count too."""
    check_length(_DATA.sub("", source))
    lines = source.replace("\r\n", "\n").replace("\r", "\n").strip()
    lines = _BLOCK_BREAK.sub(r"\1", _BETWEEN_TAGS.sub("> <", lines))
    lines = lines.replace("\n", "<br>")
    return from_html(lines, media, sounds=sounds, typed=True)


FORMATS: Final[dict[str, Callable[..., str]]] = {
    "html": from_html,
    "moodle": from_typed,
    "moodle_auto_format": from_typed,
    "markdown": from_markdown,
    "plain": lambda source, _media, **_how: from_lines(source),
    "plain_text": lambda source, _media, **_how: from_lines(source),
}
"""Readers by the names that Moodle and GIFT give to formats."""
