"""The interactions of a QTI item, made one of the seven kinds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kernel.errors import N_
from people.languages import Language
from written_test.items.reading import building
from written_test.items.reading.building import AskedOfText, Choice
from written_test.items.reading.entries import NotTaken
from written_test.items.reading.plain_text import tidy
from written_test.items.reading.qti_responses import NOTHING, Response, responses
from written_test.items.reading.qti_text import MARK, plain_of, plain_with_gaps, walk_through
from written_test.items.reading.xml import (
    Element,
    attribute,
    child,
    children,
    descendants,
    line_of,
    name_of,
)
from written_test.questions.kinds import GAP, MOST_TEXT, Body, Kind


@dataclass(frozen=True, slots=True)
class Found:
    """What an item holds: its interactions, the text between them, and what is right."""

    interactions: list[Element]
    segments: list[str]  # inline interactions are [[1]], [[2]]… in them
    stimulus: str
    title: str
    responses: dict[str, Response]
    language: Language

    def response(self, interaction: Element) -> Response:
        """Return what is declared for an interaction."""
        return self.responses.get(attribute(interaction, "response-identifier"), NOTHING)

    @property
    def around(self) -> str:
        """Return all text outside of the block interactions."""
        return "\n\n".join(one for one in self.segments if one)


def body_of(root: Element, body: Element, stimulus: str, language: Language) -> Body:
    """Return the question of an item. Raise NotTaken, with the line where it can be said."""
    walk = walk_through(body)
    text = walk.writer.text
    if len(text) > 2 * MOST_TEXT:
        raise NotTaken(
            N_("Le texte compte %(count)s caractères ; au plus %(most)s tiennent ici."),
            count=len(text),
            most=MOST_TEXT,
        )
    if not walk.found:
        raise NotTaken(N_("La question ne demande rien : aucune interaction."), line=line_of(body))
    names = {name_of(one) for one in walk.found}
    if len(names) > 1:
        raise NotTaken(
            N_("Des interactions de plusieurs sortes dans une même question (%(names)s)."),
            line=line_of(walk.found[0]),
            names=", ".join(sorted(names)),
        )
    segments = [tidy(part) for part in text.split(MARK)]
    title = str(root.get("title") or "")
    found = Found(walk.found, segments, stimulus, title, responses(root), language)
    try:
        return _BUILDERS[names.pop()](found)
    except NotTaken as error:
        error.line = error.line or line_of(walk.found[0])
        raise


def _join(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text)


def _last_paragraph(text: str) -> tuple[str, str]:
    """Return a text without its last paragraph, and that one."""
    before, _, last = text.rpartition("\n\n")
    return before, last


def _asked(found: Found, kind: Kind) -> tuple[str, str]:
    """Return the prompt of an item's only block interaction, and the text to read above."""
    interaction = _only(found)
    prompt = plain_of(child(interaction, "prompt"))
    if prompt:
        return prompt, _join(found.stimulus, found.around)
    if found.around:
        before, prompt = _last_paragraph(found.around)
        return prompt, _join(found.stimulus, before)
    if found.stimulus or kind not in (Kind.SINGLE, Kind.MULTIPLE):
        return building.usual(found.language, kind), found.stimulus
    return "", ""


def _only(found: Found) -> Element:
    if len(found.interactions) > 1:
        raise NotTaken(
            N_("Plusieurs interactions « %(name)s » dans une même question."),
            line=line_of(found.interactions[1]),
            name=name_of(found.interactions[1]),
        )
    return found.interactions[0]


def _several(interaction: Element, response: Response) -> bool:
    return response.cardinality == "multiple" and attribute(interaction, "max-choices") != "1"


def _choices(elements: list[Element], right: tuple[str, ...]) -> list[Choice]:
    known = [str(one.get("identifier") or "") for one in elements]
    for key in right:
        if key not in known:
            raise NotTaken(
                N_("La réponse « %(answer)s » n'est aucune des réponses au choix."), answer=key[:80]
            )
    return [Choice(plain_of(one), key in right) for one, key in zip(elements, known, strict=True)]


def _choice_options(found: Found, interaction: Element) -> tuple[list[Choice], bool]:
    response = found.response(interaction)
    several = _several(interaction, response)
    right = response.right if several else response.correct or response.best
    return _choices(children(interaction, "simple-choice"), right), several


def _choice(found: Found) -> Body:
    if len(found.interactions) > 1:
        return _reading(found)
    options, several = _choice_options(found, found.interactions[0])
    prompt, passage = _asked(found, Kind.MULTIPLE if several else Kind.SINGLE)
    return building.choice(prompt, options, several=several, passage=passage)


