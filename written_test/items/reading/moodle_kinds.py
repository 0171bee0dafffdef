"""Moodle's kinds of question, each made one of ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from kernel.errors import N_
from people.languages import Language
from written_test.items.reading import building
from written_test.items.reading.building import Choice
from written_test.items.reading.entries import NotTaken, Remark
from written_test.items.reading.gift import TRUTH
from written_test.items.reading.plain_text import from_html, from_lines
from written_test.items.reading.weights import Weighed, right_ones
from written_test.items.reading.xml import Element
from written_test.questions.kinds import GAP, Body, Kind

Made: TypeAlias = tuple[Body, tuple[Remark, ...]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A <question> whose text was read."""

    element: Element
    text: str
    language: Language
    sound: tuple[str, bytes]


def _words(element: Element | None) -> str:
    if element is None:
        return ""
    found = element.find("text")
    text = "".join(found.itertext()) if found is not None else ""
    return from_html(text)[0] if "<" in text or "&" in text else from_lines(text)


def _weighed(asked: Asked) -> list[Weighed]:
    found = []
    for answer in asked.element.iterfind("answer"):
        try:
            weight = float(answer.get("fraction") or 0)
        except ValueError:
            weight = 0.0
        found.append(Weighed(_words(answer), weight))
    return found


def _multichoice(asked: Asked) -> Made:
    several = (asked.element.findtext("single") or "true").strip() in ("false", "0")
    answers = _weighed(asked)
    right, notes = right_ones(answers, several=several)
    options = [Choice(one.text, is_right) for one, is_right in zip(answers, right, strict=True)]
    return building.choice(asked.text, options, several=several), notes


def _truefalse(asked: Asked) -> Made:
    truth = {one.text.casefold(): one.weight >= 99 for one in _weighed(asked)}
    if not truth.get("true") and not truth.get("false"):
        raise NotTaken(N_("Aucune réponse n'est donnée comme juste."))
    words = TRUTH[asked.language]
    options = [
        Choice(words[0], bool(truth.get("true"))),
        Choice(words[1], bool(truth.get("false"))),
    ]
    return building.choice(asked.text, options, several=False), ()


def _without_joker(answers: list[Weighed]) -> tuple[list[Weighed], tuple[Remark, ...]]:
    """Leave aside the answers with `*`, which stands for anything in Moodle."""
    kept, notes = [], []
    for one in answers:
        if re.search(r"(?<!\\)\*", one.text):
            if one.weight > 0:
                notes.append(
                    Remark(
                        N_("La réponse « %(text)s » contient un joker (*) : elle est laissée."),
                        {"text": one.text[:80]},
                    )
                )
        else:
            kept.append(Weighed(one.text.replace("\\*", "*"), one.weight))
    return kept, tuple(notes)


def _shortanswer(asked: Asked) -> Made:
    answers, left = _without_joker(_weighed(asked))
    right, notes = right_ones(answers, several=False)
    accepted = [one.text for one, is_right in zip(answers, right, strict=True) if is_right]
    text, count = building.number_blanks(asked.text)
    if count:
        prompt = building.usual(asked.language, Kind.GAP_FREE)
        if count > 1:
            raise NotTaken(N_("Le texte a plusieurs trous pour une seule réponse."))
        return building.gap_free(prompt, text, [accepted]), left + notes
    return building.gap_free(asked.text, "[[1]]", [accepted]), left + notes


def _matching(asked: Asked) -> Made:
    pairs, extra = [], []
    for one in asked.element.iterfind("subquestion"):
        left, right = _words(one), _words(one.find("answer"))
        if left:
            pairs.append((left, right))
        elif right:
            extra.append(right)
    prompt = asked.text or building.usual(asked.language, Kind.MATCHING)
    return building.matching(prompt, pairs, extra), ()


def _ordering(asked: Asked) -> Made:
    answers = sorted(_weighed(asked), key=lambda one: one.weight)
    prompt = asked.text or building.usual(asked.language, Kind.ORDERING)
    return building.ordering(prompt, [one.text for one in answers]), ()


