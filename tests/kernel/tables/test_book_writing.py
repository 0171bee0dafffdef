"""Workbooks that we write, read by another library and by our own reading."""

from __future__ import annotations

import io

from openpyxl import load_workbook

from kernel.tables import opening
from kernel.tables.book_writing import Sheet, workbook
from kernel.tables.table import Choices, text

LINES = [("Titre", "Texte"), ("=1+1", "deux\nlignes"), (" 007 ", "A & B < « C »\x0b")]


def test_another_library_reads_the_texts_as_texts():
    book = load_workbook(
        io.BytesIO(workbook([Sheet("Un", (10, 30), LINES), Sheet("Ça", (9,), [])]))
    )
    assert book.sheetnames == ["Un", "Ça"]
    rows = [[(cell.value, cell.data_type) for cell in row] for row in book["Un"].iter_rows()]
    assert rows == [
        [("Titre", "s"), ("Texte", "s")],
        [("=1+1", "s"), ("deux\nlignes", "s")],
        [(" 007 ", "s"), ("A & B < « C »", "s")],
    ]
    assert book["Un"]["B2"].alignment.wrap_text is True
    assert book["Un"]["A1"].font.bold is True
    assert (book["Un"].freeze_panes, book["Un"].column_dimensions["B"].width) == ("A2", 30)


def test_we_read_what_we_wrote():
    data = workbook([Sheet("Autre", (9,), [("x",), ("y",)]), Sheet("Un", (10, 30), LINES)])
    table = opening.table(data, Choices(sheet="Un"))
    assert table.columns == ("Titre", "Texte")
    assert [tuple(map(text, cells)) for _number, cells in table.lines] == [
        ("=1+1", "deux\nlignes"),
        ("007", "A & B < « C »"),
    ]


def test_the_same_tables_are_the_same_bytes():
    assert workbook([Sheet("Un", (10, 30), LINES)]) == workbook([Sheet("Un", (10, 30), LINES)])
