"""The interactions of a QTI item, made one of the seven kinds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from kernel.errors import N_
from people.languages import Language
from written_test.items.reading import building, qti_checking
from written_test.items.reading.building import AskedOfText, Choice, Written
from written_test.items.reading.entries import NotTaken, Remark
from written_test.items.reading.instructions import usual
from written_test.items.reading.media import Media
from written_test.items.reading.qti_checking import Trial
from written_test.items.reading.qti_operators import NUMBERS, bounds, number
from written_test.items.reading.qti_responses import NOTHING, Response, responses
from written_test.items.reading.qti_rules import rules_of, strings_in, uses_mapping
from written_test.items.reading.qti_text import MARK, text_of, text_with_gaps, walk_through
from written_test.items.reading.wording import MOST_SHORT
from written_test.items.reading.xml import (
    Element,
    attribute,
    child,
    children,
    descendants,
    line_of,
    name_of,
)
from written_test.questions import markup
from written_test.questions.grading import plain
from written_test.questions.kinds import GAP, MOST_TEXT, Body, Kind


@dataclass(frozen=True, slots=True)
class Item:
    """What an item holds: its interactions, the text between them, and what is right."""

    root: Element
    media: Media
    interactions: list[Element]
    segments: list[str]  # inline interactions are [[1]], [[2]]… in them
    stimulus: str
    title: str
    responses: dict[str, Response]
    language: Language
    trials: list[Trial] = field(default_factory=list)  # what its rules are tried on

    def response(self, interaction: Element) -> Response:
        """Return what is declared for an interaction."""
        return self.responses.get(attribute(interaction, "response-identifier"), NOTHING)

    @property
    def around(self) -> str:
        """Return all text outside of the block interactions."""
        return "\n\n".join(segment for segment in self.segments if segment)


def body_of(
    root: Element, body: Element, stimulus: str, language: Language, media: Media
) -> tuple[Body, tuple[Remark, ...]]:
    """Return the question of an item. Raise NotTaken, with the line where it can be said."""
    walk = walk_through(body, media)
    text = walk.text
    if len(text) > 2 * MOST_TEXT:
        raise NotTaken(
            N_("Le texte compte %(count)s caractères ; au plus %(most)s tiennent ici."),
            count=len(text),
            most=MOST_TEXT,
        )
    if not walk.asked:
        raise NotTaken(N_("La question ne demande rien : aucune interaction."), line=line_of(body))
    names = {name_of(interaction) for interaction in walk.asked}
    if len(names) > 1:
        raise NotTaken(
            N_("Des interactions de plusieurs sortes dans une même question (%(names)s)."),
            line=line_of(walk.asked[0]),
            names=", ".join(sorted(names)),
        )
    segments = [markup.tidy(part) for part in text.split(MARK)]
    title = str(root.get("title") or "")
    declared = responses(root)
    item = Item(root, media, walk.asked, segments, stimulus, title, declared, language)
    try:
        made = _BUILDERS[names.pop()](item)
        return made, qti_checking.check(rules_of(root, declared), item.trials)
    except NotTaken as error:
        error.line = error.line or line_of(walk.asked[0])
        raise


def _join(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text)


def _last_paragraph(text: str) -> tuple[str, str]:
    """Return a text without its last paragraph, and that one."""
    before, _, last = text.rpartition("\n\n")
    return before, last


def _asked(item: Item, kind: Kind) -> tuple[str, str]:
    """Return the prompt of an item's only block interaction, and the text to read above."""
    interaction = _only(item)
    prompt = text_of(child(interaction, "prompt"), item.media)
    if prompt:
        return prompt, _join(item.stimulus, item.around)
    if item.around:
        before, prompt = _last_paragraph(item.around)
        return prompt, _join(item.stimulus, before)
    if item.stimulus or kind not in (Kind.SINGLE, Kind.MULTIPLE):
        return usual(item.language, kind), item.stimulus
    return "", ""


def _only(item: Item) -> Element:
    if len(item.interactions) > 1:
        raise NotTaken(
            N_("Plusieurs interactions « %(name)s » dans une même question."),
            line=line_of(item.interactions[1]),
            name=name_of(item.interactions[1]),
        )
    return item.interactions[0]


def _several(interaction: Element, response: Response) -> bool:
    return response.cardinality == "multiple" and attribute(interaction, "max-choices") != "1"


def _shuffled(interaction: Element) -> bool:
    return attribute(interaction, "shuffle") == "true"


def _keys(elements: list[Element]) -> list[str]:
    return [str(element.get("identifier") or "") for element in elements]


def _choices(item: Item, elements: list[Element], right: tuple[str, ...]) -> list[Choice]:
    known = _keys(elements)
    for key in right:
        if key not in known:
            raise NotTaken(
                N_("La réponse « %(answer)s » n'est aucune des réponses au choix."), answer=key[:80]
            )
    return [
        Choice(
            text_of(element, item.media, sounds=False),
            key in right,
            fixed=attribute(element, "fixed") == "true",
        )
        for element, key in zip(elements, known, strict=True)
    ]


