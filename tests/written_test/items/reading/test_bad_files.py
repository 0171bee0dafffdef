"""Files that nobody in good faith makes, and those of the careless: a line and a reason, always."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packing import DATA, SAID, body, entries, only_refusal, pack, qti21

from written_test.items.reading import packages
from written_test.items.reading.entries import Read
from written_test.items.reading.formats import read
from written_test.items.reading.sounds import kind_of

ITEM = (DATA / "qti21" / "items" / "choice.xml").read_bytes()
DOCTYPE = "Un type de document ou des entités sont déclarés (DOCTYPE) : le fichier n'est pas lu."
LAUGHS = (
    b'<?xml version="1.0"?>\n<!-- a bank -->\n<!DOCTYPE quiz [<!ENTITY a "ha"><!ENTITY b "&a;&a;">'
    b"]>\n<quiz><question>&b;</question></quiz>"
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>'
)


@pytest.mark.parametrize(
    ("data", "line"), [(LAUGHS, 3), (OUTSIDE, 1), (LAUGHS.decode().encode("utf-16"), 1)]
)
def test_entities_are_not_read(data, line):
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):  # declared as it is
        data = LAUGHS.decode().replace('"1.0"', '"1.0" encoding="utf-16"').encode("utf-16")
    assert only_refusal("quiz.xml", data) == (line, DOCTYPE)


def test_entities_within_a_package_refuse_their_question_alone():
    files = qti21() | {"items/choice.xml": OUTSIDE}
    by_code = {entry.code: entry for entry in entries("p.zip", pack(files))}
    assert by_code["RES-1"].refusal.message == DOCTYPE
    assert by_code["RES-1"].file == "items/choice.xml"
    assert body(by_code["inline-1"]).gaps[0].right == "o2"


def test_an_entity_that_nobody_declared():
    line, words = only_refusal("quiz.xml", b"<quiz>\n<question>&nope;</question></quiz>")
    assert (line, words) == (2, "Ce XML n'est pas bien formé : Entity 'nope' not defined.")


def test_a_bomb_is_not_opened():
    data = pack({"imsmanifest.xml": b" " * 20_000_000})
    assert len(data) < 100_000
    assert only_refusal("bomb.zip", data) == (
        0,
        "Dépliée, l'archive prendrait 20 Mo : elle n'est pas ouverte.",
    )


def test_a_bomb_in_a_workbook_is_not_opened():
    data = pack({"xl/workbook.xml": b"<workbook/>", "xl/sheet.xml": b" " * 20_000_000})
    assert only_refusal("b.xlsx", data) == (
        0,
        "Dépliée, l'archive prendrait 21 Mo : elle n'est pas ouverte.",
    )


@pytest.mark.parametrize(
    "name", ["../evil.xml", "/etc/evil.xml", "a/../../evil.xml", "C:/evil.xml", "..\\evil.xml"]
)
def test_a_name_that_leaves_the_package(name):
    data = pack({"imsmanifest.xml": b"<manifest/>", name: b"x"})
    assert only_refusal("p.zip", data) == (
        0,
        f"Le fichier « {name} » sort de l'archive : rien n'en est lu.",
    )


@pytest.mark.parametrize("address", ["../../etc/passwd", "http://example.test/i.xml", "/etc/x"])
def test_an_address_that_leaves_the_package(address):
    files = qti21()
    files["imsmanifest.xml"] = files["imsmanifest.xml"].replace(
        b'href="items/choice.xml">', f'href="{address}">'.encode()
    )
    by_code = {entry.code: entry for entry in entries("p.zip", pack(files))}
    assert by_code["RES-1"].refusal.message % by_code["RES-1"].refusal.params == (
        f"« {address} » est hors de l'archive : rien n'est cherché ailleurs."
    )


def test_an_archive_within_an_archive():
    data = pack({"imsmanifest.xml": b"<manifest/>", "more.zip": pack({"a": b""})})
    assert only_refusal("p.zip", data) == (
        0,
        "L'archive en contient une autre, « more.zip » : importez-la à part.",
    )


def test_an_archive_of_too_many():
    most = packages.MOST_MEMBERS
    data = pack({f"{number}": b"" for number in range(most + 1)})
    assert only_refusal("p.zip", data) == (
        0,
        f"L'archive compte {most + 1} fichiers ; au plus {most} sont lus.",
    )


def test_an_archive_with_one_name_twice():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("imsmanifest.xml", b"<a/>")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("imsmanifest.xml", b"<b/>")
    assert only_refusal("p.zip", made.getvalue()) == (
        0,
        "L'archive contient deux fois le fichier « imsmanifest.xml ».",
    )


def test_a_link_in_an_archive():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        link = zipfile.ZipInfo("imsmanifest.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert only_refusal("p.zip", made.getvalue()) == (
        0,
        "Le fichier « imsmanifest.xml » sort de l'archive : rien n'en est lu.",
    )


def test_an_archive_that_is_none_and_one_without_a_manifest():
    assert only_refusal("p.zip", b"PK\x03\x04 and then nothing") == (
        0,
        "Cette archive est abîmée : elle ne s'ouvre pas.",
    )
    assert only_refusal("p.zip", pack({"a.xml": ITEM})) == (
        0,
        "L'archive n'a pas de imsmanifest.xml : ce n'est pas un paquet QTI.",
    )


def test_a_file_that_is_too_large():
    assert only_refusal("x.csv", b"a" * (20 * 1024 * 1024 + 1)) == (
        0,
        "Ce fichier dépasse 20 Mo : partagez-le.",
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((b"<value>B</value>", b""), "Aucune réponse n'est donnée comme juste."),
        (
            (b"<value>B</value>", b"<value>Z</value>"),
            "La réponse « Z » n'est aucune des réponses au choix.",
        ),
        (
            (
                b'<choiceInteraction responseIdentifier="RESPONSE"',
                b'<p/><hologramInteraction x="1"',
            ),
            None,
        ),
        (
            (b">since<", b">for<"),
            "« for » s'y trouve deux fois : on ne saurait laquelle est juste.",
        ),
        ((b' identifier="choice-1"', b""), "La question n'a ni code ni nom."),
    ],
)
def test_a_question_that_lacks_something(change, words):
    data = ITEM.replace(*change).replace(
        b"</choiceInteraction>",
        b"</hologramInteraction>" if words is None else b"</choiceInteraction>",
    )
    line, said = only_refusal("q.xml", data)
    assert said == (words or "L'interaction « hologram-interaction » n'est pas prise en charge.")
    assert line > 1


def test_one_code_for_two_questions_refuses_both_and_names_both():
    table = "code;kind;prompt;options;answer\nX;single;A?;a|b;a\n\n"
    table += "Y;single;B?;a|b;a\nX;single;C?;a|b;b\n"
    first, other, second = entries("t.csv", table.encode())
    assert [
        (entry.line, entry.refusal.message % entry.refusal.params) for entry in (first, second)
    ] == [
        (2, "Le code « X » sert deux fois dans ce fichier : ici et ligne 5."),
        (5, "Le code « X » sert deux fois dans ce fichier : ici et ligne 2."),
    ]
    assert other.draft is not None


HEADER = "code;kind;skill;level;prompt;text;options;answer;b\n"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("X;hologram;;;?;;a|b;a;", "« hologram » n'est pas un type de question connu."),
        ("X;single;;;?;;a|b;;", "La bonne réponse manque."),
        ("X;single;;;?;;a|b;c d;", "La réponse « c d » n'est aucune des réponses au choix."),
        ("X;single;;;?;;a;a;", "Il faut au moins deux réponses au choix."),
        ("X;single;;;;;a|b;a;", "La question n'a pas d'énoncé."),
        (";single;;;?;;a|b;a;", "La question n'a ni code ni nom."),
        ("X;single;juggling;;?;;a|b;a;", "« juggling » n'est pas une compétence connue."),
        ("X;single;;A1-;?;;a|b;a;", "« A1- » n'est pas un niveau (A1, A1+, A2-, … C2)."),
        ("X;single;;;?;;a|b;a;nan", None),
        ("X;single;;;?;;a|b;a;7,5", None),
        ("X;single;;;?;;a|b;a;easy", "« easy » n'est pas une valeur du paramètre b."),
        ("X;gap_free;;;;no gap;;a;", "Le texte a 0 trous, et 1 réponses ou listes sont données."),
        ("X;gap_free;;;;___ ___;;a;", "Le texte a 2 trous, et 1 réponses ou listes sont données."),
        ("X;gap_free;;;;___;;.;", "Le trou 1 n'a pas de réponse acceptée."),
        ("X;matching;;;;;a=b|c;;", "« c » n'est pas une paire : écrivez gauche=droite."),
        (
            "X;ordering;;;;;a|b|a;;",
            "« a » s'y trouve deux fois : on ne saurait laquelle est juste.",
        ),
    ],
)
def test_a_row_that_lacks_something(row, words):
    line, said = only_refusal("t.csv", (HEADER + row + "\n").encode())
    if words is None:
        number = {"nan": "nan", "7,5": "7.5"}[row.rsplit(";", 1)[1]]
        words = (
            f"a = 1, b = {number}, c = 0 ne sont pas des paramètres plausibles "
            "(a de 0,05 à 25, b de -6 à 6, c de 0 à 0,6)."
        )
    assert (line, said) == (2, words)


def test_a_table_that_is_none():
    assert only_refusal("t.csv", b"name;age\nx;1\n") == (
        1,
        "La colonne « code » manque dans la première ligne.",
    )
    assert only_refusal("t.csv", b"code;kind;code\n") == (
        1,
        "La colonne « code » s'y trouve deux fois.",
    )
    assert only_refusal("t.csv", b"\x00\x01\x02") == (
        0,
        "L'encodage du fichier n'est pas reconnu : enregistrez-le en CSV UTF-8.",
    )
    assert only_refusal("t.csv", b'code;kind\n"never closed')[0] == 2
    assert only_refusal("photo.jpg", b"\xff\xd8\xff\xe0")[0] == 0
    assert (
        only_refusal("q.xml", b"<html/>")[1]
        == "« html » n'est pas une question QTI (assessmentItem)."
    )
    assert only_refusal("q.xml", b"<questestinterop/>")[1] == (
        "QTI 1.2 n'est pas pris en charge : exportez en QTI 2.1 ou plus."
    )


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"ID3\x03", "mp3"),
        (b"\xff\xfb\x90\x00", "mp3"),
        (b"OggS\x00", "ogg"),
        (b"RIFF\x00\x00\x00\x00WAVE", "wav"),
        (b"\x00\x00\x00\x20ftypM4A ", "m4a"),
        (b"\xff\xd8\xff\xe0", None),
        (b"MZ", None),
        (b"", None),
    ],
)
def test_a_sound_is_known_by_its_bytes(data, kind):
    assert kind_of(data) == kind


WHOLE = {
    "a.zip": pack(qti21()),
    "a.xml": (DATA / "moodle.xml").read_bytes(),
    "b.xml": ITEM,
    "a.gift": (DATA / "sample.gift").read_bytes(),
    "a.csv": (DATA / "columns.csv").read_bytes(),
}


@settings(max_examples=150)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_a_file_with_some_bytes_wrong_never_breaks_a_reader(name, data):
    whole = bytearray(WHOLE[name])
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    assert isinstance(read(name, bytes(whole), SAID), Read)


@given(st.sampled_from(["x.gift", "x.csv", "x.xml", "x.zip", "x.xlsx", "x"]), st.binary())
def test_anything_at_all_never_breaks_a_reader(name, data):
    assert isinstance(read(name, data, SAID), Read)


@given(st.text())
def test_any_text_never_breaks_gift(text):
    assert isinstance(read("x.gift", text.encode("utf-8", "surrogatepass"), SAID), Read)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("comments.xml", b"<!-- a -->\n" * 5_000 + b"<nothing/>"),
        ("braces.gift", b"{" * 3_000_000),
        ("ids.gift", b"// " + b"[id:" * 1_000_000 + b"\n\nx {=a ~b"),
        ("blanks.gift", b"x" + b" " * 3_000_000 + b"{=a ~b}"),
        ("blanks.csv", b"code;kind;prompt\nX;single;a" + b" " * 3_000_000 + b"b"),
        (
            "cloze.xml",
            b"<quiz><question type='cloze'><questiontext><text>"
            + b"{1:MC:" * 500_000
            + b"</text></questiontext></question></quiz>",
        ),
    ],
)
def test_a_file_made_to_keep_its_reader_busy_is_refused_at_once(name, data):
    (entry,) = entries(name, data)
    assert entry.draft is None