def _reading(found: Found) -> Body:
    """Several choices make the questions of a text: what stands before the first, or a stimulus."""
    passages = [found.stimulus]
    asked = []
    for interaction, before in zip(found.interactions, found.segments, strict=False):
        text, prompt = before, plain_of(child(interaction, "prompt"))
        if not prompt:
            text, prompt = _last_paragraph(text)
        passages.append(text)
        options, several = _choice_options(found, interaction)
        asked.append(AskedOfText(prompt, options, several))
    prompt = building.usual(found.language, Kind.READING)
    return building.reading(prompt, found.title, _join(*passages, found.segments[-1]), asked)


def _gapped(found: Found, kind: Kind) -> tuple[str, str]:
    """Return the prompt and the text of inline interactions: its first paragraph asks, or none."""
    first, _, rest = found.around.partition("\n\n")
    if rest and not GAP.search(first) and len(first) <= building.MOST_SHORT:
        return first, rest
    return building.usual(found.language, kind), found.around


def _inline_choice(found: Found) -> Body:
    prompt, text = _gapped(found, Kind.GAP_CHOICE)
    gaps = []
    for interaction in found.interactions:
        response = found.response(interaction)
        elements = children(interaction, "inline-choice")
        gaps.append(_choices(elements, response.correct or response.best))
    return building.gap_choice(prompt, text, gaps, passage=found.stimulus)


def _text_entry(found: Found) -> Body:
    prompt, text = _gapped(found, Kind.GAP_FREE)
    gaps = [found.response(one).accepted for one in found.interactions]
    return building.gap_free(prompt, text, gaps, passage=found.stimulus)


def _order(found: Found) -> Body:
    interaction = _only(found)
    texts = {
        str(one.get("identifier") or ""): plain_of(one)
        for one in children(interaction, "simple-choice")
    }
    order = found.response(interaction).correct
    if not order:
        raise NotTaken(N_("L'ordre juste manque."))
    if sorted(order) != sorted(texts):
        raise NotTaken(N_("L'ordre juste ne nomme pas chaque élément une fois."))
    prompt, passage = _asked(found, Kind.ORDERING)
    return building.ordering(prompt, [texts[key] for key in order], passage=passage)


def _pairs(response: Response) -> list[tuple[str, str]]:
    pairs = [tuple(one.split()) for one in response.right]
    if not pairs or not all(len(pair) == 2 for pair in pairs):
        raise NotTaken(N_("Les paires justes manquent ou sont illisibles."))
    return [(pair[0], pair[1]) for pair in pairs]


def _match(found: Found) -> Body:
    interaction = _only(found)
    sets = children(interaction, "simple-match-set")
    if len(sets) != 2:
        raise NotTaken(N_("Une association a besoin de deux listes."))
    left, right = (
        {
            str(one.get("identifier") or ""): plain_of(one)
            for one in children(side, "simple-associable-choice")
        }
        for side in sets
    )
    pairs = _pairs(found.response(interaction))
    if {one for one, _ in pairs} <= set(right) and {two for _, two in pairs} <= set(left):
        pairs = [(two, one) for one, two in pairs]
    if not ({one for one, _ in pairs} <= set(left) and {two for _, two in pairs} <= set(right)):
        raise NotTaken(N_("Une paire nomme un élément qui n'existe pas."))
    if sorted(one for one, _ in pairs) != sorted(left):
        raise NotTaken(N_("Chaque élément de gauche doit avoir une correspondance, et une seule."))
    partner = dict(pairs)
    prompt, passage = _asked(found, Kind.MATCHING)
    taken = [(left[key], right[partner[key]]) for key in left]
    return building.matching(prompt, taken, list(right.values()), passage=passage)


def _gap_match(found: Found) -> Body:
    interaction = _only(found)
    words = {
        str(one.get("identifier") or ""): plain_of(one) for one in children(interaction, "gap-text")
    }
    for picture in descendants(interaction, "gap-img"):
        raise NotTaken(
            N_("L'interaction « %(name)s » n'est pas prise en charge."),
            line=line_of(picture),
            name="gap-img",
        )
    text, gaps = plain_with_gaps(interaction)
    pairs = _pairs(found.response(interaction))
    filled = {gap: choice for choice, gap in pairs}
    if len(filled) != len(pairs) or set(filled) != set(gaps):
        raise NotTaken(N_("Chaque trou doit avoir une réponse, et une seule."))
    if not set(filled.values()) <= set(words):
        raise NotTaken(N_("Une paire nomme un élément qui n'existe pas."))
    prompt, passage = _asked(found, Kind.GAP_CHOICE)
    options = [[Choice(words[key], key == filled[gap]) for key in words] for gap in gaps]
    return building.gap_choice(prompt, text, options, passage=passage)


_BUILDERS: Final[dict[str, Callable[[Found], Body]]] = {
    "choice-interaction": _choice,
    "inline-choice-interaction": _inline_choice,
    "text-entry-interaction": _text_entry,
    "order-interaction": _order,
    "match-interaction": _match,
    "gap-match-interaction": _gap_match,
}
