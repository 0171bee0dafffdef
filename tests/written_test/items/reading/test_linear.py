"""Hostile files cost what their length costs: twice the file, twice the work, never four times.

What is compared is processor time, which others on the machine add little to; what costs the square
of its length takes four times as long, and far more than `NOTHING`.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

import pytest
from packing import entries

from written_test.items.reading.entries import NotTaken
from written_test.items.reading.hypertext import from_html, from_markdown, from_typed
from written_test.items.reading.media import Media
from written_test.questions import markup

HTML = {
    "tags that never end": "<a ",
    "tags": "<a>",
    "quotes that never end": '<a "',
    "quotes": "<a b='\"",
    "attributes": "<a " + "b=c " * 4,
    "comments": "<!-- ",
    "declarations": "<! ",
    "scripts": "<script>",
    "ends": "</a>",
    "paragraphs": "<p>",
    "cells": "<td>",
    "entities": "&amp",
    "ampersands": "&",
    "breaks": "<br>",
    "blanks": " \n",
    "marks": "<u>a</u>",
    "ruby": "<rt>",
    "data": "data:image/png;base64,",
}
TEXTS = {
    "braces": "{",
    "escapes": "\\",
    "answers": "=a ",
    "arrows": "=a->b ",
    "weights": "%5%",
    "comments": "//[id:",
    "titles": "::",
    "formats": "[html]",
    "feedback": "#",
}
CLOZE = {"holes": "{1:SA:", "percents": "{1:MC:%5%", "escapes": "{1:SA:\\", "colons": "{:::"}
SIZE = 20_000
NOTHING = 0.05
"""Seconds."""


def cost(act: Callable[[Any], object], given: Any) -> float:
    """Return the least processor time of three runs, whether or not the file is taken."""
    least = float("inf")
    for _run in range(3):
        begun = time.process_time()
        with contextlib.suppress(NotTaken):
            act(given)
        least = min(least, time.process_time() - begun)
    return least


def grows_with(make: Callable[[int], Any], act: Callable[[Any], object]) -> bool:
    """Tell whether twice the length costs about twice, at one of three looks."""
    short, long = make(SIZE), make(2 * SIZE)
    return any(cost(act, long) < 3 * cost(act, short) + NOTHING for _look in range(3))


def repeated(sign: str, size: int) -> str:
    return (sign * (size // len(sign) + 1))[:size]


@pytest.mark.parametrize("sign", HTML.values(), ids=HTML)
@pytest.mark.parametrize("read", [from_html, from_typed], ids=["html", "typed"])
def test_html_costs_what_its_length_costs(read, sign):
    assert grows_with(lambda size: repeated(sign, size), lambda text: read(text, Media()))


@pytest.mark.parametrize("sign", ["[", "*", "_", "`", "<a ", "![", "> ", "- ", "\\", "](", "**a "])
def test_markdown_costs_what_its_length_costs(sign):
    def made(size: int) -> str:
        return repeated(sign, size // 4)  # what is longer is refused

    assert grows_with(made, lambda text: from_markdown(text, Media()))


@pytest.mark.parametrize("sign", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("around", ["%s", "::q:: x {%s}", "::q::%s{=a ~b}"])
def test_gift_costs_what_its_length_costs(sign, around):
    def made(size: int) -> bytes:
        return (around % repeated(sign, size)).encode()

    assert grows_with(made, lambda data: entries("x.gift", data))


@pytest.mark.parametrize("sign", CLOZE.values(), ids=CLOZE)
def test_cloze_costs_what_its_length_costs(sign):
    def made(size: int) -> bytes:
        words = repeated(sign, size)
        return (
            '<quiz><question type="cloze"><name><text>x</text></name><questiontext format="html">'
            f"<text><![CDATA[{words}]]></text></questiontext></question></quiz>"
        ).encode()

    assert grows_with(made, lambda data: entries("x.xml", data))


def test_nesting_has_an_end():
    (entry,) = entries("x.gift", ("::q::[html]" + "<b>" * 2000 + "x {=a ~b}").encode())
    assert entry.draft is None
    assert entry.refusal.message.startswith("Les éléments du texte sont imbriqués plus de")


@pytest.mark.parametrize("sign", ["<u>", "</u>", "<", "&", "&amp;", "<img "])
def test_what_is_stored_is_checked_in_one_pass(sign):
    assert grows_with(lambda size: repeated(sign, size), markup.faults_of)


def test_a_sign_for_which_the_standard_reader_took_half_a_minute_takes_none():
    data = b"::q::[html]" + b"<a " * 15_000 + b"{=yes ~no}"
    (entry,) = entries("x.gift", data)
    assert entry.draft is None
    assert cost(lambda given: entries("x.gift", given), data) < 3
