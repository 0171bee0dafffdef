"""Numbers, days and hours as Excel shows them; checked once against SheetJS's ssf 0.11."""

from __future__ import annotations

import pytest

from kernel.tables.number_formats import BUILT_IN, format_of, general

TAKEN = 46387.60416666666  # 31 December 2026, 14:30


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        *(
            (0, "0"),
            (1, "1"),
            (-1, "-1"),
            (72.5, "72.5"),
            (0.1 + 0.2, "0.3"),
            (1 / 3, "0.333333333"),
        ),
        *((72.4999999999, "72.5"), (-72.46, "-72.46"), (20260001, "20260001")),
        *((123456789012345, "123456789012345"), (1e15, "1E+15"), (1e-7, "1E-07")),
        *((1234567.891, "1234567.891"), (-0.0, "0")),
    ],
)
def test_a_number_without_a_format(value, shown):
    assert general(value) == shown


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        *(
            ("0", 72.5, "73"),
            ("0.00", 9.995, "10.00"),
            ("0%", 0.85, "85%"),
            ("0.0%", 0.625, "62.5%"),
        ),
        *(("00000", 42, "00042"), ("000000000", 12345678, "012345678"), ("0.###", 1.5, "1.5")),
        *(("#,##0", 1250, "1\u202f250"), ("#,##0.00", -1234567.891, "-1\u202f234\u202f567.89")),
        *(("# ?/?", 0.5, "1/2"), ("# ?/?", 2.75, "2 3/4"), ("# ??/??", 0.0625, "1/16")),
        *(("?/?", 1.5, "3/2"), ("# ?/8", 0.5, "4/8"), ("# ?/?", 0, "0"), ("# ?/?", 0.999, "1")),
        *(("0.00E+00", 12345678901, "1.23E+10"), ("##0.0E+0", 12345, "12.3E+3")),
        *(("0;(0);zéro", -3, "(3)"), ("0;(0);zéro", 0, "zéro"), ("0.0,", 1250, "1.3")),
        *(("[<50]0.0;[>=50]0.00", 49.96, "50.0"), ("[<50]0.0;[>=50]0.00", 72.5, "72.50")),
        *(('0" pts"', 17, "17 pts"), ('"n°" 0', 5, "n° 5"), ("[$€-40C] 0.00", 2.5, "€ 2.50")),
        *(("[Red]0.0;[Blue]-0.0", -1.25, "-1.3"), ("0000 0000", 12345678, "1234 5678")),
        *(("0.00", -0.004, "0.00"), ("@", 12, "12"), (";;;", 12, "")),
        *(
            ("dd/mm/yyyy", TAKEN, "31/12/2026"),
            ("m/d", TAKEN, "12/31"),
            ("d-mmm", TAKEN, "31-déc."),
        ),
        *(("dddd d mmmm yyyy", TAKEN, "jeudi 31 décembre 2026"), ("yy", TAKEN, "26")),
        ("[$-409]dddd d mmmm yyyy", TAKEN, "Thursday 31 December 2026"),
        *(
            ("h:mm", TAKEN, "14:30"),
            ("hh:mm:ss", 0.5, "12:00:00"),
            ("h:mm AM/PM", TAKEN, "2:30 PM"),
        ),
        *(("[h]:mm", 1.5, "36:00"), ("[mm]:ss", 0.0625, "90:00")),
        ("mm:ss.0", 1 / 1440, "01:00.0"),
        *(('h"h"mm', TAKEN, "14h30"), ("dd/mm/yyyy", -1, "########"), ("d/m", 0.5, "########")),
    ],
)
def test_a_number_under_a_format(code, value, shown):
    assert format_of(code).show(value) == shown


def test_what_a_file_leaves_to_the_country_is_french():
    assert format_of(BUILT_IN[14]).show(TAKEN) == "31/12/2026"
    assert format_of(BUILT_IN[22]).show(TAKEN) == "31/12/2026 14:30"
    assert {number for number, code in BUILT_IN.items() if format_of(code).date} == {
        *(14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47)
    }


def test_a_format_longer_than_any_is_none():
    with pytest.raises(ValueError, match="0"):
        format_of("0" * 256)
