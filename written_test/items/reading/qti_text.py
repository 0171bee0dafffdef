"""The text of a QTI question in its order, and the interactions met in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from kernel.errors import N_
from written_test.items.reading.entries import NotTaken
from written_test.items.reading.plain_text import (
    BLOCKS,
    PICTURES,
    SILENT,
    Writer,
    refuse_picture,
)
from written_test.items.reading.xml import (
    Element,
    attribute,
    child,
    descendants,
    line_of,
    name_of,
    parse,
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
_FOR_OTHERS: Final = frozenset(("scorer", "author", "tutor", "proctor", "test-constructor"))
MARK: Final = "\ue000"
"""Where a block interaction stands in the text; taken out of whatever else the file says."""


@dataclass
class Walk:
    """What was met in a body: its text, with marks, and its interactions in order."""

    writer: Writer = field(default_factory=Writer)
    found: list[Element] = field(default_factory=list)
    inline: int = 0


def walk_through(body: Element) -> Walk:
    """Return the text and interactions of an item's body. Raise NotTaken, with its line."""
    walk = Walk()
    _into(body, walk)
    return walk


def _into(element: Element, walk: Walk) -> None:
    if element.text:
        walk.writer.words(element.text.replace(MARK, ""))
    for one in element:
        _one(one, walk)
        if one.tail:
            walk.writer.words(one.tail.replace(MARK, ""))


def _one(element: Element, walk: Walk) -> None:
    name = name_of(element)
    _check_plain(element, name)
    if name == "media-interaction" and _sounds(element):
        return
    if name.endswith("-interaction"):
        _interaction(element, name, walk)
    elif name == "br":
        walk.writer.line()
    elif not _is_aside(element, name):
        _within(element, name, walk)


def _check_plain(element: Element, name: str) -> None:
    if name in PICTURES:
        raise refuse_picture(name, line_of(element))
    if name == "object" and not _is_sound(element):
        raise refuse_picture("embed", line_of(element))


def _within(element: Element, name: str, walk: Walk) -> None:
    if name in BLOCKS:
        walk.writer.paragraph()
    elif name == "li":
        walk.writer.line()
        walk.writer.exact("• ")
    elif name in ("td", "th"):
        walk.writer.words(" ")
    _into(element, walk)
    if name in BLOCKS:
        walk.writer.paragraph()


def _is_aside(element: Element, name: str) -> bool:
    views = set(attribute(element, "view").split())
    for_others = name == "rubric-block" and bool(views) and views <= _FOR_OTHERS
    return not name or name in _ASIDE | SILENT or name in ("audio", "object") or for_others


def _interaction(element: Element, name: str, walk: Walk) -> None:
    if name not in SUPPORTED:
        raise NotTaken(
            N_("L'interaction « %(name)s » n'est pas prise en charge."),
            line=line_of(element),
            name=name,
        )
    walk.found.append(element)
    if name in INLINE:
        walk.inline += 1
        walk.writer.exact(f"[[{walk.inline}]]")
    else:
        walk.writer.exact(f"\n\n{MARK}\n\n")


def plain_of(element: Element | None) -> str:
    """Return the plain text of what has no interaction in it: an option, a prompt. Raise NotTaken.

    The gaps of a gap match are written `[[1]]`, `[[2]]`…, in their order.
    """
    return plain_with_gaps(element)[0]


def plain_with_gaps(element: Element | None) -> tuple[str, list[str]]:
    """Return the plain text, and the identifiers of the gaps in it. Raise NotTaken."""
    walk = Walk()
    if element is not None:
        _plain_into(element, walk)
    return walk.writer.text, [str(one.get("identifier") or "") for one in walk.found]


def _plain_into(element: Element, walk: Walk) -> None:
    if element.text:
        walk.writer.words(element.text.replace(MARK, ""))
    for one in element:
        name = name_of(one)
        if name == "gap":
            walk.found.append(one)
            walk.writer.exact(f"[[{len(walk.found)}]]")
        elif name in PICTURES:
            raise refuse_picture(name, line_of(one))
        elif not _is_aside(one, name) and not name.startswith(("simple-", "gap-")):
            if name == "br":
                walk.writer.line()
            if name in BLOCKS:
                walk.writer.paragraph()
            _plain_into(one, walk)
            if name in BLOCKS:
                walk.writer.paragraph()
        if one.tail:
            walk.writer.words(one.tail.replace(MARK, ""))


def _is_sound(element: Element) -> bool:
    return attribute(element, "type").startswith("audio/")


def _sounds(element: Element) -> list[str]:
    found = []
    for one in element.iter():
        name = name_of(one)
        if name in ("audio", "source"):
            found.append(attribute(one, "src"))
        elif name == "object" and _is_sound(one):
            found.append(attribute(one, "data"))
    return [address for address in found if address]


def sound_in(body: Element) -> str:
    """Return the address of the sound that a question plays, or nothing."""
    return next(iter(_sounds(body)), "")


def stimulus_in(root: Element, fetch: Callable[[str], bytes]) -> str:
    """Return the text of the stimulus that an item of QTI 3 refers to. Raise NotTaken."""
    texts = []
    for reference in descendants(root, "assessment-stimulus-ref"):
        stimulus = parse(fetch(attribute(reference, "href")))
        texts.append(plain_of(child(stimulus, "stimulus-body")))
    return "\n\n".join(text for text in texts if text)
