"""What stands in cells, and which column is what."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from kernel.errors import Invalid
from kernel.levels import Level
from kernel.tables.table import Moment, Table
from written_test.elsewhere.results_reading import cells
from written_test.elsewhere.results_reading.mapping import DayOrder, Mapping, NamedBy, guess
from written_test.elsewhere.results_reading.opening import open_table
from written_test.elsewhere.results_reading.rows import Refusal, Row, rows

DAY = date(2026, 3, 12)


@pytest.mark.parametrize(
    "cell",
    [
        *("2026-03-12", "12/03/2026", "12.03.2026", "12-3-2026", "2026-03-12 14:30", "20260312"),
        *(
            "2026-03-12T14:30:05+01:00",
            "2026-03-11T23:30:00Z",
            "12/03/2026 14:30",
            "12/03/2026 9h05",
        ),
        *("46093", "46093.6", "46093,6", Moment("x", datetime.fromisoformat("2026-03-12T23:00"))),
    ],
)
def test_a_day_in_every_way(cell):
    assert cells.day(cell) == DAY


@pytest.mark.parametrize(
    "cell",
    [
        *("", "03/13/2026", "31/02/2026", "hier", "12", "1e5", "TRUE", "2²", "9" * 5000),
        *("0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00"),
    ],
)
def test_what_is_no_day(cell):
    assert cells.day(cell) is None


@pytest.mark.parametrize(
    ("cell", "level"),
    [
        *(("B1", Level.B1), ("b1+", Level.B1), ("B1.2", Level.B1), (" c2 ", Level.C2)),
        *(("B2-", Level.B2), ("pré-A1", Level.BELOW), ("< A1", Level.BELOW), ("A0", Level.BELOW)),
        *(("D1", None), ("B", None), ("", None), ("B12", Level.B1), ("B1 B2", None), ("B3", None)),
    ],
)
def test_levels(cell, level):
    assert cells.level(cell) == level


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        *(("72,5", "72.5"), ("72.5", "72.5"), ("1 250", "1250"), ("85 %", "85"), ("85/100", "85")),
        *(("abc", None), ("", None), ("1e9", None), ("NaN", None), ("1\u202f250,5", "1250.5")),
        *(("85%", "85"), ("62.5%", "62.5"), ("17/20", "85"), ("17,5/20", "87.5"), ("0/20", "0")),
        *(("21/20", None), ("5/0", None), ("1/2/3", None), ("1,250", None), ("0,250", "0.25")),
        *(("1,250.5", "1250.5"), ("1,250,000", "1250000"), ("12,50", "12.5"), ("1.250", "1.25")),
    ],
)
def test_numbers(cell, number):
    assert cells.number(cell) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("header", "by", "expected"),
    [
        (
            "Adresse e-mail;Date de passage;Niveau CECRL;Score total;Référence;Grammaire",
            NamedBy.EMAIL,
            ("Adresse e-mail", "Date de passage", "Niveau CECRL", "Score total", "Référence"),
        ),
        (
            "Candidacy;Test date;CEFR level;Score;Result ID;Grammar",
            NamedBy.CANDIDACY,
            ("Candidacy", "Test date", "CEFR level", "Score", "Result ID"),
        ),
        (
            "N° de dossier;Passé le;Niveau;Note;Réf;Grammaire",
            NamedBy.DOSSIER,
            ("N° de dossier", "Passé le", "Niveau", "Note", "Réf"),
        ),
    ],
)
def test_columns_are_guessed_in_both_languages(header, by, expected):
    columns = tuple(header.split(";"))
    guessed = guess(columns)
    assert (guessed.by, guessed.skills) == (by, {"grammar": columns[5]})
    assert (
        guessed.candidate,
        guessed.date,
        guessed.level,
        guessed.score,
        guessed.reference,
    ) == expected


def test_what_was_remembered_comes_before_a_guess():
    remembered = Mapping(
        candidate="B",
        date="A",
        level="C",
        skills={"reading": "gone"},
        table={Level.A2: Decimal(20)},
    )
    kept = Mapping.of(remembered.as_json())
    assert kept == remembered
    assert guess(("A", "B", "C"), kept) == Mapping(
        candidate="B", date="A", level="C", table={Level.A2: Decimal(20)}
    )
    assert guess(("Mail", "Date"), kept).candidate == "Mail"


@pytest.mark.parametrize(
    ("mapping", "field"),
    [
        (Mapping(), "candidate"),
        (Mapping(candidate="a"), "date"),
        (Mapping(candidate="a", date="b"), "level"),
        (Mapping(candidate="a", date="b", score="c"), "level"),
        (Mapping(candidate="a", date="b", level="z"), "candidate"),
        (
            Mapping(
                candidate="a",
                date="b",
                score="c",
                table={Level.A2: Decimal(9), Level.B1: Decimal(2)},
            ),
            "table",
        ),
    ],
)
def test_a_mapping_that_gives_no_result_is_refused(mapping, field):
    with pytest.raises(Invalid) as caught:
        mapping.check(("a", "b", "c"))
    assert caught.value.field == field


def test_lines_become_rows_or_refusals_that_name_their_line():
    table = open_table(
        b"mail;date;level;score;ref;grammar\n"
        b"a@b.test;12/03/2026;b1+;72,5;R1;A2\n"
        b";12/03/2026;B1\n"
        b"a@b.test;yesterday;B1\n"
        b"a@b.test;12/03/2026;D1\n"
        b"a@b.test;12/03/2026;;31,5;R2;\n"
        b"a@b.test;12/03/2026;;many\n"
        b"a@b.test;12/03/2026;;\n"
        b"a@b.test;12/03/2026;B1;1;R;B1;more\n"
    )
    mapping = Mapping(
        candidate="mail",
        date="date",
        level="level",
        score="score",
        reference="ref",
        skills={"grammar": "grammar"},
        table={Level.A2: Decimal(30), Level.B1: Decimal("60.5")},
    )
    mapping.check(table.columns)
    lines = list(rows(table, mapping))
    assert lines[0] == Row(
        2, "a@b.test", NamedBy.EMAIL, DAY, Level.B1, "72.5", "R1", {"grammar": Level.A2}
    )
    assert lines[4] == Row(6, "a@b.test", NamedBy.EMAIL, DAY, Level.A2, "31.5", "R2")
    assert [(line.place, line.params) for line in lines if isinstance(line, Refusal)] == [
        (3, {}),
        (4, {"value": "yesterday"}),
        (5, {"value": "D1"}),
        (7, {"value": "many"}),
        (8, {}),
        (9, {}),
    ]


@pytest.mark.parametrize(
    ("score", "level"), [("29,9", Level.A1), ("30", Level.A2), ("60.5", Level.B1), ("99", Level.B1)]
)
def test_a_score_gives_the_highest_level_that_it_reaches(score, level):
    mapping = Mapping(table={Level.A2: Decimal(30), Level.B1: Decimal("60.5")})
    assert mapping.level_of(cells.number(score)) is level


CASES = Path(__file__).parents[3] / "kernel" / "tables" / "cases"


def read(data: bytes, **changes) -> list[Row | Refusal]:
    """Return what becomes of each line, columns as they are guessed."""
    table = open_table(data)
    mapping = replace(guess(table.columns), **changes)
    mapping.check(table.columns)
    return list(rows(table, mapping))


def said(items: list[Row | Refusal]) -> list[object]:
    """Return day, level and score of each row, the words of each refusal."""
    return [
        item.reason % item.params
        if isinstance(item, Refusal)
        else (item.sat_on.isoformat(), str(item.level), item.score)
        for item in items
    ]


LEA, NOE = ("2026-12-31", "B1", "72.5"), ("2026-12-02", "B2", "85")
TABLE = {Level.B1: Decimal(60), Level.B2: Decimal(80)}
MISSING = (
    "La cellule B2 contient une formule dont le résultat manque : ouvrez le fichier dans Excel,"
    " puis enregistrez-le."
)
SHORT = (
    "« 1,23457E+10 » : Excel a abrégé un long numéro, des chiffres manquent. Mettez la colonne au"
    " format Texte, puis saisissez-le de nouveau."
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *[
            (name, [LEA, NOE])
            for name in (
                *("c01_cp1252.csv", "c02_utf8_bom.csv", "c03_sep_line.csv", "c04_macroman_cr.csv"),
                *("c05_utf16le_tab.csv", "c07_trailing_semicolons.csv", "x01_plain.xlsx"),
                *("c18_blank_lines_crcrlf.csv", "x03_hidden_first_sheet.xlsx"),
                *("x04_very_hidden_first_sheet.xlsx", "x06_merged_title_row.xlsx"),
                *("x12_filtered_row.xlsx", "x15_no_dimension.xlsx", "x16_strict_ooxml.xlsx"),
                *("x17_x000D_escapes.xlsx", "x18_dimension_whole_sheet.xlsx"),
                "x19_broken_styles.xlsx",
            )
        ],
        *[
            (name, [LEA])
            for name in (
                *("c09_serial_day.csv", "c10_decimal_comma_in_comma_csv.csv"),
                *("c15_header_with_newline.csv", "x02_real_dates.xlsx", "x09_date1904.xlsx"),
                "x10_serial_day_general_format.xlsx",
            )
        ],
        ("c08_two_digit_year.csv", ["« 31/12/26 » n'est pas une date."]),
        ("c11_quotes_inside.csv", [("2026-12-31", "B1", "")]),
        ("c12_nbsp_and_brackets.csv", [("2026-12-31", "B1", "1250.5"), NOE, NOE, NOE]),
        (
            "c13_month_names.csv",
            [
                "« 31 déc. 2026 » n'est pas une date.",
                "« 31-déc-26 » n'est pas une date.",
                "« jeudi 31 décembre 2026 » n'est pas une date.",
            ],
        ),
        (
            "c14_formula_injection.csv",
            ["« =B1 » n'est pas un niveau.", ("2026-12-31", "B1", "72")],
        ),
        ("c16_scientific_dossier.csv", [SHORT]),
        ("x05_percent_cells.xlsx", [("2026-12-31", "B2", "85"), ("2026-12-02", "B1", "62.5")]),
        ("percent_for_demo.xlsx", [("2026-11-27", "B2", "85"), ("2026-11-27", "B2", "85")]),
        ("r04_percent_cell.xlsx", [("2026-11-20", "B2", "85")]),
        ("r01_out_of_twenty.csv", [("2026-11-20", "B2", "85")]),
        ("r03_us_date.csv", [("2026-11-09", "B1", ""), ("2026-11-25", "B1", "")]),
        ("x07_formulas_no_cached_values.xlsx", [MISSING]),
        ("x11_error_cell.xlsx", ["La cellule B2 contient une erreur (#N/A).", NOE]),
        ("x13_floats.xlsx", [("2026-12-31", "B1", "0.3"), ("2026-12-02", "B2", "72.5")]),
    ],
)
def test_files_of_spreadsheets_come_to_what_they_show(name, expected):
    assert said(read((CASES / name).read_bytes(), table=TABLE)) == expected


def dates(*written: str, **changes) -> list[object]:
    lines = "".join(f"a@b.test;{day};B1\n" for day in written)
    return [
        item if isinstance(item, str) else item[0]
        for item in said(read(f"mail;date;level\n{lines}".encode(), **changes))
    ]


def test_a_column_has_one_order_of_day_and_month():
    assert dates("11/09/2026", "02/03/2026") == ["2026-09-11", "2026-03-02"]
    assert dates("11/09/2026", "11/25/2026") == ["2026-11-09", "2026-11-25"]
    assert dates("11/09/2026", "25/11/2026") == ["2026-09-11", "2026-11-25"]
    both = "la colonne met tantôt le jour d'abord, tantôt le mois. Choisissez l'ordre des dates."
    days = ("11/09/2026", "25/11/2026", "11/25/2026", "2026-11-20")
    assert dates(*days) == [*(f"« {day} » : {both}" for day in days[:3]), "2026-11-20"]
    assert dates(*days, order=DayOrder.DAY) == [
        *("2026-09-11", "2026-11-25", "« 11/25/2026 » n'est pas une date.", "2026-11-20")
    ]
    assert dates("11/09/2026", order=DayOrder.MONTH) == ["2026-11-09"]


def test_days_that_a_spreadsheet_made_of_some_of_a_columns_dates_are_not_believed():
    book = Workbook()
    for row in (("mail", "date", "level"), *(("a@b.test", day, "B1") for day in MADE)):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    for cell, code in (("B2", "dd/mm/yyyy"), ("B4", "dd/mm/yyyy")):
        book.active[cell].number_format = code
    out = io.BytesIO()
    book.save(out)
    mixed = (
        "« 11/09/2026 » : la colonne mêle des dates et du texte, Excel a pu y échanger le jour et"
        " le mois. Choisissez l'ordre des dates."
    )
    days = [item if isinstance(item, str) else item[0] for item in said(read(out.getvalue()))]
    assert days == [mixed, "2026-11-25", "2026-11-20"]
    chosen = said(read(out.getvalue(), order=DayOrder.MONTH))
    assert [item[0] for item in chosen] == ["2026-09-11", "2026-11-25", "2026-11-20"]


MADE = (datetime.fromisoformat("2026-09-11"), "11/25/2026", datetime.fromisoformat("2026-11-20"))


def scores(*written: str) -> list[object]:
    lines = "".join(f"a@b.test;12/03/2026;B1;{score}\n" for score in written)
    return [
        item if isinstance(item, str) else item[2]
        for item in said(read(f"mail;date;level;score\n{lines}".encode()))
    ]


def test_a_comma_before_three_figures_is_read_only_where_the_column_shows_what_it_is():
    twice = (
        "« 1,250 » se lit de deux façons : mille, ou une virgule et trois décimales. Écrivez le"
        " score sans séparateur de milliers."
    )
    assert scores("1,250") == [twice]
    assert scores("1,250", "72,5") == ["1.25", "72.5"]
    assert scores("1,250", "2,250.5") == [twice, "2250.5"]
    assert scores("1,250", "72.5") == [twice, "72.5"]


def test_a_score_out_of_twenty_needs_a_table_that_is_out_of_more():
    low = {Level.B1: Decimal(10), Level.B2: Decimal(18)}
    data = b"mail;date;score\na@b.test;12/03/2026;17/20\na@b.test;12/03/2026;12\n"
    assert said(read(data, table=low)) == [
        (
            "« 17/20 » : le barème ne dépasse pas 20. Est-il sur 20 ou sur 100 ? Écrivez les scores"
            " comme le barème."
        ),
        ("2026-03-12", "B1", "12"),
    ]


def test_days_that_stand_as_numbers_count_from_where_the_workbook_counts():
    table = Table(
        "xlsx", ("mail", "date", "level"), ((2, ("a@b.test", "44925", "B1")),), from_1904=True
    )
    assert said(list(rows(table, guess(table.columns)))) == [("2026-12-31", "B1", "")]
