"""Hostile files cost what their length costs: twice the file, twice the work, never four times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from growth import grows_in_step
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
MOST = 40_000


def grows_with(make: Callable[[int], Any], act: Callable[[Any], object]) -> bool:
    return grows_in_step(act, make, most=MOST, refusal=NotTaken)


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


def test_a_sign_for_which_the_standard_reader_took_half_a_minute_costs_what_its_length_costs():
    def made(size: int) -> bytes:
        return b"::q::[html]" + repeated("<a ", size).encode() + b"{=yes ~no}"

    (entry,) = entries("x.gift", made(MOST))
    assert entry.draft is None
    assert grows_with(made, lambda data: entries("x.gift", data))
