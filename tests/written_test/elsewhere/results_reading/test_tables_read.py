"""Files as platforms export them, and files that nobody should open."""

from __future__ import annotations

import io
import time
import tracemalloc
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from kernel.errors import Invalid, TooLarge
from written_test.elsewhere.results_reading.opening import open_table
from written_test.elsewhere.results_reading.tables import MOST_BYTES, MOST_LINES

NINE = datetime.fromisoformat("2026-03-12T09:00")
FRENCH = "Prénom;Courriel;Niveau\nChloé;chloe@example.test;B1\n"


def xlsx(*rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_every_encoding_and_separator_reads_the_same(encoding, separator):
    table = open_table(FRENCH.replace(";", separator).encode(encoding))
    assert table.columns == ("Prénom", "Courriel", "Niveau")
    assert table.lines == ((2, ("Chloé", "chloe@example.test", "B1")),)


def test_quotes_hold_separators_and_ends_of_lines_and_lines_keep_their_numbers():
    data = b'a,"b ; c"\r\n1,"two\r\nlines"\r\n\r\n3,4\r\n'
    table = open_table(data)
    assert table.columns == ("a", "b ; c")
    assert table.lines == ((2, ("1", "two\r\nlines")), (5, ("3", "4")))


def test_titles_are_never_empty_nor_twice():
    assert open_table(b"x;;x;\n1;2;3;4\n").columns == ("x", "#2", "x (2)")


def test_a_workbook_gives_its_days_and_numbers():
    data = xlsx(("Mail", "Date", "Score"), ("a@b.test", NINE, 72.5), (), ("c",))
    table = open_table(data)
    assert table.format == "xlsx"
    assert table.lines == (
        (2, ("a@b.test", NINE, 72.5)),
        (4, ("c",)),
    )


def bomb() -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package,
        package.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(200):
            part.write(b" " * 1024 * 1024)
    return out.getvalue()


def with_entities() -> bytes:
    out = io.BytesIO()
    original = io.BytesIO(xlsx(("a",), ("b",)))
    with zipfile.ZipFile(original) as source, zipfile.ZipFile(out, "w") as package:
        for one in source.infolist():
            data = source.read(one)
            if one.filename == "xl/worksheets/sheet1.xml":
                data = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + data
            package.writestr(one.filename, data)
    return out.getvalue()


XXE = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]><assessmentResult>&x;</assessmentResult>'


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
        (XXE, "DTD"),
        (b"<html><body/></html>", "QTI"),
        (b"<assessmentResult>", "Ligne"),
        (b"\xd0\xcf\x11\xe0 old", "XLS"),
    ],
)
def test_what_cannot_be_read_says_why(data, words):
    with pytest.raises(Invalid, match=words):
        open_table(data)


def test_what_unpacks_without_end_is_refused_unread():
    with pytest.raises(TooLarge, match="décompressé"):
        open_table(bomb())


def test_too_much_is_refused():
    with pytest.raises(TooLarge, match="20 Mo"):
        open_table(b"a" * (MOST_BYTES + 1))
    with pytest.raises(TooLarge, match="100000"):
        open_table(b"a\n" + b"1\n" * (MOST_LINES + 1))
    with pytest.raises(Invalid, match="200 colonnes"):
        open_table(b"a;" * 300 + b"\n" + b"1;" * 300)


def test_a_cell_at_the_end_of_the_world_costs_nothing():
    data = xlsx(("a",), ("b",))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as package:
        for one in source.infolist():
            text = source.read(one)
            if one.filename == "xl/worksheets/sheet1.xml":
                text = text.replace(b'r="2"', b'r="999999999"').replace(b"A2", b"A999999999")
            package.writestr(one.filename, text)
    began = time.monotonic()
    with pytest.raises(Invalid):
        open_table(out.getvalue())
    assert time.monotonic() - began < 5


def test_a_hundred_thousand_lines_are_read_within_seconds_and_little_memory():
    line = "person{}@example.test;2026-03-12;B1;72,5;R-{}\n"
    data = "mail;date;niveau;score;ref\n" + "".join(line.format(n, n) for n in range(MOST_LINES))
    tracemalloc.start()
    began = time.monotonic()
    table = open_table(data.encode("cp1252"))
    took, (_now, peak) = time.monotonic() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(table.lines) == MOST_LINES
    assert took < 20
    assert peak < 200 * 1024 * 1024


QTI = """<?xml version="1.0" encoding="UTF-8"?>
<report>
 <assessmentResult xmlns="{namespace}">
  <context sourcedId="ana@example.test">
   <sessionIdentifier sourceID="urn:x" identifier="S-1"/>
  </context>
  <testResult identifier="EN-1" datestamp="2026-03-12T22:30:00Z">
   <outcomeVariable identifier="SCORE" cardinality="single" baseType="float">
    <value>72.5</value></outcomeVariable>
   <outcomeVariable identifier="LEVEL"><value>B2</value></outcomeVariable>
  </testResult>
 </assessmentResult>
 <assessmentResult xmlns="{namespace}">
  <context sourcedId="bob@example.test"/>
  <testResult identifier="EN-1" datestamp="2026-03-13"/>
 </assessmentResult>
</report>"""


@pytest.mark.parametrize("version", ["_result_v2p1", "_result_v2p2", "asi_v3p0"])
def test_a_qti_report_has_a_line_a_test_and_a_column_an_outcome(version):
    text = QTI.format(namespace=f"http://www.imsglobal.org/xsd/imsqti{version}")
    table = open_table(text.encode())
    assert table.columns == ("sourcedId", "session", "test", "datestamp", "SCORE", "LEVEL")
    assert table.lines == (
        (3, ("ana@example.test", "S-1", "EN-1", "2026-03-12T22:30:00Z", "72.5", "B2")),
        (13, ("bob@example.test", "", "EN-1", "2026-03-13", "", "")),
    )


def test_a_date_of_a_workbook_may_be_a_day():
    assert open_table(xlsx(("d",), (date(2026, 3, 12),))).lines[0][1] == (
        datetime.fromisoformat("2026-03-12"),
    )
