"""Names of every script, on both documents, read back by two programs that are not ours."""

import subprocess
import unicodedata
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from bidi import get_display
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from kernel.typefaces import Unprintable, sign, unprintable
from results.documents import Person, shaping
from results.documents.attestation import attestation
from results.documents.certificate import certificate
from results.documents.fonts import Face
from tests.results.documents.test_documents import ATTESTATION, CERTIFICATE, URL

NAMES = {
    "vietnamese": ("Thị Ánh Tuyết", "Nguyễn"),
    "yoruba": ("Ọlábísí Adéṣọlá Ẹ́kú", "Ọ̀ṣúnṣọlá Ṣàngó̩"),
    "stacked": ("Zoé Łŷ\u0323", "A\u0330lvarez Ḡ\u0301"),
    "greek": ("Ἀλέξανδρος Γεώργιος", "Παπαδόπουλος"),
    "cyrillic": ("Фёдор Ивано́вич", "Щербаков-Ґалаґан"),
    "arabic": ("محمد عبد الله", "الأنصاريّ"),
    "urdu": ("عائشہ ٹھاکر", "گیلانی"),
    "hebrew": ("דָּוִד יוסף", "בן־גוריון"),
    "devanagari": ("श्रीकृष्ण क्षितिज", "शर्मा द्विवेदी"),
    "bengali": ("রবীন্দ্রনাথ", "ঠাকুর"),
    "tamil": ("ஶ்ரீனிவாசன்", "கிருஷ்ணமூர்த்தி"),
    "thai": ("สมชาย ปั้นหยี่", "เจริญสุขกุล น้ำ"),
    "lao": ("ສົມຈິດ", "ພົມມະວົງ"),
    "khmer": ("សុខា ស្រី", "ម៉ៅ"),
    "myanmar": ("အောင်ဆန်း", "ကျော်"),
    "ethiopic": ("አበበ ቢቂላ", "ተስፋዬ"),
    "georgian": ("გელა", "ჩხაიძე"),
    "armenian": ("Արմեն", "Հովհաննիսյան"),
    "chinese": ("小明", "欧阳"),
    "japanese": ("さくら タロウ", "髙橋"),
    "korean": ("민수", "김"),
}


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def poppler(pdf: bytes, tmp_path: Path) -> str:
    (tmp_path / "document.pdf").write_bytes(pdf)
    read = subprocess.run(
        ["pdftotext", tmp_path / "document.pdf", "-"], capture_output=True, text=True, check=True
    )
    assert read.stderr == ""
    return nfc(read.stdout)


@pytest.mark.parametrize("script", NAMES)
def test_a_name_of_any_script_is_read_back_from_both_documents(script: str, tmp_path: Path) -> None:
    first, last = NAMES[script]
    assert unprintable(f"{first} {last}") == ()
    person = Person(first, last, date(1991, 3, 1), last, first)
    for pdf in (
        attestation(replace(ATTESTATION, person=person), URL),
        certificate(replace(CERTIFICATE, person=person), URL),
    ):
        [page] = PdfReader(BytesIO(pdf)).pages
        for said in (poppler(pdf, tmp_path), nfc(page.extract_text())):
            assert (nfc(first) in said, nfc(last) in said) == (True, True)


def test_what_is_written_in_letterforms_is_a_font_in_the_file() -> None:
    person = Person("محمد", "欧阳 Ẹ́kú", date(1991, 3, 1))
    pdf = attestation(replace(ATTESTATION, person=person), URL)
    [page] = PdfReader(BytesIO(pdf)).pages
    font = page["/Resources"]["/Font"]["/F0"].get_object()
    [descendant] = font["/DescendantFonts"]
    program = descendant.get_object()["/FontDescriptor"]["/FontFile3"].get_object()
    assert (font["/Subtype"], font["/Encoding"]) == ("/Type0", "/Identity-H")
    assert program["/Subtype"] == "/CIDFontType0C"
    assert len(program.get_data()) < 20_000


