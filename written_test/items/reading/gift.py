"""GIFT, Moodle's text format: questions that empty lines part, answers between braces."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kernel.errors import N_
from people.languages import Language
from written_test.items.reading import building, tags
from written_test.items.reading.building import Choice, Written
from written_test.items.reading.entries import (
    MOST_ENTRIES,
    Defaults,
    Entry,
    NotTaken,
    Remark,
    refused,
)
from written_test.items.reading.hypertext import FORMATS, check_length
from written_test.items.reading.instructions import usual
from written_test.items.reading.media import Media
from written_test.items.reading.numbers import Tolerated, number_of, ranges_of
from written_test.items.reading.weights import Weighed, right_ones
from written_test.questions.kinds import Body, Kind

_ESCAPE: Final = re.compile(r"\\([~=#{}:\\n])")
_TITLE: Final = re.compile(r"\s*::(.*?)(?<!\\)::", re.DOTALL)
_FORMAT: Final = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_WEIGHT: Final = re.compile(r"%(-?\d+(?:\.\d+)?)%")
_TAG: Final = re.compile(r"\[(id|tag):((?:\\.|[^\]\\])*)\]")
_TRUE: Final = {"T": True, "TRUE": True, "F": False, "FALSE": False}
MOST_COMMENT: Final = 2_000
TRUTH: Final = {
    Language.EN: ("True", "False"),
    Language.FR: ("Vrai", "Faux"),
    Language.DE: ("Richtig", "Falsch"),
    Language.ES: ("Verdadero", "Falso"),
    Language.IT: ("Vero", "Falso"),
}


@dataclass(frozen=True, slots=True)
class _Block:
    """One question as it stands: its lines without comments, and what comments and category say."""

    line: int
    text: str
    category: str
    said: tuple[tuple[str, str], ...]  # (id or tag, value)


def read(filename: str, text: str, defaults: Defaults) -> list[Entry]:
    """Return the entries of a GIFT file."""
    entries = []
    for block in _blocks(text):
        entries.append(_entry(filename, block, defaults))
        if len(entries) > MOST_ENTRIES:
            raise NotTaken(
                N_("Le fichier compte plus de %(most)s questions : partagez-le."), most=MOST_ENTRIES
            )
    return entries


def looks_like(text: str) -> bool:
    """Tell whether a text has anything of GIFT in it."""
    return "::" in text or 0 <= text.find("{") < text.rfind("}")


def _blocks(text: str) -> Iterator[_Block]:
    category = ""
    lines: list[str] = []
    said: list[tuple[str, str]] = []
    begun = 0
    for number, line in enumerate([*text.splitlines(), ""], 1):
        bare = line.strip()
        if bare.startswith("//"):
            said += _TAG.findall(bare[:MOST_COMMENT])
        elif bare.upper().startswith("$CATEGORY:"):
            category = bare.partition(":")[2].strip()
        elif bare:
            begun = begun or number
            lines.append(line)
        elif lines:
            yield _Block(begun, "\n".join(lines), category, tuple(said))
            lines, said, begun = [], [], 0


def _entry(filename: str, block: _Block, defaults: Defaults) -> Entry:
    text, title = block.text, ""
    named = _TITLE.match(text[:MOST_COMMENT])
    if named:
        title, text = literal(named[1]), text[named.end() :]
    ids = [literal(value) for what, value in block.said if what == "id"]
    code = (ids[-1] if ids else title)[:120] or f"gift-{_digest(text)}"
    try:
        check_length(text)
        media = Media(_elsewhere)
        body, notes = _body(text, defaults.language, media)
        tagged = tags.read_tags(
            [block.category, *(literal(value) for what, value in block.said if what == "tag")]
        )
        draft = tags.draft(code, body, tagged, defaults, media)
    except NotTaken as error:
        return refused(filename, code, error, block.line)
    return Entry(filename, block.line, draft.code, draft, notes=(*notes, *media.notes))


def _elsewhere(address: str) -> bytes:
    raise NotTaken(
        N_("« %(name)s » est hors du fichier : rien n'est cherché ailleurs."), name=address[:200]
    )


def _digest(text: str) -> str:
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:10]


def literal(text: str) -> str:
    r"""Return a text without its escapes: `\=` is a sign, `\n` the end of a line."""
    return _ESCAPE.sub(lambda escape: "\n" if escape[1] == "n" else escape[1], text).strip()


@dataclass(frozen=True, slots=True)
class _Words:
    """How the words of a question are read: its format, where it says one, and its media."""

    form: str
    media: Media

    def shown(self, text: str) -> str:
        """Return the rich text of words that may begin with a format of their own."""
        given = _FORMAT.match(text)
        form = given[1].lower() if given else self.form
        bare = literal(text[given.end() :] if given else text)
        return FORMATS[form](bare, self.media, sounds=False)


def _split(text: str) -> tuple[str, str, str]:
    """Return what stands before the braces, within, and after. Raise NotTaken."""
    opened, closed = _find(text, "{"), _find(text, "}")
    if opened < 0:
        raise NotTaken(N_("La question n'a pas de réponses entre accolades."))
    if closed < opened or _find(text[opened + 1 : closed], "{") >= 0:
        raise NotTaken(N_("Les accolades de la question ne vont pas par paires."))
    after = text[closed + 1 :]
    if _find(after, "{") >= 0 or _find(after, "}") >= 0:
        raise NotTaken(N_("La question a plusieurs groupes d'accolades."))
    return text[:opened], text[opened + 1 : closed], after


def _find(text: str, sign: str) -> int:
    """Return where a sign stands that no backslash precedes, or -1."""
    place = 0
    while place < len(text):
        if text[place] == "\\":
            place += 2
            continue
        if text[place] == sign:
            return place
        place += 1
    return -1


def _body(text: str, language: Language, media: Media) -> tuple[Body, tuple[Remark, ...]]:
    before, within, after = _split(text)
    form = "moodle"  # as Moodle reads what says nothing: HTML is HTML, and line ends count
    given = _FORMAT.match(before)
    if given:
        form, before = given[1].lower(), before[given.end() :]
    within = re.split(r"(?<!\\)####", within)[0].strip()
    words = _Words(form, media)
    asked = _Asked(words.shown(before), words.shown(after), language)
    if not within:
        raise NotTaken(N_("Une réponse rédigée (accolades vides) n'est pas prise en charge."))
    if within.startswith("#"):
        return _counted(asked, within[1:].strip())
    truth = _TRUE.get(re.split(r"(?<!\\)#", within)[0].strip().upper())
    if truth is not None:
        said = TRUTH[language]
        options = [Choice(said[0], truth), Choice(said[1], not truth)]
        return building.choice(asked.joined, options, several=False, shuffle=False), ()
    answers = [_answer(sign, answer) for sign, answer in _answers(within)]
    if len(answers) > 1 and all(sign == "=" and "->" in weighed.text for sign, weighed in answers):
        return _matching(asked, answers, words), ()
    if all(sign == "=" for sign, _one in answers):
        return _written(asked, [weighed for _sign, weighed in answers])
    return _chosen(
        asked, [Weighed(words.shown(weighed.text), weighed.weight) for _sign, weighed in answers]
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What stands before the braces and after them, as rich texts."""

    stem: str
    rest: str
    language: Language

    @property
    def joined(self) -> str:
        return f"{self.stem} {self.rest}".strip()


