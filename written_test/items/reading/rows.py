"""The cells of a question of a table, made into its body.

Options are parted by `|`, gaps by `||`, sides of a pair by `=`; a backslash before any of them
makes it a plain sign.
"""

from __future__ import annotations

import re
from typing import Final

from kernel.errors import N_
from people.languages import Language
from written_test.items.reading import building
from written_test.items.reading.building import AskedOfText, Choice, Written
from written_test.items.reading.entries import NotTaken
from written_test.items.reading.hypertext import from_lines
from written_test.items.reading.instructions import usual
from written_test.questions.kinds import GAP, Body, Kind

_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


def parts(text: str, sign: str) -> list[str]:
    r"""Return what stands between the signs that no backslash precedes; nothing for no text.

    >>> parts(r"a | b\|c", "|")
    ['a', 'b\\|c']
    """
    if not text.strip():
        return []
    cut, begun, place = [], 0, 0
    while place < len(text):
        if text[place] == "\\":
            place += 2
        elif text.startswith(sign, place):
            cut.append(text[begun:place])
            place += len(sign)
            begun = place
        else:
            place += 1
    return [part.strip() for part in (*cut, text[begun:])]


def literal(text: str) -> str:
    """Return a text without the backslashes that protected its signs."""
    return _ESCAPED.sub(r"\1", text).strip()


def choices(options: str, answer: str) -> list[Choice]:
    """Return the options of a cell; `answer` names the right ones by text, number or letter."""
    texts = [literal(part) for part in parts(options, "|")]
    right = {_meant(literal(part), texts) for part in parts(answer, "|") if part}
    if not right:
        raise NotTaken(N_("La bonne réponse manque."))
    return [Choice(from_lines(text), place in right) for place, text in enumerate(texts)]


def _meant(answer: str, texts: list[str]) -> int:
    if answer in texts:
        return texts.index(answer)
    place = -1
    if answer.isascii() and answer.isdigit() and len(answer) < 4:
        place = int(answer) - 1
    elif len(answer) == 1 and answer.isascii() and answer.isalpha():
        place = ord(answer.lower()) - ord("a")
    if not 0 <= place < len(texts):
        raise NotTaken(
            N_("La réponse « %(answer)s » n'est aucune des réponses au choix."), answer=answer[:80]
        )
    return place


def _text_with_gaps(cells: dict[str, str]) -> tuple[str, list[str]]:
    """Return the text with its gaps numbered in order, and the names that the file gave them."""
    given = from_lines(cells.get("text", ""))
    names = GAP.findall(given)
    if not names:
        text, count = building.number_blanks(given)
        return text, [str(number) for number in range(1, count + 1)]
    numbers = iter(range(1, len(names) + 1))
    return GAP.sub(lambda _found: f"[[{next(numbers)}]]", given), names


def _per_gap(cell: str, count: int) -> list[str]:
    cells = parts(cell, "||")
    if len(cells) != count:
        raise NotTaken(
            N_("Le texte a %(count)s trous, et %(given)s réponses ou listes sont données."),
            count=count,
            given=len(cells),
        )
    return cells


def body_of(
    kind: Kind, rows: list[dict[str, str]], language: Language, *, shuffle: bool = True
) -> Body:
    """Return the question of these rows; only a reading text has more than one. Raise NotTaken."""
    cells = rows[0]
    passage = from_lines(cells.get("passage", ""))
    options, answer = cells.get("options", ""), cells.get("answer", "")
    prompt = from_lines(cells.get("prompt", ""))
    if kind in (Kind.SINGLE, Kind.MULTIPLE):
        prompt = prompt or from_lines(cells.get("question", ""))
        offered = choices(options, answer)
        several = kind is Kind.MULTIPLE
        return building.choice(prompt, offered, several=several, passage=passage, shuffle=shuffle)
    prompt = prompt or usual(language, kind)
    if kind is Kind.ORDERING:
        elements = [from_lines(literal(part)) for part in parts(options, "|")]
        return building.ordering(prompt, elements, passage=passage)
    if kind is Kind.MATCHING:
        return _matching(prompt, options, passage)
    if kind is Kind.READING:
        asked = [
            AskedOfText(
                from_lines(row.get("question", "")),
                offered := choices(row.get("options", ""), row.get("answer", "")),
                sum(choice.right for choice in offered) > 1,
                shuffle,
            )
            for row in rows
        ]
        passage = passage or from_lines(cells.get("text", ""))
        return building.reading(prompt, cells.get("title", ""), passage, asked)
    text, names = _text_with_gaps(cells)
    answers = _per_gap(answer, len(names))
    if kind is Kind.GAP_FREE:
        accepted = [Written([literal(part) for part in parts(given, "|")]) for given in answers]
        return building.gap_free(prompt, text, accepted, passage=passage)
    lists = _per_gap(options, len(names))
    gaps = [choices(list_, given) for list_, given in zip(lists, answers, strict=True)]
    return building.gap_choice(prompt, text, gaps, passage=passage, shuffle=shuffle)


def _matching(prompt: str, options: str, passage: str) -> Body:
    pairs, extra = [], []
    for pair in parts(options, "|"):
        sides = parts(pair, "=")
        if len(sides) != 2:
            raise NotTaken(
                N_("« %(text)s » n'est pas une paire : écrivez gauche=droite."), text=pair[:80]
            )
        left, right = (from_lines(literal(side)) for side in sides)
        if left:
            pairs.append((left, right))
        else:
            extra.append(right)
    return building.matching(prompt, pairs, extra, passage=passage)