def _select(asked: Asked) -> Made:
    """Gaps `[[2]]` name the second of the choices; each is offered all of its group."""
    boxes = [
        (_words(one), (one.findtext("group") or "1").strip())
        for name in ("selectoption", "dragbox")
        for one in asked.element.iterfind(name)
    ]
    gaps = []
    for name in GAP.findall(asked.text):
        place = int(name) - 1 if name.isascii() and name.isdigit() and len(name) < 4 else -1
        if not 0 <= place < len(boxes):
            raise NotTaken(N_("Le trou « %(name)s » n'a pas de réponse."), name=name)
        word, group = boxes[place]
        texts = dict.fromkeys(text for text, one in boxes if one == group)
        gaps.append([Choice(text, text == word) for text in texts])
    prompt, text = _head(asked.text, asked.language, Kind.GAP_CHOICE)
    numbers = iter(range(1, len(gaps) + 1))
    text = GAP.sub(lambda _found: f"[[{next(numbers)}]]", text)
    return building.gap_choice(prompt, text, gaps), ()


def _head(text: str, language: Language, kind: Kind) -> tuple[str, str]:
    """Return the first paragraph as the prompt if it has no gap, and the rest; else the usual."""
    first, _, rest = text.partition("\n\n")
    if rest.strip() and not GAP.search(first) and len(first) <= building.MOST_SHORT:
        return first, rest
    return building.usual(language, kind), text


_CLOZE: Final = re.compile(r"\{(\d*):([A-Z_]+):((?:\\.|[^\\}])*)\}", re.DOTALL)
_CHOOSE: Final = frozenset(
    f"{name}{way}" for name in ("MULTICHOICE", "MC") for way in ("", "_H", "_V", "H", "V", "_HS")
) | {"MCS", "MULTICHOICE_S", "MCHS", "MCVS", "MULTICHOICE_VS"}
_WRITE: Final = frozenset(("SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"))
_SUB: Final = re.compile(r"(?<!\\)~")
_PERCENT: Final = re.compile(r"%(-?\d+(?:\.\d+)?)%")


def _cloze(asked: Asked) -> Made:
    gaps: list[list[Weighed]] = []
    kinds: set[Kind] = set()

    def take(found: re.Match[str]) -> str:
        name = found[2]
        if name not in _CHOOSE | _WRITE:
            raise NotTaken(
                N_("Le trou de type « %(kind)s » n'est pas pris en charge."), kind=name[:40]
            )
        kinds.add(Kind.GAP_CHOICE if name in _CHOOSE else Kind.GAP_FREE)
        gaps.append([_cloze_answer(one) for one in _SUB.split(found[3]) if one.strip()])
        return f"[[{len(gaps)}]]"

    if GAP.search(asked.text):
        raise NotTaken(N_("Le texte contient [[…]], qui marque un trou d'une autre sorte."))
    text = _CLOZE.sub(take, asked.text)
    if len(kinds) > 1:
        raise NotTaken(N_("Des trous à choisir et des trous à écrire dans une même question."))
    kind = next(iter(kinds), Kind.GAP_CHOICE)
    prompt, text = _head(text, asked.language, kind)
    notes: tuple[Remark, ...] = ()
    judged = []
    for answers in gaps:
        kept, left = _without_joker(answers) if kind is Kind.GAP_FREE else (answers, ())
        right, more = right_ones(kept, several=False)
        judged.append([Choice(one.text, yes) for one, yes in zip(kept, right, strict=True)])
        notes += left + more
    if kind is Kind.GAP_CHOICE:
        return building.gap_choice(prompt, text, judged), notes
    accepted = [[one.text for one in answers if one.right] for answers in judged]
    return building.gap_free(prompt, text, accepted), notes


def _cloze_answer(text: str) -> Weighed:
    text = re.split(r"(?<!\\)#", text.strip())[0]
    weight = 0.0
    if text.startswith("="):
        weight, text = 100.0, text[1:]
    elif found := _PERCENT.match(text):
        weight, text = float(found[1]), text[found.end() :]
    return Weighed(re.sub(r"\\(.)", r"\1", text).strip(), weight)


BUILDERS: Final[dict[str, Callable[[Asked], Made]]] = {
    "multichoice": _multichoice,
    "truefalse": _truefalse,
    "shortanswer": _shortanswer,
    "matching": _matching,
    "ddmatch": _matching,
    "ordering": _ordering,
    "gapselect": _select,
    "ddwtos": _select,
    "cloze": _cloze,
    "multianswer": _cloze,
}
