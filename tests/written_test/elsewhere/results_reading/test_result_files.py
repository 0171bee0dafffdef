"""Reports of QTI, and which reader a file of results comes to."""

from __future__ import annotations

import pytest

from kernel.errors import Invalid, TooLarge
from kernel.tables.table import MOST_BYTES
from written_test.elsewhere.results_reading.opening import open_table

XXE = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]><assessmentResult>&x;</assessmentResult>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "vide"),
        (XXE, "DTD"),
        (b"<html><body/></html>", "QTI"),
        (b"<assessmentResult>", "Ligne"),
        (b"a;b\n", "titres"),
    ],
)
def test_what_cannot_be_read_says_why(data, words):
    with pytest.raises(Invalid, match=words):
        open_table(data)


def test_too_much_is_refused():
    with pytest.raises(TooLarge, match="20 Mo"):
        open_table(b"<" * (MOST_BYTES + 1))


def test_titles_are_known_by_their_words_wherever_they_stand():
    data = "Organisme;CFA Nord;Session;Mars\n\nCourriel;Niveau;Date\na@b.test;B1;12/03/2026\n"
    table = open_table(data.encode())
    assert (table.header, table.columns) == (3, ("Courriel", "Niveau", "Date"))
    assert table.above == ((1, ("Organisme", "CFA Nord", "Session", "Mars")),)


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