def _counted(asked: _Asked, within: str) -> tuple[Body, tuple[Remark, ...]]:
    """Return the question whose answer is a number: `3.14:0.01`, `1..5`, or several by weight."""
    if within[:1] in ("=", "~"):
        answers = [_answer(sign, answer) for sign, answer in _answers(within)]
    else:
        answers = [("=", Weighed(re.split(r"(?<!\\)#", within)[0], 100.0))]
    written, notes = ranges_of(
        [_tolerated(literal(weighed.text), weighed.weight) for _s, weighed in answers]
    )
    return _in_gap(asked, written), notes


def _tolerated(text: str, weight: float) -> Tolerated:
    low, dots, high = text.partition("..")
    if dots:
        least, most = number_of(low), number_of(high)
        return Tolerated(f"{(least + most) / 2:f}", f"{(most - least) / 2:f}", weight)
    value, _, tolerance = text.partition(":")
    return Tolerated(value.strip(), tolerance.strip() or "0", weight)


def _answers(within: str) -> Iterator[tuple[str, str]]:
    """Yield each answer with its sign, feedback left out."""
    if within[0] not in "=~":
        raise NotTaken(N_("Les réponses ne commencent pas par = ou ~."))
    begun = 0
    place = 1
    while place <= len(within):
        if place == len(within) or within[place] in "=~":
            words = within[begun + 1 : place]
            yield within[begun], words[:cut] if (cut := _find(words, "#")) >= 0 else words
            begun = place
        place += 2 if place < len(within) and within[place] == "\\" else 1


