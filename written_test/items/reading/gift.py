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
from written_test.items.reading.building import Choice
from written_test.items.reading.entries import (
    MOST_ENTRIES,
    Defaults,
    Entry,
    NotTaken,
    Remark,
    refused,
)
from written_test.items.reading.plain_text import check_length, from_html, from_lines
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
        body, notes = _body(text, defaults.language)
        found = tags.read_tags(
            [block.category, *(literal(value) for what, value in block.said if what == "tag")]
        )
        draft = tags.draft(code, body, found, defaults)
    except NotTaken as error:
        return refused(filename, code, error, block.line)
    return Entry(filename, block.line, draft.code, draft, notes=notes)


def _digest(text: str) -> str:
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:10]


def literal(text: str) -> str:
    r"""Return a text without its escapes: `\=` is a sign, `\n` the end of a line."""
    return _ESCAPE.sub(lambda one: "\n" if one[1] == "n" else one[1], text).strip()


def _shown(text: str, form: str) -> str:
    plain = literal(text)
    return from_html(plain)[0] if form == "html" else from_lines(plain)


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


def _body(text: str, language: Language) -> tuple[Body, tuple[Remark, ...]]:
    before, within, after = _split(text)
    form = ""
    given = _FORMAT.match(before)
    if given:
        form, before = given[1].lower(), before[given.end() :]
    within = re.split(r"(?<!\\)####", within)[0].strip()
    stem, rest = _shown(before, form), _shown(after, form)
    _check_answers(within)
    truth = _TRUE.get(re.split(r"(?<!\\)#", within)[0].strip().upper())
    if truth is not None:
        words = TRUTH[language]
        options = [Choice(words[0], truth), Choice(words[1], not truth)]
        return building.choice(f"{stem} {rest}".strip(), options, several=False), ()
    answers = [_answer(sign, words) for sign, words in _answers(within)]
    if all("->" in one.text for _sign, one in answers):
        return _matching(stem, rest, answers, form, language), ()
    clean = [(sign, Weighed(_shown(one.text, form), one.weight)) for sign, one in answers]
    if all(sign == "=" for sign, _one in clean):
        return _written(stem, rest, [one for _sign, one in clean], language)
    return _chosen(stem, rest, [one for _sign, one in clean], language)


def _check_answers(within: str) -> None:
    if not within:
        raise NotTaken(N_("Une réponse rédigée (accolades vides) n'est pas prise en charge."))
    if within.startswith("#"):
        raise NotTaken(N_("Une question numérique n'est pas prise en charge."))


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


def _matching(
    stem: str, rest: str, answers: list[tuple[str, Weighed]], form: str, language: Language
) -> Body:
    pairs, extra = [], []
    for _sign, one in answers:
        left, right = (_shown(side, form) for side in one.text.split("->", maxsplit=1))
        if left:
            pairs.append((left, right))
        else:
            extra.append(right)
    prompt = f"{stem} {rest}".strip() or building.usual(language, Kind.MATCHING)
    return building.matching(prompt, pairs, extra)


def _written(
    stem: str, rest: str, answers: list[Weighed], language: Language
) -> tuple[Body, tuple[Remark, ...]]:
    right, notes = right_ones(answers, several=True)
    accepted = [one.text for one, is_right in zip(answers, right, strict=True) if is_right]
    if rest:
        prompt = building.usual(language, Kind.GAP_FREE)
        return building.gap_free(prompt, _around(stem, rest), [accepted]), notes
    return building.gap_free(stem, "[[1]]", [accepted]), notes


def _chosen(
    stem: str, rest: str, answers: list[Weighed], language: Language
) -> tuple[Body, tuple[Remark, ...]]:
    several = not any(one.weight >= 100 for one in answers)
    right, notes = right_ones(answers, several=several)
    options = [Choice(one.text, is_right) for one, is_right in zip(answers, right, strict=True)]
    if rest and not several:
        prompt = building.usual(language, Kind.GAP_CHOICE)
        return building.gap_choice(prompt, _around(stem, rest), [options]), notes
    return building.choice(f"{stem} {rest}".strip(), options, several=several), notes


def _around(stem: str, rest: str) -> str:
    joint = "" if rest[:1] in ".,;:!?)’'" else " "
    return f"{stem} [[1]]{joint}{rest}".strip()
