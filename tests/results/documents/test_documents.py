"""What the PDFs say, read back with another library, and how they bear difficult names."""

import hashlib
import subprocess
import sys
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream

from kernel.levels import LEVELS, TARGETS, Level
from results.documents import AttestationData, CertificateData, Criterion, Person
from results.documents.attestation import attestation
from results.documents.certificate import certificate as make_certificate
from results.documents.drawing import qr_matrix

URL = "https://viva.example/verify/7KQM-2XWD-9HPT-4CRV"
PERSON = Person("Camille Anaïs Zoé", "Lefèvre-Œuvrard", date(1991, 3, 1), "Martin", "Lyon (Rhône)")
ATTESTATION = AttestationData(
    locale="fr",
    code="7KQM-2XWD-9HPT-4CRV",
    issued_on=date(2026, 12, 11),
    certifier="Chambre Horizon",
    certification="Anglais professionnel",
    language="anglais",
    organisation="Atelier des langues",
    person=PERSON,
    oral_on=date(2026, 12, 3),
    overall=Level.B2,
    written=Level.B1,
    oral=Level.B2,
    criteria=(
        Criterion("Compréhension orale", Level.B2),
        Criterion("Prononciation et intonation", Level.B1),
        Criterion("Vocabulaire", Level.C1),
        Criterion("Aisance", None),
        Criterion("Grammaire et syntaxe", Level.BELOW),
        Criterion("Interaction", Level.B2),
    ),
    policy="default-1",
    written_on=date(2026, 11, 28),
)
CERTIFICATE = CertificateData(
    locale="en",
    code="7KQM-2XWD-9HPT-4CRV",
    issued_on=date(2026, 12, 11),
    certifier="Chambre Horizon",
    certification="Professional English",
    language="English",
    organisation="Atelier des langues",
    person=PERSON,
    oral_on=date(2026, 12, 3),
    level=Level.B2,
)
LONG = Person(
    "Maria Łucja Władysława Đorđević Hélène Françoise Élisabeth Marie-Antoinette Nguyễn Thị Tuyết",
    "Montmorency-Beaumont de la Rochefoucauld-Œttingen-Wallerstein d'Estrées",
    date(1988, 12, 31),
    "Wolfeschlegelsteinhausenbergerdorff-Fernández de Córdoba",
    "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson (Marne)",
)
LONG_ORGANISATION = (
    "Centre régional de formation continue aux langues vivantes et aux métiers du commerce"
    " international de la Communauté d'agglomération de Saint-Quentin-en-Yvelines"
)


def page(pdf: bytes) -> PageObject:
    [only] = PdfReader(BytesIO(pdf)).pages
    return only


def lines(pdf: bytes) -> list[str]:
    """Return what is written, line by line in the order of writing."""
    pieces: list[tuple[float, float, str]] = []

    def visit(text: str, _cm: Any, matrix: list[float], _font: Any, _size: float) -> None:
        if text.strip():
            pieces.append((matrix[4], matrix[5], text.strip("\n")))

    page(pdf).extract_text(visitor_text=visit)
    return [text.strip() for _x, _y, text in pieces]


def test_the_attestation_says_all_it_must() -> None:
    assert lines(attestation(ATTESTATION, URL)) == [
        "Chambre Horizon",
        "Attestation of results",
        "Attestation de résultats",
        "Anglais professionnel",
        "Camille Anaïs Zoé Lefèvre-Œuvrard",
        "Prénoms",
        "Camille Anaïs Zoé",
        "Nom de naissance",
        "Lefèvre-Œuvrard",
        "Nom d’usage",
        "Martin",
        "Date et lieu de naissance",
        "1er mars 1991, Lyon (Rhône)",
        "Oral passé le",
        "3 décembre 2026",
        "Écrit passé le",
        "28 novembre 2026",
        "Langue évaluée",
        "anglais",
        "Organisme de formation",
        "Atelier des langues",
        "Niveau global",
        "B2",
        "Prend part sans effort visible à des échanges",
        "professionnels, défend un point de vue, et comprend",
        "dans le détail ce qui touche à son domaine.",
        "Écrit",
        "B1",
        "Oral",
        "B2",
        "Compétences à l’oral",
        *(level.value for level in LEVELS),
        "Compréhension orale",
        "B2",
        "Prononciation et intonation",
        "B1",
        "Vocabulaire",
        "C1",
        "Aisance",
        "Non évaluable",
        "Grammaire et syntaxe",
        "< A1",
        "Interaction",
        "B2",
        "Vérifier ce document",
        "Verify this document",
        "7KQM-2XWD-9HPT-4CRV",
        URL,
        "Délivrée le 11 décembre 2026 par Chambre Horizon. Règle de calcul publiée : default-1.",
        "Les niveaux sont ceux du Cadre européen commun de référence pour les langues.",
    ]