def _answer(sign: str, words: str) -> tuple[str, Weighed]:
    words = words.strip()
    given = _WEIGHT.match(words)
    if given:
        return sign, Weighed(words[given.end() :], float(given[1]))
    return sign, Weighed(words, 100.0 if sign == "=" else 0.0)


def _matching(asked: _Asked, answers: list[tuple[str, Weighed]], words: _Words) -> Body:
    pairs, extra = [], []
    for _sign, weighed in answers:
        left, right = (words.shown(side) for side in weighed.text.split("->", maxsplit=1))
        if left:
            pairs.append((left, right))
        else:
            extra.append(right)
    prompt = asked.joined or usual(asked.language, Kind.MATCHING)
    return building.matching(prompt, pairs, extra)


def without_joker(answers: list[Weighed]) -> tuple[list[Weighed], tuple[Remark, ...]]:
    """Leave aside the answers with `*`, which stands for anything in Moodle."""
    kept, notes = [], []
    for weighed in answers:
        if re.search(r"(?<!\\)\*", weighed.text):
            if weighed.weight > 0:
                notes.append(
                    Remark(
                        N_("La réponse « %(text)s » contient un joker (*) : elle est laissée."),
                        {"text": weighed.text[:80]},
                    )
                )
        else:
            kept.append(Weighed(weighed.text.replace("\\*", "*"), weighed.weight))
    if notes and not any(weighed.weight > 0 for weighed in kept):
        raise NotTaken(
            N_("La réponse « %(text)s » contient un joker (*), qui n'est pas pris en charge."),
            text=notes[0].params["text"],
        )
    return kept, tuple(notes)


def _written(asked: _Asked, answers: list[Weighed]) -> tuple[Body, tuple[Remark, ...]]:
    said = [Weighed(_typed(weighed.text), weighed.weight) for weighed in answers]
    kept, left = without_joker(said)
    right, notes = right_ones(kept, several=True)
    judged = list(zip(kept, right, strict=True))
    accepted = [weighed.text for weighed, is_right in judged if is_right]
    wrong = [weighed.text for weighed, is_right in judged if not is_right]
    return _in_gap(asked, Written(accepted, wrong)), left + notes


def _typed(text: str) -> str:
    """Return an answer that is written: plain words, whatever the format of its question."""
    given = _FORMAT.match(text)
    return literal(text[given.end() :] if given else text)


def _in_gap(asked: _Asked, written: Written) -> Body:
    if asked.rest:
        prompt = usual(asked.language, Kind.GAP_FREE)
        return building.gap_free(prompt, _around(asked), [written])
    return building.gap_free(asked.stem, "[[1]]", [written])


def _chosen(asked: _Asked, answers: list[Weighed]) -> tuple[Body, tuple[Remark, ...]]:
    several = not any(weighed.weight >= 100 for weighed in answers)
    right, notes = right_ones(answers, several=several)
    options = [
        Choice(weighed.text, is_right) for weighed, is_right in zip(answers, right, strict=True)
    ]
    if asked.rest and not several:
        prompt = usual(asked.language, Kind.GAP_CHOICE)
        return building.gap_choice(prompt, _around(asked), [options]), notes
    return building.choice(asked.joined, options, several=several), notes


def _around(asked: _Asked) -> str:
    joint = "" if asked.rest[:1] in ".,;:!?)’'" else " "
    return f"{asked.stem} [[1]]{joint}{asked.rest}".strip()
