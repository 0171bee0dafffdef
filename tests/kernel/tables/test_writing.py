"""What we export for a French spreadsheet."""

from __future__ import annotations

import csv
import io
from enum import StrEnum

import pytest

from kernel.tables.writing import csv_lines, csv_text, harmless


def test_a_file_has_its_mark_semicolons_and_ends_of_line_of_windows():
    rows = [("Fichier", "Ligne"), ("a;b", 3), ('dit "bien"', None), ("deux\nlignes", -0.5)]
    assert csv_text(rows) == (
        '\ufeffFichier;Ligne\r\n"a;b";3\r\n"dit ""bien""";\r\n"deux\nlignes";-0,5\r\n'
    )
    assert csv_text([(1.5, True)], decimal=".") == "\ufeff1.5;True\r\n"


@pytest.mark.parametrize(
    "words",
    ["=1+1", "+72", "-1", "@inconnu", "\tx", "\rx", "\nx", "\uff1d1+1", " =1+1", "\u00a0@SUM(A1)"],
)
def test_no_text_begins_as_a_formula(words):
    assert harmless(words) == f"'{words}"
    cells = next(csv.reader(io.StringIO(csv_text([(words, "x")])[1:], newline=""), delimiter=";"))
    assert cells == [f"'{words}", "x"]


def test_harmless_words_stay_as_they_are():
    for words in ("Zoé", "1-1", "a@b.test", "", "12"):
        assert harmless(words) == words


class _Word(StrEnum):
    LIST = "-list"


def test_a_named_value_is_a_text_like_any_other():
    assert csv_text([(_Word.LIST,)]) == "\ufeff'-list\r\n"


def test_a_long_file_comes_line_by_line():
    lines = csv_lines((number,) for number in range(10**9))
    assert [next(lines) for _ in range(3)] == ["\ufeff", "0\r\n", "1\r\n"]
