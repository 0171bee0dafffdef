"""Aiken: a question a few lines, its options `A.` or `A)`, and a line `ANSWER: B`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from kernel.errors import N_
from written_test.items.reading import building, tags
from written_test.items.reading.building import Choice
from written_test.items.reading.entries import MOST_ENTRIES, Defaults, Entry, NotTaken, refused
from written_test.items.reading.hypertext import from_lines
from written_test.items.reading.tags import Tags

_OPTION: Final = re.compile(r"([A-Z])[.)][ \t]+(.*\S.*)")
_ANSWER: Final = re.compile(r"ANSWER:[ \t]*([A-Z]?)[ \t]*", re.IGNORECASE)


@dataclass
class _Block:
    """One question as it stands."""

    line: int
    asked: list[str] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    answer: str = ""
    fault: NotTaken | None = None


def looks_like(text: str) -> bool:
    """Tell whether a text has what only Aiken has: a line that gives the answer."""
    lines = [line.strip() for line in text.splitlines()]
    answers = any(_ANSWER.fullmatch(line) for line in lines)
    return answers and any(_OPTION.fullmatch(line) for line in lines)


def read(filename: str, text: str, defaults: Defaults) -> list[Entry]:
    """Return the entries of an Aiken file."""
    entries = []
    for block in _blocks(text):
        entries.append(_entry(filename, block, defaults))
        if len(entries) > MOST_ENTRIES:
            raise NotTaken(
                N_("Le fichier compte plus de %(most)s questions : partagez-le."), most=MOST_ENTRIES
            )
    return entries


def _blocks(text: str) -> Iterator[_Block]:
    block: _Block | None = None
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if not bare:
            continue
        block = block or _Block(number)
        if answer := _ANSWER.fullmatch(bare):
            block.answer = answer[1].upper()
            yield block
            block = None
        elif option := _OPTION.fullmatch(bare):
            _option(block, option[1], option[2], number)
        elif block.options and block.fault is None:
            block.fault = NotTaken(
                N_("Cette ligne n'est ni une réponse au choix ni ANSWER: %(text)s."),
                line=number,
                text=bare[:80],
            )
        elif not block.options:
            block.asked.append(line)
    if block is not None:
        block.fault = block.fault or NotTaken(N_("La ligne ANSWER: manque."), line=block.line)
        yield block


def _option(block: _Block, letter: str, words: str, line: int) -> None:
    if letter in block.options and block.fault is None:
        block.fault = NotTaken(
            N_("La réponse %(letter)s s'y trouve deux fois."), line=line, letter=letter
        )
    block.options[letter] = words


def _entry(filename: str, block: _Block, defaults: Defaults) -> Entry:
    said = "\n".join((*block.asked, *block.options.values()))
    code = f"aiken-{hashlib.sha256(' '.join(said.split()).encode()).hexdigest()[:10]}"
    try:
        if block.fault is not None:
            raise block.fault
        if block.answer not in block.options:
            raise NotTaken(
                N_("La réponse « %(answer)s » n'est aucune des réponses au choix."),
                answer=block.answer,
            )
        options = [
            Choice(from_lines(words), letter == block.answer)
            for letter, words in block.options.items()
        ]
        body = building.choice(from_lines("\n".join(block.asked)), options, several=False)
        draft = tags.draft(code, body, Tags(), defaults)
    except NotTaken as error:
        return refused(filename, code, error, block.line)
    return Entry(filename, block.line, draft.code, draft)
