"""Files as spreadsheets write them, and files that nobody should open."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from growth import grows_in_step
from openpyxl import Workbook

from kernel.errors import Invalid, TooLarge
from kernel.tables import opening
from kernel.tables.table import MOST_BYTES, MOST_LINES, OUR_READING, Choices, Fault, Moment, text

CASES = Path(__file__).parent / "cases"
TITLES = ("Référence", "E-mail", "Date du test", "Niveau", "Score")
LEA = ("R-1", "lea.martin@exemple.test", "31/12/2026", "B1", "72,5")
NOE = ("R-2", "noe.petit@exemple.test", "02/12/2026", "B2", "85")
FRENCH = "Prénom;Courriel;Niveau\nChloé;chloe@example.test;B1\n"


def shown(name: str, choices: Choices = OUR_READING) -> list[tuple[int, tuple[str, ...]]]:
    """Return the titles and the lines of a case as a person reads them."""
    table = opening.table((CASES / name).read_bytes(), choices)
    lines = [(number, tuple(map(text, cells))) for number, cells in table.lines]
    return [(table.header, table.columns), *lines]


def line(*changes: tuple[int, str]) -> tuple[str, ...]:
    """Return Léa's line with some cells changed."""
    cells = list(LEA)
    for place, value in changes:
        cells[place] = value
    return tuple(cells)


BOTH = [(1, TITLES), (2, LEA), (3, NOE)]
SCORES = (*TITLES[:3], "Score")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *[
            (name, BOTH)
            for name in (
                *("c01_cp1252.csv", "c02_utf8_bom.csv", "c04_macroman_cr.csv"),
                *("c05_utf16le_tab.csv", "c07_trailing_semicolons.csv", "x01_plain.xlsx"),
                *("x03_hidden_first_sheet.xlsx", "x04_very_hidden_first_sheet.xlsx"),
                *("x12_filtered_row.xlsx", "x15_no_dimension.xlsx", "x16_strict_ooxml.xlsx"),
                *("x17_x000D_escapes.xlsx", "x18_dimension_whole_sheet.xlsx"),
                "x19_broken_styles.xlsx",
            )
        ],
        ("c03_sep_line.csv", [(2, TITLES), (3, LEA), (4, NOE)]),
        ("c08_two_digit_year.csv", [(1, TITLES), (2, line((2, "31/12/26")))]),
        ("c09_serial_day.csv", [(1, TITLES), (2, line((2, "46387")))]),
        ("c10_decimal_comma_in_comma_csv.csv", [(1, ("Reference", *TITLES[1:])), (2, LEA)]),
        (
            "c11_quotes_inside.csv",
            [(1, (*TITLES[:4], "Commentaire")), (2, (*LEA[:4], 'dit "bien" souvent'))],
        ),
        (
            "c12_nbsp_and_brackets.csv",
            [
                (1, TITLES),
                (2, line((1, "LEA.Martin@exemple.test"), (4, "1\u202f250,5"))),
                (3, ("R-2", "<noe.petit@exemple.test>", *NOE[2:])),
                (4, ("R-3", "mailto:noe.petit@exemple.test", *NOE[2:])),
                (5, ("R-4", "Noé Petit <noe.petit@exemple.test>", *NOE[2:])),
            ],
        ),
        (
            "c13_month_names.csv",
            [
                (1, TITLES),
                (2, line((2, "31 déc. 2026"))),
                (3, ("R-2", NOE[1], "31-déc-26", "B1", "72,5")),
                (4, ("R-3", NOE[1], "jeudi 31 décembre 2026", "B1", "72,5")),
            ],
        ),
        (
            "c14_formula_injection.csv",
            [
                (1, TITLES),
                (2, ("=1+1", LEA[1], LEA[2], "=B1", "+72")),
                (3, ('=HYPERLINK("http://x")', "@inconnu", LEA[2], "B1", "72")),
            ],
        ),
        ("c15_header_with_newline.csv", [(1, ("Référence externe", *TITLES[1:])), (4, LEA)]),
        ("c18_blank_lines_crcrlf.csv", [(1, TITLES), (3, LEA), (5, NOE)]),
        ("x02_real_dates.xlsx", [(1, TITLES), (2, line((2, "31/12/2026 14:30"), (4, "72.5")))]),
        ("x06_merged_title_row.xlsx", [(3, TITLES), (4, LEA), (5, NOE)]),
        ("x09_date1904.xlsx", [(1, TITLES), (2, line((4, "72.5")))]),
        (
            "x10_serial_day_general_format.xlsx",
            [(1, TITLES), (2, line((2, "46387"), (4, "72.5")))],
        ),
        ("x05_percent_cells.xlsx", [(1, SCORES), (2, (*LEA[:3], "85%")), (3, (*NOE[:3], "62.5%"))]),
        (
            "percent_for_demo.xlsx",
            [
                (1, SCORES),
                (2, ("R-85", "couple@exemple.test", "27/11/2026", "85%")),
                (3, ("R-86", "lea+viva@exemple.test", "2026-11-27", "85 %")),
            ],
        ),
        (
            "x13_floats.xlsx",
            [
                (1, TITLES),
                (2, ("1041", LEA[1], "2026-12-31", "B1", "0.3")),
                (3, ("20260001", NOE[1], "2026-12-02", "B2", "72.5")),
            ],
        ),
        (
            "x01_dates_in_options.xlsx",
            [
                (
                    1,
                    (
                        "code",
                        "kind",
                        "prompt",
                        "option 1",
                        "option 2",
                        "option 3",
                        "answer",
                        *"abc",
                    ),
                ),
                (
                    2,
                    (
                        *("D-1", "single", "When is the match?", "2026-02-01", "1/3", "1/4", "1"),
                        *("1.1", "-0.5", "0.2"),
                    ),
                ),
                (3, ("7", "single", "Which number?", "1.5", "2", "TRUE", "2", "1", "0", "0")),
                (4, ("D-3", "single", "How much?", "50%", "0.25", "0.75", "0.5", "1", "0", "0")),
                (
                    5,
                    (
                        "D-4",
                        "single",
                        "What time?",
                        "14:30:00",
                        "15:30",
                        "16:30",
                        "1",
                        "1",
                        "0",
                        "0",
                    ),
                ),
            ],
        ),
    ],
)
def test_a_table_is_read_as_it_is_shown(name, expected):
    assert shown(name) == expected


