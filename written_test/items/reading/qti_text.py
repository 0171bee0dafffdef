"""The text of a QTI question in its order, and the interactions met in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from kernel.errors import N_
from written_test.items.reading.entries import NotTaken
from written_test.items.reading.marks import KNOWN, REFUSED, SILENT, Marks, refuse
from written_test.items.reading.media import Fetch, Media
from written_test.items.reading.xml import (
    Element,
    attribute,
    child,
    descendants,
    line_of,
    name_of,
    parse,
    words_of,
)

SUPPORTED: Final = frozenset(
    (
        *("choice-interaction", "inline-choice-interaction", "text-entry-interaction"),
        *("order-interaction", "match-interaction", "gap-match-interaction"),
    )
)
INLINE: Final = frozenset(("inline-choice-interaction", "text-entry-interaction"))
_ASIDE: Final = frozenset(
    (
        *("feedback-block", "feedback-inline", "modal-feedback", "prompt", "stylesheet"),
        *("template-block", "template-inline", "catalog-info", "companion-materials-info"),
    )
)
_FEEDBACK: Final = frozenset(("feedback-block", "feedback-inline"))
"""Shown after an answer; those that an answer hides stand before it, and are not known here."""
_FOR_OTHERS: Final = frozenset(("scorer", "author", "tutor", "proctor", "test-constructor"))
_QTI: Final = frozenset(("rubric-block", "content-body", "stimulus-body"))
"""Elements of QTI that hold words and mean nothing more."""
_SPACES: Final = ("imsglobal.org", "w3.org/1999/xhtml", "1edtech.org")
MARK: Final = "\ue000"
"""Where a block interaction stands in the text; taken out of whatever else the file says."""


_ATTRIBUTES: Final = ("style", "class", "src", "alt", "data", "type", "href", "title", "start")
_SPANS: Final = ("colspan", "rowspan", "hidden", "color")


@dataclass
class BodyContent:
    """What was met in a body: its text, with marks, and its interactions in order."""

    marks: Marks
    asked: list[Element] = field(default_factory=list)
    inline: int = 0

    @property
    def text(self) -> str:
        """Return the rich text that was met so far."""
        return self.marks.writer.text


def walk_through(body: Element, media: Media) -> BodyContent:
    """Return the text and interactions of an item's body. Raise NotTaken, with its line."""
    walk = BodyContent(Marks(media))
    _into(body, walk)
    return walk


def _into(element: Element, walk: BodyContent) -> None:
    if element.text:
        walk.marks.words(element.text.replace(MARK, ""))
    for part in element:
        _part(part, walk)
        if part.tail:
            walk.marks.words(part.tail.replace(MARK, ""))


def _part(element: Element, walk: BodyContent) -> None:
    name = name_of(element)
    if name == "media-interaction" and _plays(element):
        _within_hidden(element, walk)
    elif name.endswith("-interaction"):
        _interaction(element, name, walk)
    elif not _is_aside(element, name):
        _within(element, name, walk)


def _plays(element: Element) -> bool:
    """Tell whether a media interaction is a sound to listen to."""
    return any(
        name_of(part) == "audio" or attribute(part, "type").startswith("audio/")
        for part in element.iter()
    )


def _within_hidden(element: Element, walk: BodyContent) -> None:
    """Take the sound of a media interaction, and none of its words."""
    for part in element:
        if name_of(part) in ("audio", "object", "source"):
            _within(part, name_of(part), walk)


def _within(element: Element, name: str, walk: BodyContent) -> None:
    line = line_of(element)
    check_known(element, name)
    walk.marks.start(name, _said(element, name), line)
    _into(element, walk)
    walk.marks.end(name)


def check_known(element: Element, name: str) -> None:
    """Raise NotTaken where an element of a body is none that is read: nothing is left out."""
    if name in REFUSED and name != "object":
        raise refuse(name, line_of(element))
    if (name not in KNOWN and name not in _QTI) or _is_foreign(element):
        raise NotTaken(
            N_("La question contient « %(name)s », un élément qui n'est pas connu."),
            line=line_of(element),
            name=name[:60],
        )


def _is_foreign(element: Element) -> bool:
    """Tell whether an element comes from another vocabulary than its question's, or XHTML's."""
    space = element.tag.rpartition("}")[0]
    return bool(space) and not any(known in space for known in _SPACES)


def _said(element: Element, name: str) -> dict[str, str]:
    said = {what: attribute(element, what) for what in (*_ATTRIBUTES, *_SPANS)}
    said = {what: value for what, value in said.items() if value}
    if name == "object" and not said.get("alt"):
        said["alt"] = words_of(element)
    return said


def _is_aside(element: Element, name: str) -> bool:
    if name in _FEEDBACK and attribute(element, "show-hide") == "hide":
        raise NotTaken(
            N_("La question contient « %(name)s », un élément qui n'est pas connu."),
            line=line_of(element),
            name=f"{name} showHide=hide",
        )
    views = set(attribute(element, "view").split())
    for_others = name == "rubric-block" and bool(views) and views <= _FOR_OTHERS
    return not name or name in _ASIDE | SILENT or for_others


def _interaction(element: Element, name: str, walk: BodyContent) -> None:
    if name not in SUPPORTED:
        raise NotTaken(
            N_("L'interaction « %(name)s » n'est pas prise en charge."),
            line=line_of(element),
            name=name,
        )
    walk.asked.append(element)
    if name in INLINE:
        walk.inline += 1
        walk.marks.writer.exact(f"[[{walk.inline}]]")
    elif walk.marks.writer.in_block:
        raise NotTaken(
            N_("Ce qui est à répondre se trouve dans un tableau ou une liste."),
            line=line_of(element),
        )
    else:
        walk.marks.writer.paragraph()
        walk.marks.writer.exact(MARK)
        walk.marks.writer.paragraph()


def text_of(element: Element | None, media: Media, *, sounds: bool = True) -> str:
    """Return the rich text of what has no interaction in it: an option, a prompt. Raise NotTaken.

    The gaps of a gap match are written `[[1]]`, `[[2]]`…, in their order.
    """
    return text_with_gaps(element, media, sounds=sounds)[0]


def text_with_gaps(
    element: Element | None, media: Media, *, sounds: bool = True
) -> tuple[str, list[str]]:
    """Return the rich text, and the identifiers of the gaps in it. Raise NotTaken."""
    walk = BodyContent(Marks(media, sounds=sounds))
    if element is not None:
        _text_into(element, walk)
    return walk.text, [str(gap.get("identifier") or "") for gap in walk.asked]


def _text_into(element: Element, walk: BodyContent) -> None:
    if element.text:
        walk.marks.words(element.text.replace(MARK, ""))
    for part in element:
        name = name_of(part)
        if name == "gap":
            walk.asked.append(part)
            walk.marks.writer.exact(f"[[{len(walk.asked)}]]")
        elif not _is_aside(part, name) and not name.startswith(("simple-", "gap-")):
            check_known(part, name)
            walk.marks.start(name, _said(part, name), line_of(part))
            _text_into(part, walk)
            walk.marks.end(name)
        if part.tail:
            walk.marks.words(part.tail.replace(MARK, ""))


def stimulus_in(root: Element, media: Media, read: Fetch) -> str:
    """Return the text of the stimulus that an item of QTI 3 refers to. Raise NotTaken."""
    texts = []
    for reference in descendants(root, "assessment-stimulus-ref"):
        stimulus = parse(read(attribute(reference, "href")))
        texts.append(text_of(child(stimulus, "stimulus-body"), media))
    return "\n\n".join(text for text in texts if text)
