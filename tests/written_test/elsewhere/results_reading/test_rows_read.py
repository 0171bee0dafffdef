"""What stands in cells, and which column is what."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from kernel.errors import Invalid
from kernel.levels import Level
from written_test.elsewhere.results_reading import cells
from written_test.elsewhere.results_reading.mapping import By, Mapping, guess
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
        *("46093", 46093, 46093.6, "46093,6", datetime.fromisoformat("2026-03-12T23:00"), DAY),
    ],
)
def test_a_day_in_every_way(cell):
    assert cells.day(cell) == DAY


@pytest.mark.parametrize(
    "cell",
    [
        *("", None, "03/13/2026", "31/02/2026", "hier", "12", "1e5", True, "2²", "9" * 5000),
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
        *((72.5, "72.5"), (85, "85"), ("abc", None), ("", None), ("1e9", None), ("NaN", None)),
    ],
)
def test_numbers(cell, number):
    assert cells.number(cell) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("header", "by", "expected"),
    [
        (
            "Adresse e-mail;Date de passage;Niveau CECRL;Score total;Référence;Grammaire",
            By.EMAIL,
            ("Adresse e-mail", "Date de passage", "Niveau CECRL", "Score total", "Référence"),
        ),
        (
            "Candidacy;Test date;CEFR level;Score;Result ID;Grammar",
            By.CANDIDACY,
            ("Candidacy", "Test date", "CEFR level", "Score", "Result ID"),
        ),
        (
            "N° de dossier;Passé le;Niveau;Note;Réf;Grammaire",
            By.DOSSIER,
            ("N° de dossier", "Passé le", "Niveau", "Note", "Réf"),
        ),
    ],
)
def test_columns_are_guessed_in_both_languages(header, by, expected):
    columns = tuple(header.split(";"))
    found = guess(columns)
    assert (found.by, found.skills) == (by, {"grammar": columns[5]})
    assert (found.candidate, found.date, found.level, found.score, found.reference) == expected


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
    found = list(rows(table, mapping))
    assert found[0] == Row(
        2, "a@b.test", By.EMAIL, DAY, Level.B1, "72.5", "R1", {"grammar": Level.A2}
    )
    assert found[4] == Row(6, "a@b.test", By.EMAIL, DAY, Level.A2, "31.5", "R2")
    assert [(one.place, one.params) for one in found if isinstance(one, Refusal)] == [
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