def faults(name: str) -> list[tuple[int, list[str]]]:
    table = opening.table((CASES / name).read_bytes())
    return [
        (number, [cell.why % cell.params for cell in cells if isinstance(cell, Fault)])
        for number, cells in table.lines
    ]


def test_a_cell_without_a_value_says_why():
    missing = (
        "La cellule %s contient une formule dont le résultat manque : ouvrez le fichier dans Excel,"
        " puis enregistrez-le."
    )
    assert faults("x07_formulas_no_cached_values.xlsx") == [
        (2, [missing % cell for cell in ("B2", "C2", "E2")])
    ]
    assert faults("x11_error_cell.xlsx") == [
        (2, ["La cellule B2 contient une erreur (#N/A)."]),
        (3, []),
    ]


def xlsx(*rows, formats: dict[str, str] | None = None) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cell, code in (formats or {}).items():
        book.active[cell].number_format = code
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(data: bytes, part: str, *changes: tuple[str, str]) -> bytes:
    """Return a workbook one part of which is written otherwise."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as package:
        for file in source.infolist():
            words = source.read(file)
            if file.filename == part:
                for before, after in changes:
                    assert before.encode() in words
                    words = words.replace(before.encode(), after.encode())
            package.writestr(file.filename, words)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def cells_of(data: bytes) -> list[tuple[str, ...]]:
    return [tuple(map(text, cells)) for _number, cells in opening.table(data).lines]


def test_leading_zeros_of_a_format_are_kept():
    data = xlsx(("dossier", "code"), (12345678, 42), formats={"A2": "000000000", "B2": "0000"})
    assert cells_of(data) == [("012345678", "0042")]


def test_a_sheet_that_says_it_ends_at_its_first_cell_is_read_whole():
    data = xlsx(("a", "b", "c"), (1, 2, 3))
    small = changed(data, SHEET, ('dimension ref="A1:C2"', 'dimension ref="A1"'))
    assert cells_of(small) == [("1", "2", "3")]


def test_an_empty_text_that_a_formula_gave_is_empty_and_a_kept_result_is_read():
    data = changed(
        xlsx(("a", "b", "c"), ("x", "=A2", "=1+1")),
        SHEET,
        ('<c r="B2"><f>A2</f><v></v></c>', '<c r="B2" t="str"><f>A2</f><v></v></c>'),
        ('<c r="C2"><f>1+1</f><v></v></c>', '<c r="C2"><f>1+1</f><v>2</v></c>'),
    )
    assert cells_of(data) == [("x", "", "2")]


def test_a_visible_sheet_is_chosen_by_its_name_and_an_empty_one_is_passed_over():
    book = Workbook()
    book.active.title = "Vide"
    for name, words in (("Un", "1"), ("Deux", "2")):
        sheet = book.create_sheet(name)
        sheet.append(["titre"])
        sheet.append([words])
    out = io.BytesIO()
    book.save(out)
    first = opening.table(out.getvalue())
    assert (first.sheets, first.read_as.sheet, first.lines) == (
        ("Vide", "Un", "Deux"),
        "Un",
        ((2, ("1",)),),
    )
    second = opening.table(out.getvalue(), Choices(sheet="Deux"))
    assert second.lines == ((2, ("2",)),)


def test_what_a_person_chooses_is_what_is_read():
    data = b"titre\na|b;c\n1|2;3\n"
    assert opening.table(data, Choices(header=2, separator="|")).columns == ("a", "b;c")
    assert opening.table(data, Choices(header=2, separator=";")).columns == ("a|b", "c")
    with pytest.raises(Invalid, match="La ligne 9 est vide"):
        opening.table(data, Choices(header=9))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_every_encoding_and_separator_reads_the_same(encoding, separator):
    table = opening.table(FRENCH.replace(";", separator).encode(encoding))
    assert table.columns == ("Prénom", "Courriel", "Niveau")
    assert table.lines == ((2, ("Chloé", "chloe@example.test", "B1")),)


def test_quotes_hold_separators_and_ends_of_lines_and_lines_keep_their_numbers():
    data = b'a,"b ; c"\r\n1,"two\r\nlines"\r\n\r\n3,4\r\n'
    table = opening.table(data)
    assert table.columns == ("a", "b ; c")
    assert table.lines == ((2, ("1", "two\r\nlines")), (5, ("3", "4")))


def test_titles_are_never_empty_nor_twice():
    assert opening.table(b"x;;x;\n1;2;3;4\n").columns == ("x", "#2", "x (2)")


def with_entities() -> bytes:
    original = xlsx(("a",), ("b",))
    return changed(original, SHEET, ("<worksheet ", '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet '))


def bomb() -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package,
        package.open(SHEET, "w") as part,
    ):
        for _ in range(200):
            part.write(b" " * 1024 * 1024)
    return out.getvalue()


def all_hidden() -> bytes:
    return changed(xlsx(("a",), ("b",)), "xl/workbook.xml", ('state="visible"', 'state="hidden"'))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "vide"),
        (b"  \n\n", "vide"),
        (b"a;b\n", "titres"),
        (b'a;b\n1;"2\n', "Ligne 2"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "encodage|texte"),
        (b"PK\x03\x04 no package", "classeur"),
        (xlsx(("a",), ("b",))[:900], "classeur"),
        (with_entities(), "entités"),
        (all_hidden(), "masquées"),
        (b"\xd0\xcf\x11\xe0 old", "XLS"),
        (b"\xd0\xcf\x11\xe0 " + "EncryptedPackage".encode("utf-16-le"), "mot de passe"),
    ],
)
def test_what_cannot_be_read_says_why(data, words):
    with pytest.raises(Invalid, match=words):
        opening.table(data)


def test_what_unpacks_without_end_is_refused_unread():
    with pytest.raises(TooLarge, match="décompressé"):
        opening.table(bomb())


def test_too_much_is_refused():
    with pytest.raises(TooLarge, match="20 Mo"):
        opening.table(b"a" * (MOST_BYTES + 1))
    with pytest.raises(TooLarge, match="100000"):
        opening.table(b"a\n" + b"1\n" * (MOST_LINES + 1))
    with pytest.raises(Invalid, match="200 colonnes"):
        opening.table(b"a;" * 300 + b"\n" + b"1;" * 300)


def test_a_cell_at_the_end_of_the_world_costs_nothing():
    data = xlsx(("a",), ("b",))
    far = changed(data, SHEET, ('r="2"', 'r="999999999"'), ("A2", "A999999999"))
    tracemalloc.start()
    try:
        with pytest.raises(Invalid):
            opening.table(far)
        wide = opening.table(changed(data, SHEET, ("A2", "XFD2")))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert wide.lines == ((2, ("",) * 200 + ("b",)),)
    assert peak < 4 * 1024 * 1024


LINE = "person{}@example.test;2026-03-12;B1;72,5;R-{}\n"


def table_of(lines: int) -> bytes:
    written = "".join(LINE.format(number, number) for number in range(lines))
    return f"mail;date;niveau;score;réf\n{written}".encode("cp1252")


def test_a_hundred_thousand_lines_are_read_in_little_memory():
    data = table_of(MOST_LINES)
    tracemalloc.start()
    table = opening.table(data)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(table.lines) == MOST_LINES
    assert peak < 200 * 1024 * 1024


@pytest.mark.parametrize(
    "hostile",
    [
        lambda n: b"a" * n + b"\xe9",
        lambda n: b";" * n,
        lambda n: b'"' * n,
        lambda n: b"\xe8" * n,
        lambda n: b"a;b\n" + b"x;" * n,
        lambda n: b"\n" * n + b"a",
        lambda n: b"titre" + b";titre" * (n // 6),
        lambda n: table_of(n // len(LINE)),
    ],
)
def test_twice_as_much_costs_about_twice_as_much(hostile):
    assert grows_in_step(opening.table, hostile, most=400_000, refusal=Invalid)


def test_a_day_and_an_hour_of_a_workbook_are_known_as_such():
    data = xlsx(("jour", "heure"), (46093, 0.6041666666666666), formats={"A2": "d/m", "B2": "h:mm"})
    ((_number, cells),) = opening.table(data).lines
    assert [type(cell) for cell in cells] == [Moment, Moment]
    assert [text(cell) for cell in cells] == ["12/3", "14:30"]
    assert cells[0].at.isoformat() == "2026-03-12T00:00:00"


def test_letters_are_composed_however_a_file_writes_them():
    loose = "Pre\u0301nom;E-mail\nZoe\u0308;a@b.test\n"
    assert opening.table(loose.encode()).columns == ("Prénom", "E-mail")
    data = xlsx(("Pre\u0301nom",), ("Zoe\u0308",))
    assert (opening.table(data).columns, cells_of(data)) == (("Prénom",), [("Zoë",)])
