"""What the elements of HTML mean for a question: marks that are kept, breaks, pictures, refusals.

The one place that decides it, for HTML in any file and for the XHTML of QTI.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from kernel.errors import N_
from written_test.items.reading.entries import NotTaken
from written_test.items.reading.media import Media
from written_test.questions.markup import Writer

_KEPT: Final = {
    **dict.fromkeys(("b", "strong"), "strong"),
    **dict.fromkeys(("i", "em", "cite", "dfn", "var"), "em"),
    **dict.fromkeys(("u", "ins"), "u"),
    **dict.fromkeys(("s", "strike", "del"), "s"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "code"),
    **{name: name for name in ("sub", "sup", "q", "mark", "small", "ruby", "rt", "rp", "bdi")},
}
_BLOCKS: Final = {
    "table": "table",
    "ul": "ul",
    "menu": "ul",
    "ol": "ol",
    "blockquote": "blockquote",
    "pre": "pre",
}
_WITHIN: Final = {
    **dict.fromkeys(("caption", "thead", "tbody", "tfoot", "tr", "td", "th"), ("table",)),
    "li": ("ul", "menu", "ol"),
}
_PARAGRAPHS: Final = frozenset(
    (
        *("address", "article", "aside", "body", "center", "dd", "details", "div", "dl", "dt"),
        *("figcaption", "figure", "footer", "form", "header", "html", "main", "nav", "p"),
        *("section", "summary", "h1", "h2", "h3", "h4", "h5", "h6", "fieldset", "legend"),
    )
)
_HEADS: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BARE: Final = frozenset(
    (
        *(
            "span",
            "font",
            "a",
            "abbr",
            "acronym",
            "bdo",
            "big",
            "label",
            "nobr",
            "rb",
            "rbc",
            "rtc",
        ),
        *("time", "data", "col", "colgroup", "wbr", "br", "hr", "img", "picture", "audio"),
        *("source", "track", "object", "param", "meta", "link", "base"),
    )
)
SILENT: Final = frozenset(("script", "style", "template", "head", "title", "noscript", "datalist"))
EMPTY: Final = frozenset(
    (
        *("br", "hr", "img", "wbr", "input", "col", "source", "track", "area", "base", "link"),
        *("meta", "embed", "param", "frame"),
    )
)
"""Elements that nothing stands in, and that have no end."""
KNOWN: Final = frozenset((*_KEPT, *_BLOCKS, *_WITHIN, *_PARAGRAPHS, *_BARE, *SILENT))
REFUSED: Final = {
    "svg": N_("une image"),
    "canvas": N_("une image"),
    "map": N_("une image à zones"),
    "area": N_("une image à zones"),
    "video": N_("une vidéo"),
    "math": N_("une formule"),
    "iframe": N_("une page d'ailleurs"),
    "frame": N_("une page d'ailleurs"),
    "embed": N_("un objet inséré"),
    "applet": N_("un objet inséré"),
    "object": N_("un objet inséré"),
    "input": N_("un champ à remplir"),
    "select": N_("un champ à remplir"),
    "textarea": N_("un champ à remplir"),
    "button": N_("un bouton"),
    "meter": N_("une mesure dessinée"),
    "progress": N_("une mesure dessinée"),
}
"""What no question of ours holds, and how it is called."""
MOST_DEPTH: Final = 100

_HIDDEN: Final = re.compile(
    r"display:none|visibility:hidden|font-size:0(?![.\d])|opacity:0(?![.\d])|color:transparent"
)
_STYLES: Final = (
    (re.compile(r"text-decoration[a-z-]*:[^;]*underline"), "u"),
    (re.compile(r"text-decoration[a-z-]*:[^;]*line-through"), "s"),
    (re.compile(r"font-weight:(?:bold|[6-9]00)"), "strong"),
    (re.compile(r"font-style:(?:italic|oblique)"), "em"),
    (re.compile(r"vertical-align:super"), "sup"),
    (re.compile(r"vertical-align:sub"), "sub"),
)
_COLOUR: Final = re.compile(
    r"(?:^|;)(?:background(?:-color)?|color):(?!black|#[0-3][0-9a-f]{2}\b|#(?:[0-3][0-9a-f]){3}"
    r"|rgba?\((?:[0-5]?\d,){2}|inherit|initial|unset|transparent|white|#fff(?:fff)?\b"
    r"|rgba?\(255,255,255|windowtext|none|var\()"
)
_CLASSES: Final = {"qti-underline": "u", "qti-bold": "strong", "qti-italic": "em"}
_UNSEEN: Final = frozenset(
    ("sr-only", "accesshide", "visually-hidden", "qti-visually-hidden", "qti-display-none")
)
_SPAN: Final = re.compile(r"[1-9]\d{0,2}")


@dataclass
class _Open:
    """An element that has begun, and the marks to end with it, the last first."""

    name: str
    marks: list[str] = field(default_factory=list)
    silent: bool = False
    paragraph: bool = False


class Marks:
    """Takes elements and words in their order, and writes what is kept of them."""

    def __init__(self, media: Media, *, sounds: bool = True) -> None:
        """Begin with nothing; without `sounds`, what is to be heard is refused."""
        self.writer = Writer()
        self._media = media
        self._sounds = sounds
        self._open: list[_Open] = []
        self._silent = 0
        self._heard: list[int] = []  # sounds of each <audio> that has begun

    def words(self, text: str) -> None:
        """Add words, unless nobody would see them."""
        if not self._silent and text:
            self.writer.words(text)

    def start(self, name: str, attributes: Mapping[str, str], line: int = 0) -> None:
        """Begin an element; one that holds nothing ends at once. Raise NotTaken."""
        if self._silent:
            self._push(_Open(name, silent=False), line)
            return
        style = "".join(attributes.get("style", "")[:2000].lower().split())
        classes = frozenset(attributes.get("class", "").lower().split())
        if name in SILENT or "hidden" in attributes or _HIDDEN.search(style) or classes & _UNSEEN:
            if name not in EMPTY:
                self._silent += 1
                self._push(_Open(name, silent=True), line)
            return
        self._check(name, attributes, line)
        if name in EMPTY:
            self._empty(name, attributes, line)
            return
        begun = _Open(name)
        self._push(begun, line)
        self._begin(begun, attributes)
        self._styled(begun, name, style, classes, attributes)
        self._look_at(name, attributes, line)

    def _push(self, begun: _Open, line: int) -> None:
        if begun.name in EMPTY:
            return
        if len(self._open) >= MOST_DEPTH:
            raise NotTaken(
                N_("Les éléments du texte sont imbriqués plus de %(most)s fois."),
                line=line,
                most=MOST_DEPTH,
            )
        self._open.append(begun)

    def _check(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        held = name == "object" and attributes.get("type", "").lower().startswith(
            ("audio/", "image/")
        )
        if name in REFUSED and not held:
            raise refuse(name, line)

    def _begin(self, begun: _Open, attributes: Mapping[str, str]) -> None:
        name = begun.name
        if name in _KEPT:
            self._mark(begun, _KEPT[name])
        elif name in _BLOCKS:
            start, kind = attributes.get("start", ""), attributes.get("type", "")
            said = f' start="{start}"' if name == "ol" and _SPAN.fullmatch(start) else ""
            said += f' type="{kind}"' if name == "ol" and kind in tuple("1aAiI") else ""
            self._mark(begun, _BLOCKS[name], said)
        elif name in _WITHIN and any(known.name in _WITHIN[name] for known in self._open):
            said = "".join(
                f' {what}="{attributes[what]}"'
                for what in ("colspan", "rowspan")
                if name in ("td", "th") and _SPAN.fullmatch(attributes.get(what, ""))
            )
            self._mark(begun, name, said)
        elif name in _PARAGRAPHS or name in _WITHIN:
            self.writer.paragraph()
            begun.paragraph = True
            if name in _HEADS:
                self._mark(begun, "strong")

    def _mark(self, begun: _Open, mark: str, said: str = "") -> None:
        self.writer.begin(mark, said)
        begun.marks.append(mark)

    def _styled(
        self,
        begun: _Open,
        name: str,
        style: str,
        classes: frozenset[str],
        attributes: Mapping[str, str],
    ) -> None:
        marks = [mark for pattern, mark in _STYLES if pattern.search(style)]
        marks += [mark for said, mark in _CLASSES.items() if said in classes]
        for mark in dict.fromkeys(marks):
            if mark not in begun.marks:
                self._mark(begun, mark)
        coloured = _COLOUR.search(style) or (name == "font" and attributes.get("color"))
        if coloured:
            self._media.remark(N_("La couleur d'une partie du texte n'est pas reprise."))

    def _look_at(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        if name == "audio":
            self._heard.append(0)
            self._hear(attributes.get("src", ""), line)
        elif name == "object":
            address = attributes.get("data", "")
            if attributes.get("type", "").lower().startswith("audio/"):
                self._play(address, line)
            else:
                words = attributes.get("alt") or attributes.get("title", "")
                self._show(address, words, line)
            self._silent += 1  # what stands in it is for who cannot have it
            self._open[-1].silent = True
        elif name == "a":
            self._follow(attributes.get("href", "").strip(), line)

    def _empty(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        if name == "br":
            self.writer.line()
        elif name == "hr":
            self.writer.paragraph()
        elif name == "source" and self._heard:
            self._hear(attributes.get("src", ""), line)
        elif name == "img":
            self._show(attributes.get("src", ""), attributes.get("alt", ""), line)

    def _follow(self, address: str, line: int) -> None:
        if address.startswith(("http:", "https:", "//")):
            self._media.remark(N_("Un lien vers une page d'ailleurs n'est pas repris."))
        elif address and not address.startswith(("#", "mailto:", "javascript:")):
            raise NotTaken(
                N_("La question renvoie à un fichier à ouvrir (%(name)s), qui se perdrait."),
                line=line,
                name=address[:80],
            )

    def _hear(self, address: str, line: int) -> None:
        # Several sources of one <audio> are one sound in several formats.
        if address and not self._heard[-1]:
            self._heard[-1] += 1
            self._play(address, line)

    def _play(self, address: str, line: int) -> None:
        if not self._sounds:
            raise NotTaken(
                N_("Un son dans une réponse au choix n'est pas pris en charge."), line=line
            )
        self._media.sound(address, line)

    def _show(self, address: str, words: str, line: int) -> None:
        drawn = self._media.picture(address, words, line)
        self.writer.picture(drawn.name, " ".join(words.split())[:500], drawn.size)

    def end(self, name: str) -> None:
        """End an element, and whatever began in it and never ended; nothing if it never began."""
        if name == "br":
            self.writer.line()
        if not any(begun.name == name for begun in self._open):
            return
        while self._pop() != name:
            pass

    def end_within(self, names: frozenset[str], within: frozenset[str]) -> None:
        """End the innermost of these elements, if it began since the innermost of `within`."""
        for begun in reversed(self._open):
            if begun.name in names:
                self.end(begun.name)
                return
            if begun.name in within:
                return

    def end_all(self) -> None:
        """End whatever never ended."""
        while self._open:
            self._pop()

    def _pop(self) -> str:
        begun = self._open.pop()
        for mark in reversed(begun.marks):
            self.writer.end(mark)
        if begun.paragraph:
            self.writer.paragraph()
        if begun.silent:
            self._silent -= 1
        elif begun.name == "audio" and self._heard and not self._silent:
            self._heard.pop()
        return begun.name


def refuse(name: str, line: int = 0) -> NotTaken:
    """Return the refusal of what no question of ours holds."""
    return NotTaken(
        N_("La question contient %(what)s (%(name)s), ce qui n'est pas pris en charge."),
        line=line,
        what=REFUSED[name],
        name=name,
    )