WITH_SKILLS = (
    Criterion("Vocabulaire", Level.B1),
    Criterion("Grammaire", Level.A2),
    Criterion("Expressions", Level.BELOW),
    Criterion("Compréhension écrite", Level.B2),
)


def test_the_skills_of_the_written_part_stand_between_levels_and_profile() -> None:
    said = lines(attestation(replace(ATTESTATION, skills=WITH_SKILLS), URL))
    first, last = said.index("Compétences à l’écrit"), said.index("Compétences à l’oral")
    assert said[first + 1 : last] == [
        *("Vocabulaire", "B1", "Grammaire", "A2"),
        *("Expressions", "Inférieur à A1", "Compréhension écrite", "B2"),
    ]
    rest = said[:first] + said[last:]
    assert rest == lines(attestation(ATTESTATION, URL))


def test_the_certificate_says_all_it_must() -> None:
    assert lines(make_certificate(CERTIFICATE, URL)) == [
        "Chambre Horizon",
        "Certificate",
        "Professional English",
        "awarded to",
        "Camille Anaïs Zoé",
        "Lefèvre-Œuvrard",
        "Name in use: Martin · Born: 1 March 1991, Lyon (Rhône)",
        "has reached level B2 of the Common European Framework (CEFR).",
        "Takes part in professional exchanges without visible effort, argues a",
        "point of view, and understands in detail what concerns their field.",
        "Level",
        "B2",
        "English",
        "Issued on",
        "11 December 2026",
        "Oral taken on",
        "3 December 2026",
        "Training organisation",
        "Atelier des langues",
        "Verify this document",
        "7KQM-2XWD-9HPT-4CRV",
        URL,
    ]


LONG_ATTESTATION = replace(ATTESTATION, person=LONG, organisation=LONG_ORGANISATION)
LONG_CERTIFICATE = replace(CERTIFICATE, person=LONG, organisation=LONG_ORGANISATION)


@pytest.fixture(
    params=["attestation", "certificate", "long attestation", "long certificate", "skills"]
)
def pdf(request: pytest.FixtureRequest) -> bytes:
    match request.param:
        case "attestation":
            return attestation(ATTESTATION, URL)
        case "certificate":
            return make_certificate(CERTIFICATE, URL)
        case "skills":
            return attestation(replace(LONG_ATTESTATION, skills=WITH_SKILLS), URL)
        case "long attestation":
            return attestation(LONG_ATTESTATION, URL)
        case _:
            return make_certificate(LONG_CERTIFICATE, URL)


def test_every_font_is_embedded(pdf: bytes) -> None:
    fonts = [font.get_object() for font in page(pdf)["/Resources"]["/Font"].values()]
    assert len(fonts) >= 5
    assert [font["/Subtype"] for font in fonts] == ["/TrueType"] * len(fonts)
    assert [bool(font["/FontDescriptor"]["/FontFile2"]) for font in fonts] == [True] * len(fonts)
    assert ["/ToUnicode" in font for font in fonts] == [True] * len(fonts)


def test_nothing_is_written_outside_the_margins(pdf: bytes) -> None:
    sheet = page(pdf)
    places: list[tuple[float, float]] = []

    def visit(text: str, _cm: Any, matrix: list[float], _font: Any, _size: float) -> None:
        if text.strip():
            places.append((matrix[4], matrix[5]))

    sheet.extract_text(visitor_text=visit)
    width, height = float(sheet.mediabox.width), float(sheet.mediabox.height)
    assert min(x for x, _y in places) >= 55
    assert max(x for x, _y in places) <= width - 60
    assert min(y for _x, y in places) >= 45
    assert max(y for _x, y in places) <= height - 55


