"""What is written with the escapes of GIFT, or the signs of a cell, comes back as it was."""

from __future__ import annotations

import csv
import io
import re
from unicodedata import is_normalized

from hypothesis import given
from hypothesis import strategies as st
from packing import body, entries

# Words without the blanks that plain text makes one, without controls, composed as we keep them.
WORD = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Co", "Cf")),
    min_size=1,
    max_size=20,
).filter(
    lambda word: (
        is_normalized("NFC", word) and not any(s in word for s in ("___", "$$", "\\(", "\\["))
    )
)
WORDS = st.lists(WORD, min_size=2, max_size=6, unique=True)


def gift(text: str) -> str:
    return re.sub(r"([~=#{}:\\])", r"\\\1", text)


def cell(text: str) -> str:
    return re.sub(r"([\\|=])", r"\\\1", text)


@given(WORD, WORDS)
def test_gift_gives_back_what_was_written(prompt, words):
    right, *wrong = words
    source = f"::q::[plain] x {gift(prompt)} {{ ={gift(right)} " + " ".join(
        f"~{gift(w)}" for w in wrong
    )
    (entry,) = entries("x.gift", (source + " }").encode())
    question = body(entry)
    assert question.prompt == f"x {prompt}"
    assert [option.text for option in question.options] == words
    assert question.right == question.options[0].key


@given(WORD, WORDS)
def test_a_cell_gives_back_what_was_written(prompt, words):
    made = io.StringIO()
    writer = csv.writer(made, delimiter=";")
    writer.writerow(["code", "kind", "prompt", "options", "answer"])
    writer.writerow(["q", "single", prompt, "|".join(map(cell, words)), cell(words[0])])
    (entry,) = entries("x.csv", made.getvalue().encode())
    question = body(entry)
    assert question.prompt == prompt
    assert [option.text for option in question.options] == words
    assert question.right == question.options[0].key