def _choice_options(item: Item, interaction: Element) -> tuple[list[Choice], bool]:
    response = item.response(interaction)
    several = _several(interaction, response)
    right = response.right if several else response.correct or response.best
    elements = children(interaction, "simple-choice")
    name = attribute(interaction, "response-identifier")
    if several:
        most = _most(interaction)
        if most and len(right) > most:
            raise NotTaken(
                N_(
                    "%(count)s réponses sont justes et %(most)s au plus peuvent être choisies : "
                    "personne ne pourrait répondre juste."
                ),
                line=line_of(interaction),
                count=len(right),
                most=most,
            )
        item.trials.append(qti_checking.some_of(name, right, _keys(elements), most))
    elif right:
        mapped = [entry.key for entry in response.mapped]
        item.trials.append(qti_checking.one_of(name, right, _keys(elements), mapped))
    return _choices(item, elements, right), several


def _most(interaction: Element) -> int:
    said = attribute(interaction, "max-choices")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 0


def _choice(item: Item) -> Body:
    if len(item.interactions) > 1:
        return _reading(item)
    options, several = _choice_options(item, item.interactions[0])
    prompt, passage = _asked(item, Kind.MULTIPLE if several else Kind.SINGLE)
    mixed = _shuffled(item.interactions[0])
    return building.choice(prompt, options, several=several, passage=passage, shuffle=mixed)


def _reading(item: Item) -> Body:
    """Several choices make the questions of a text: what stands before the first, or a stimulus."""
    passages = [item.stimulus]
    asked = []
    for interaction, before in zip(item.interactions, item.segments, strict=False):
        text, prompt = before, text_of(child(interaction, "prompt"), item.media)
        if not prompt:
            text, prompt = _last_paragraph(text)
        passages.append(text)
        options, several = _choice_options(item, interaction)
        asked.append(AskedOfText(prompt, options, several, _shuffled(interaction)))
    prompt = usual(item.language, Kind.READING)
    return building.reading(prompt, item.title, _join(*passages, item.segments[-1]), asked)


def _gapped(item: Item, kind: Kind) -> tuple[str, str]:
    """Return the prompt and the text of inline interactions: its first paragraph asks, or none."""
    first, _, rest = item.around.partition("\n\n")
    if rest and not GAP.search(first) and len(first) <= MOST_SHORT:
        return first, rest
    return usual(item.language, kind), item.around


def _inline_choice(item: Item) -> Body:
    prompt, text = _gapped(item, Kind.GAP_CHOICE)
    gaps = []
    for interaction in item.interactions:
        response = item.response(interaction)
        elements = children(interaction, "inline-choice")
        right = response.correct or response.best
        name = attribute(interaction, "response-identifier")
        if right:
            mapped = [entry.key for entry in response.mapped]
            item.trials.append(qti_checking.one_of(name, right, _keys(elements), mapped))
        gaps.append(_choices(item, elements, right))
    mixed = [_shuffled(interaction) for interaction in item.interactions]
    return building.gap_choice(prompt, text, gaps, passage=item.stimulus, shuffle=mixed)


def _text_entry(item: Item) -> Body:
    prompt, text = _gapped(item, Kind.GAP_FREE)
    gaps = [_written(item, interaction) for interaction in item.interactions]
    return building.gap_free(prompt, text, gaps, passage=item.stimulus)


def _written(item: Item, interaction: Element) -> Written:
    """Return what is accepted in a text entry, and have the rules tried on it."""
    response = item.response(interaction)
    name = attribute(interaction, "response-identifier")
    if attribute(interaction, "pattern-mask"):
        raise NotTaken(
            N_("Une réponse décrite par un motif (patternMask) n'est pas prise en charge."),
            line=line_of(interaction),
        )
    accepted = response.accepted if uses_mapping(item.root) else response.correct
    if not accepted:
        raise NotTaken(N_("La réponse juste manque."), line=line_of(interaction))
    if hint := attribute(interaction, "placeholder-text"):
        item.media.remark(
            N_("Le texte affiché dans un trou vide (« %(text)s ») n'est pas repris."),
            text=hint[:80],
        )
    if response.base_type in NUMBERS:
        return _written_number(item, name, accepted)
    said = [*response.wrong, *strings_in(item.root)]
    known = {"", *(plain(answer) for answer in accepted)}
    others = [
        text for text in dict.fromkeys(said) if plain(text) not in known or text in response.wrong
    ]
    others += response.in_other_capitals
    item.trials.append(qti_checking.words(name, accepted, others))
    case = any(entry.case for entry in response.mapped if entry.key in accepted) or any(
        attribute(element, "case-sensitive") == "true"
        for element in descendants(item.root, "string-match")
        if _names(element, name)
    )
    return Written(accepted, response.wrong, case)