def test_a_long_name_is_whole_on_both() -> None:
    for pdf in (
        attestation(LONG_ATTESTATION, URL),
        make_certificate(LONG_CERTIFICATE, URL),
    ):
        said = " ".join(lines(pdf))
        for words in (LONG.full_name, LONG.used_name, LONG.birth_place, LONG_ORGANISATION):
            assert words in said


def test_a_name_keeps_every_letter_composed_or_not() -> None:
    decomposed = replace(
        PERSON,
        first_names="Zoe\u0301 Ły\u0308 \u0130smet Ștefan Đặng",
        birth_name="გელა Ÿẞœ-Ðórr",
        used_name="",
        birth_place="",
    )
    said = lines(attestation(replace(ATTESTATION, person=decomposed), URL))
    assert said[4:9] == [
        "Zoé Łÿ İsmet Ștefan Đặng გელა Ÿẞœ-Ðórr",
        "Prénoms",
        "Zoé Łÿ İsmet Ștefan Đặng",
        "Nom de naissance",
        "გელა Ÿẞœ-Ðórr",
    ]


@pytest.mark.parametrize("locale", ["fr", "en"])
@pytest.mark.parametrize("level", list(Level))
def test_every_level_fits_one_page(level: Level, locale: str) -> None:
    data = replace(ATTESTATION, locale=locale, overall=level, written=level, oral=level)
    said = " ".join(lines(attestation(data, URL)))
    assert level.label(locale) in said
    if level in TARGETS:
        words = lines(make_certificate(replace(CERTIFICATE, locale=locale, level=level), URL))
        assert level.value in words


def test_the_document_says_what_it_is() -> None:
    reader = PdfReader(BytesIO(attestation(ATTESTATION, URL)))
    assert reader.metadata is not None
    assert reader.metadata.title == "Attestation de résultats, Camille Anaïs Zoé Lefèvre-Œuvrard"
    assert reader.metadata.author == "Chambre Horizon"
    assert reader.metadata["/CreationDate"] == "D:20261211000000Z"
    assert reader.trailer["/Root"]["/Lang"] == "fr-FR"
    english = PdfReader(BytesIO(make_certificate(CERTIFICATE, URL)))
    assert english.trailer["/Root"]["/Lang"] == "en-GB"


def test_the_code_drawn_is_that_of_the_address(pdf: bytes) -> None:
    sheet = page(pdf)
    [square, *_] = [
        [float(number) for number in note.get_object()["/Rect"]]
        for note in sheet["/Annots"]
        if note.get_object()["/A"]["/URI"] == URL
    ]
    matrix = qr_matrix(URL)
    side = (square[2] - square[0]) / len(matrix)
    drawn = [[False] * len(matrix) for _ in matrix]
    for operands, operator in ContentStream(sheet.get_contents(), None).operations:
        if operator != b"re":
            continue
        x, y, width, height = (float(number) for number in operands)
        if not (square[0] - 0.1 <= x <= square[2] and square[1] - 0.1 <= y <= square[3]):
            continue
        if height > 2 * side:
            continue
        row = len(matrix) - 1 - round((y - square[1]) / side)
        first = round((x - square[0]) / side)
        for column in range(first, first + round(width / side)):
            drawn[row][column] = True
    assert tuple(tuple(row) for row in drawn) == matrix


def test_the_same_data_gives_the_same_bytes_in_any_process() -> None:
    here = attestation(ATTESTATION, URL), make_certificate(CERTIFICATE, URL)
    assert here == (attestation(ATTESTATION, URL), make_certificate(CERTIFICATE, URL))
    script = (
        "import hashlib\n"
        "from tests.results.documents.test_documents import *\n"
        "made = make_certificate(CERTIFICATE, URL), attestation(ATTESTATION, URL)\n"
        "print(*(hashlib.sha256(pdf).hexdigest() for pdf in reversed(made)))"
    )
    there = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert there.stdout.split() == [hashlib.sha256(pdf).hexdigest() for pdf in here]


def test_other_data_give_other_bytes() -> None:
    other = replace(ATTESTATION, overall=Level.B1)
    assert attestation(other, URL) != attestation(ATTESTATION, URL)
