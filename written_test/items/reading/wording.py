"""What the words of a question must be: there, short enough, without formulas; and how kept."""

from __future__ import annotations

import html
from typing import Any, Final

from pydantic import BaseModel

from kernel.errors import N_
from written_test.items.reading.entries import NotTaken
from written_test.questions import markup
from written_test.questions.kinds import MOST_TEXT, Body, read_body, shown_texts, write_body

MOST_SHORT: Final = 600
_FORMULAS: Final = (("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$"), ("[tex]", "[/tex]"))
_COMMANDS: Final = ("\\frac{", "\\sqrt{", "\\begin{")


def check_formulas(body: Body) -> None:
    """Raise NotTaken where a text holds TeX, which a page would show as it is written."""
    for text in shown_texts(body):
        for opens, closes in _FORMULAS:
            begun = text.find(opens)
            if 0 <= begun < text.rfind(closes) - len(opens):
                raise _formula(text[begun : begun + 40])
        for command in _COMMANDS:
            if (begun := text.find(command)) >= 0:
                raise _formula(text[begun : begun + 40])


def _formula(start: str) -> NotTaken:
    return NotTaken(
        N_("« %(start)s » est une formule (TeX), ce qui n'est pas pris en charge."), start=start
    )


def settled(body: Body) -> Body:
    """Return a question of rich texts as it is kept: in plain words unless something is marked.

    Raises:
        ValueError: what is marked is not well formed.
    """
    if any(markup.has_marks(text) for text in shown_texts(body)):
        return read_body({**write_body(body), "markup": "html"})
    if any("&" in text for text in shown_texts(body)):
        return read_body(_plain_values(body))
    return body


def _plain_values(thing: BaseModel) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in thing:
        if isinstance(value, str) and name in ("prompt", "passage", "text"):
            values[name] = html.unescape(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            values[name] = [_plain_values(part) for part in value]
        else:
            values[name] = value
    return values


def short(text: str, missing: str) -> str:
    """Return a text that must be there and short. Raise NotTaken, `missing` when it is not."""
    text = text.strip()
    shown = markup.bare(text)
    if not shown and "<img" not in text:
        raise NotTaken(missing)
    if len(shown) > MOST_SHORT:
        raise NotTaken(
            N_("« %(start)s… » compte %(count)s caractères ; au plus %(most)s tiennent ici."),
            start=shown[:40],
            count=len(shown),
            most=MOST_SHORT,
        )
    return text


def prompt_of(text: str) -> str:
    """Return what is asked. Raise NotTaken."""
    return short(text, N_("La question n'a pas d'énoncé."))


def asked(prompt: str, passage: str) -> tuple[str, str]:
    """Return what is asked and what is to be read above: all but the end of what is too long."""
    parts = markup.paragraphs(prompt)
    if len(parts) > 1 and len(markup.bare(prompt)) > MOST_SHORT and not passage:
        return prompt_of(parts[-1]), long("\n\n".join(parts[:-1]))
    return prompt_of(prompt), long(passage)


def long(text: str) -> str:
    """Return a text to read, which may be long. Raise NotTaken."""
    if len(text) > MOST_TEXT:
        raise NotTaken(
            N_("Le texte compte %(count)s caractères ; au plus %(most)s tiennent ici."),
            count=len(text),
            most=MOST_TEXT,
        )
    return text