def _written_number(item: Item, name: str, accepted: Sequence[str]) -> Written:
    ranges: list[tuple[Decimal, Decimal]] = []
    right, wrong = list[str](), list[str]()
    equals = [element for element in descendants(item.root, "equal") if _names(element, name)]
    for answer in accepted:
        value = number(answer)
        if value is None:
            raise NotTaken(N_("« %(text)s » n'est pas un nombre."), text=answer[:80])
        low, high = bounds(equals[0], value) if equals else (value, value)
        within, beyond = qti_checking.around(low, high)
        right += within
        wrong += beyond
        ranges.append((low, high))
    wrong = [text for text in wrong if not _in_any(Decimal(text), ranges)]
    item.trials.append(qti_checking.numbers(name, right, wrong))
    written = [(f"{low:f}", f"{high:f}") for low, high in ranges]
    return Written(accepted, ranges=written)


def _in_any(value: Decimal, ranges: Sequence[tuple[Decimal, Decimal]]) -> bool:
    return any(low <= value <= high for low, high in ranges)


def _names(element: Element, name: str) -> bool:
    return any(
        attribute(variable, "identifier") == name for variable in descendants(element, "variable")
    )


def _order(item: Item) -> Body:
    interaction = _only(item)
    texts = {
        str(element.get("identifier") or ""): text_of(element, item.media, sounds=False)
        for element in children(interaction, "simple-choice")
    }
    order = item.response(interaction).correct
    if not order:
        raise NotTaken(N_("L'ordre juste manque."))
    if sorted(order) != sorted(texts):
        raise NotTaken(N_("L'ordre juste ne nomme pas chaque élément une fois."))
    item.trials.append(qti_checking.in_order(attribute(interaction, "response-identifier"), order))
    prompt, passage = _asked(item, Kind.ORDERING)
    return building.ordering(prompt, [texts[key] for key in order], passage=passage)


def _pairs(response: Response) -> list[tuple[str, str]]:
    pairs = [tuple(pair.split()) for pair in response.right]
    if not pairs or not all(len(pair) == 2 for pair in pairs):
        raise NotTaken(N_("Les paires justes manquent ou sont illisibles."))
    return [(pair[0], pair[1]) for pair in pairs]


def _try_pairs(item: Item, interaction: Element, partners: Sequence[str]) -> None:
    name = attribute(interaction, "response-identifier")
    item.trials.append(qti_checking.pairs(name, item.response(interaction).right, partners))


def _match(item: Item) -> Body:
    interaction = _only(item)
    sets = children(interaction, "simple-match-set")
    if len(sets) != 2:
        raise NotTaken(N_("Une association a besoin de deux listes."))
    left, right = (
        {
            str(element.get("identifier") or ""): text_of(element, item.media, sounds=False)
            for element in children(side, "simple-associable-choice")
        }
        for side in sets
    )
    pairs = _pairs(item.response(interaction))
    if {first for first, _ in pairs} <= set(right) and {second for _, second in pairs} <= set(left):
        pairs = [(second, first) for first, second in pairs]
    elif {first for first, _ in pairs} <= set(left):
        _try_pairs(item, interaction, list(right))
    if not (
        {first for first, _ in pairs} <= set(left) and {second for _, second in pairs} <= set(right)
    ):
        raise NotTaken(N_("Une paire nomme un élément qui n'existe pas."))
    if sorted(first for first, _ in pairs) != sorted(left):
        raise NotTaken(N_("Chaque élément de gauche doit avoir une correspondance, et une seule."))
    if not item.trials:
        _try_pairs(item, interaction, list(left))
    partner = dict(pairs)
    prompt, passage = _asked(item, Kind.MATCHING)
    taken = [(left[key], right[partner[key]]) for key in left]
    return building.matching(prompt, taken, list(right.values()), passage=passage)


def _gap_match(item: Item) -> Body:
    interaction = _only(item)
    words = {
        str(element.get("identifier") or ""): text_of(element, item.media, sounds=False)
        for element in children(interaction, "gap-text")
    }
    for picture in descendants(interaction, "gap-img"):
        raise NotTaken(
            N_("L'interaction « %(name)s » n'est pas prise en charge."),
            line=line_of(picture),
            name="gap-img",
        )
    text, gaps = text_with_gaps(interaction, item.media)
    pairs = _pairs(item.response(interaction))
    filled = {gap: choice for choice, gap in pairs}
    if len(filled) != len(pairs) or set(filled) != set(gaps):
        raise NotTaken(N_("Chaque trou doit avoir une réponse, et une seule."))
    if not set(filled.values()) <= set(words):
        raise NotTaken(N_("Une paire nomme un élément qui n'existe pas."))
    _try_pairs(item, interaction, gaps)
    prompt, passage = _asked(item, Kind.GAP_CHOICE)
    options = [[Choice(words[key], key == filled[gap]) for key in words] for gap in gaps]
    return building.gap_choice(
        prompt, text, options, passage=passage, shuffle=_shuffled(interaction)
    )


_BUILDERS: Final[dict[str, Callable[[Item], Body]]] = {
    "choice-interaction": _choice,
    "inline-choice-interaction": _inline_choice,
    "text-entry-interaction": _text_entry,
    "order-interaction": _order,
    "match-interaction": _match,
    "gap-match-interaction": _gap_match,
}