def text_of(line: str, face: Face = Face.SERIF_STRONG) -> str:
    return "".join(form.text for form in shaping.shape(line, face) if form.text != "\u200f")


@settings(max_examples=60, deadline=None)
@given(st.text("abÉ אבגمحد12 ()[", min_size=1, max_size=24))
def test_words_stand_in_the_order_of_the_bidirectional_algorithm(line: str) -> None:
    line = " ".join(line.split())
    assert text_of(line) == get_display(line)


@pytest.mark.parametrize(
    ("line", "stands"),
    [
        ("Anna כהן", "Anna ןהכ"),
        ("Mohammed محمد 12", "Mohammed 12 دمحم"),
        ("محمد (Ali) 12", "12 )Ali( دمحم"),
        ("Ali (محمد) 12", "Ali (دمحم) 12"),
        ("محمد (علي)", ")يلع( دمحم"),
    ],
)
def test_a_line_of_two_directions(line: str, stands: str) -> None:
    # Brackets keep their own text and are drawn mirrored.
    assert text_of(line) == stands
    assert get_display(line) == stands


def test_letters_of_arabic_join() -> None:
    together = shaping.shape("محمد", Face.SANS)
    alone = [shaping.shape(letter, Face.SANS)[0] for letter in reversed("محمد")]
    assert [form.text for form in together] == list(reversed("محمد"))
    same = [joined.glyphs == other.glyphs for joined, other in zip(together, alone, strict=True)]
    assert same == [False, False, False, False]


def test_a_script_keeps_one_face_along_a_line() -> None:
    forms = shaping.shape("Ἀλέξανδρος Παπαδόπουλος", Face.SERIF_STRONG)
    greek = {form.face.name for form in forms if form.text != " "}
    assert greek == {"NotoSerif"}


def test_chinese_characters_take_the_shapes_of_their_company() -> None:
    names = [
        {form.face.name for form in shaping.shape(line, Face.SANS)}
        for line in ("直樹", "直樹さくら", "直樹 민수")
    ]
    assert names == [
        {"NotoSansCJK-chinese"},
        {"NotoSansCJK-japanese"},
        {"NotoSansCJK-korean", "Inter-Regular"},
    ]


@pytest.mark.parametrize(
    ("name", "signs"),
    [
        ("Zoé 😀 Martin 😀", ["😀 (U+1F600, GRINNING FACE)"]),
        ("བསྟན", ["བ (U+0F56, TIBETAN LETTER BA)", "ས (U+0F66, TIBETAN LETTER SA)"]),
        ("ა̈", ["\u25cc\u0308 (U+0308, COMBINING DIAERESIS)"]),
        ("\ue000", ["\ufffd (U+E000)"]),
        ("Zoe\u0301\u200d  Müller\t", []),
    ],
)
def test_a_sign_that_nobody_has_is_named(name: str, signs: list[str]) -> None:
    assert [sign(c) for c in unprintable(name)][:2] == signs


def test_a_document_is_never_made_with_a_hole_in_it() -> None:
    person = Person("Zoé 😀", "Martin", date(1991, 3, 1))
    with pytest.raises(Unprintable, match="GRINNING FACE"):
        attestation(replace(ATTESTATION, person=person), URL)


def test_a_long_name_of_any_script_stays_in_its_place() -> None:
    for first, last in (("आदित्यनारायण " * 6, "द्विवेदी" * 9), ("محمد " * 20, "الأنصاري" * 12)):
        person = Person(first.strip(), last, date(1991, 3, 1), last)
        for pdf in (
            attestation(replace(ATTESTATION, person=person), URL),
            certificate(replace(CERTIFICATE, person=person), URL),
        ):
            [page] = PdfReader(BytesIO(pdf)).pages
            seen = "".join(page.extract_text().split())
            assert seen.count("".join(first.split())[:5]) >= 6
