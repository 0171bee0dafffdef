"""Moodle's kinds of question, each made one of ours."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Final, TypeAlias

from kernel.errors import N_
from people.languages import Language
from written_test.items.reading import building
from written_test.items.reading.building import Choice, Written
from written_test.items.reading.entries import NotTaken, Remark
from written_test.items.reading.gift import TRUTH, without_joker
from written_test.items.reading.instructions import usual
from written_test.items.reading.moodle_texts import Asked, text_of
from written_test.items.reading.numbers import Tolerated, ranges_of
from written_test.items.reading.weights import Weighed, right_ones
from written_test.items.reading.wording import MOST_SHORT
from written_test.items.reading.xml import Element, line_of
from written_test.questions import markup
from written_test.questions.kinds import GAP, Body, Kind

Made: TypeAlias = tuple[Body, tuple[Remark, ...]]


def _weight(answer: Element) -> float:
    try:
        return float(answer.get("fraction") or 0)
    except ValueError:
        return 0.0


def _weighed(asked: Asked) -> list[Weighed]:
    """Return the answers that are shown, as rich texts."""
    return [
        Weighed(asked.words(answer), _weight(answer)) for answer in asked.element.iterfind("answer")
    ]


def _typed(asked: Asked) -> list[Weighed]:
    """Return the answers that are written, as they are."""
    return [
        Weighed(text_of(answer), _weight(answer)) for answer in asked.element.iterfind("answer")
    ]


def _yes(element: Element, name: str, *, usual: bool) -> bool:
    said = (element.findtext(name) or "").strip().lower()
    return said in ("1", "true") if said in ("0", "1", "true", "false") else usual


def _multichoice(asked: Asked) -> Made:
    several = (asked.element.findtext("single") or "true").strip() in ("false", "0")
    answers = _weighed(asked)
    right, notes = right_ones(answers, several=several)
    options = [
        Choice(weighed.text, is_right) for weighed, is_right in zip(answers, right, strict=True)
    ]
    shuffle = _yes(asked.element, "shuffleanswers", usual=True)
    return building.choice(asked.text, options, several=several, shuffle=shuffle), notes


def _truefalse(asked: Asked) -> Made:
    truth = {weighed.text.casefold(): weighed.weight >= 99 for weighed in _typed(asked)}
    if not truth.get("true") and not truth.get("false"):
        raise NotTaken(N_("Aucune réponse n'est donnée comme juste."))
    words = TRUTH[asked.language]
    options = [
        Choice(words[0], bool(truth.get("true"))),
        Choice(words[1], bool(truth.get("false"))),
    ]
    return building.choice(asked.text, options, several=False, shuffle=False), ()


def _shortanswer(asked: Asked) -> Made:
    answers, left = without_joker(_typed(asked))
    right, notes = right_ones(answers, several=False)
    case = _yes(asked.element, "usecase", usual=False)
    return _gap(asked, written_of(answers, right, case=case)), left + notes


def written_of(answers: list[Weighed], right: list[bool], *, case: bool) -> Written:
    """Return what is accepted of weighed answers, and what their file calls wrong."""
    judged = list(zip(answers, right, strict=True))
    return Written(
        [answer.text for answer, is_right in judged if is_right],
        [answer.text for answer, is_right in judged if not is_right],
        case,
    )


def _gap(asked: Asked, written: Written) -> Body:
    text, count = building.number_blanks(asked.text)
    if not count:
        return building.gap_free(asked.text, "[[1]]", [written])
    if count > 1:
        raise NotTaken(N_("Le texte a plusieurs trous pour une seule réponse."))
    prompt = usual(asked.language, Kind.GAP_FREE)
    return building.gap_free(prompt, text, [written])


def _numerical(asked: Asked) -> Made:
    units = asked.element.find("units")
    shown = (asked.element.findtext("showunits") or "3").strip()
    if units is not None and len(units) and shown != "3":
        raise NotTaken(
            N_("Une réponse en nombre avec son unité n'est pas prise en charge."),
            line=line_of(units),
        )
    answers = [
        Tolerated(
            text_of(answer), (answer.findtext("tolerance") or "0").strip() or "0", _weight(answer)
        )
        for answer in asked.element.iterfind("answer")
    ]
    written, notes = ranges_of(answers)
    return _gap(asked, written), notes


def _matching(asked: Asked) -> Made:
    pairs, extra = [], []
    for pair in asked.element.iterfind("subquestion"):
        left, right = asked.words(pair), asked.words(pair.find("answer"))
        if left:
            pairs.append((left, right))
        elif right:
            extra.append(right)
    prompt = asked.text or usual(asked.language, Kind.MATCHING)
    return building.matching(prompt, pairs, extra), ()


def _ordering(asked: Asked) -> Made:
    answers = sorted(_weighed(asked), key=lambda weighed: weighed.weight)
    prompt = asked.text or usual(asked.language, Kind.ORDERING)
    return building.ordering(prompt, [weighed.text for weighed in answers]), ()


def _select(asked: Asked) -> Made:
    """Gaps `[[2]]` name the second of the choices; each is offered all of its group."""
    boxes = [
        (asked.words(box), (box.findtext("group") or "1").strip())
        for name in ("selectoption", "dragbox")
        for box in asked.element.iterfind(name)
    ]
    gaps = []
    for name in GAP.findall(asked.text):
        place = int(name) - 1 if name.isascii() and name.isdigit() and len(name) < 4 else -1
        if not 0 <= place < len(boxes):
            raise NotTaken(N_("Le trou « %(name)s » n'a pas de réponse."), name=name)
        word, group = boxes[place]
        texts = dict.fromkeys(text for text, its_group in boxes if its_group == group)
        gaps.append([Choice(text, text == word) for text in texts])
    prompt, text = _head(asked.text, asked.language, Kind.GAP_CHOICE)
    numbers = iter(range(1, len(gaps) + 1))
    text = GAP.sub(lambda _found: f"[[{next(numbers)}]]", text)
    shuffle = _yes(asked.element, "shuffleanswers", usual=True)
    return building.gap_choice(prompt, text, gaps, shuffle=shuffle), ()


def _head(text: str, language: Language, kind: Kind) -> tuple[str, str]:
    """Return the first paragraph as the prompt if it has no gap, and the rest; else the usual."""
    first, _, rest = text.partition("\n\n")
    if rest.strip() and not GAP.search(first) and len(markup.bare(first)) <= MOST_SHORT:
        return first, rest
    return usual(language, kind), text


_HOLE: Final = re.compile(r"\{\d*:([A-Za-z_]+):")
_WITHIN: Final = re.compile(r"((?:\\.|[^\\{}])*+)\}", re.DOTALL)
_CHOOSE: Final = frozenset(
    f"{name}{way}" for name in ("MULTICHOICE", "MC") for way in ("", "_H", "_V", "H", "V", "_HS")
) | {"MCS", "MULTICHOICE_S", "MCHS", "MCVS", "MULTICHOICE_VS"}
_WRITE: Final = frozenset(("SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"))
_COUNT: Final = frozenset(("NUMERICAL", "NM"))
_SUB: Final = re.compile(r"(?<!\\)~")
_PERCENT: Final = re.compile(r"%(-?\d+(?:\.\d+)?)%")


def _cloze(asked: Asked) -> Made:
    """Return the text with its holes; all of them are to choose, or all to write."""
    if GAP.search(asked.text):
        raise NotTaken(N_("Le texte contient [[…]], qui marque un trou d'une autre sorte."))
    text, holes = _holes(asked.text)
    choose = {name in _CHOOSE for name, _answers in holes}
    if len(choose) > 1:
        raise NotTaken(N_("Des trous à choisir et des trous à écrire dans une même question."))
    kind = Kind.GAP_FREE if choose == {False} else Kind.GAP_CHOICE
    prompt, text = _head(text, asked.language, kind)
    notes: tuple[Remark, ...] = ()
    if kind is Kind.GAP_FREE:
        gaps = []
        for name, answers in holes:
            written, said = _cloze_written(name, answers)
            gaps.append(written)
            notes += said
        return building.gap_free(prompt, text, gaps), notes
    judged = []
    for _name, answers in holes:
        right, said = right_ones(answers, several=False)
        judged.append(
            [Choice(weighed.text, yes) for weighed, yes in zip(answers, right, strict=True)]
        )
        notes += said
    shuffle = [name.endswith("S") for name, _answers in holes]
    return building.gap_choice(prompt, text, judged, shuffle=shuffle), notes


def _holes(text: str) -> tuple[str, list[tuple[str, list[Weighed]]]]:
    """Return a text whose holes became [[1]], [[2]]…, and each with its answers. Raise NotTaken."""
    pieces = []
    holes: list[tuple[str, list[Weighed]]] = []
    place = 0
    while hole := _HOLE.search(text, place):
        within = _WITHIN.match(text, hole.end())
        if hole[1] not in _CHOOSE | _WRITE | _COUNT or within is None:
            raise _unknown_hole(hole[1])
        answers = [_cloze_answer(part) for part in _SUB.split(within[1]) if part.strip()]
        holes.append((hole[1], answers))
        pieces += [text[place : hole.start()], f"[[{len(holes)}]]"]
        place = within.end()
    return "".join((*pieces, text[place:])), holes


def _unknown_hole(name: str) -> NotTaken:
    return NotTaken(N_("Le trou de type « %(kind)s » n'est pas pris en charge."), kind=name[:40])


def _cloze_written(name: str, answers: list[Weighed]) -> tuple[Written, tuple[Remark, ...]]:
    typed = [Weighed(html.unescape(answer.text), answer.weight) for answer in answers]
    if name in _COUNT:
        counted = []
        for answer in typed:
            value, _, tolerance = answer.text.partition(":")
            counted.append(Tolerated(value.strip(), tolerance.strip() or "0", answer.weight))
        return ranges_of(counted)
    kept, left = without_joker(typed)
    right, notes = right_ones(kept, several=False)
    return written_of(kept, right, case=name.endswith("C")), left + notes


def _cloze_answer(text: str) -> Weighed:
    text = re.split(r"(?<!\\)#", text.strip())[0]
    weight = 0.0
    if text.startswith("="):
        weight, text = 100.0, text[1:]
    elif percent := _PERCENT.match(text):
        weight, text = float(percent[1]), text[percent.end() :]
    return Weighed(re.sub(r"\\(.)", r"\1", text).strip(), weight)


BUILDERS: Final[dict[str, Callable[[Asked], Made]]] = {
    "multichoice": _multichoice,
    "truefalse": _truefalse,
    "shortanswer": _shortanswer,
    "numerical": _numerical,
    "matching": _matching,
    "ddmatch": _matching,
    "ordering": _ordering,
    "gapselect": _select,
    "ddwtos": _select,
    "cloze": _cloze,
    "multianswer": _cloze,
}
