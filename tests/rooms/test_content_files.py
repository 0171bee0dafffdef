"""Sets as files: a workbook says what JSON says; what does not fit is told card by card."""

from __future__ import annotations

import io
import json

import pytest
from openpyxl import load_workbook

from kernel.errors import Forbidden, Invalid, TooLarge
from people.languages import Language
from rooms import content_books, content_files, content_sets, library
from rooms.content_files import Effect


def changed(change, language=Language.EN) -> bytes:
    """The workbook of what the product brings, after somebody changed it in a spreadsheet."""
    data = content_books.write(library.written(language).as_json())
    book = load_workbook(io.BytesIO(data))
    change(book)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@pytest.mark.parametrize("language", Language)
def test_a_workbook_holds_what_the_set_holds(language):
    content = library.written(language)
    assert content_files.read(content_books.write(content.as_json())).content == content
    assert content_files.read(changed(lambda _book: None, language)).content == content
    assert content_files.read(json.dumps(content.as_json()).encode()).content == content


def test_a_set_is_called_as_the_form_says():
    data = json.dumps(library.written(Language.DE).as_json()).encode()
    assert content_files.read(data, "reise-1").content.name == "reise-1"


def faults(change) -> list[tuple[str, str]]:
    given = content_files.read(changed(change))
    assert given.content is None
    return [
        (" · ".join((fault.thing, *fault.fields)), fault.why % fault.params)
        for fault in given.faults
    ]


def card(column: str, value: str):
    """Change a cell of the first card."""

    def change(book):
        book["Cartes"][f"{column}2"] = value

    return change


FIRST = "en-a1-role-general-1"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (card("C", "B3"), (f"{FIRST} · level", "ce n'est pas une valeur connue")),
        (card("B", "3"), (FIRST, f"le code {FIRST} dit autre chose que la carte")),
        (card("E", ""), (f"{FIRST} · title", "il manque")),
        (card("I", "Une"), (f"{FIRST} · prompts", "il y en a trop peu : 4 au moins")),
        (card("A", "en-a1-role-general-2"), ("", "deux cartes ont le code en-a1-role-general-2")),
        (
            card("A", f"fr{FIRST[2:]}"),
            ("", "le code fr-a1-role-general-1 commence par une autre langue"),
        ),
    ],
)
def test_what_does_not_fit_is_told_by_its_card(change, told):
    assert faults(change) == [told]


def test_a_script_in_disorder_is_told():
    def swap(book):
        sheet = book["Déroulé"]
        rows = [row for row in sheet.iter_rows(min_row=2) if row[1].value == "question"]
        rows[0][4].value, rows[-1][4].value = "C2", "A1"

    assert faults(swap)[0][1] == "you-2 est plus facile que you-1, qui la précède"


def without(name: str):
    return lambda book: book.remove(book[name])


def untitled(book) -> None:
    book["Cartes"]["H1"] = "Role"


def unplaced(book) -> None:
    book["Déroulé"]["B2"] = "blague"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without("Cartes"), "la feuille « Cartes »"),
        (untitled, "la colonne « Rôle » à la feuille « Cartes »"),
        (unplaced, "Ligne 2 de la feuille « Déroulé » : « blague »"),
    ],
)
def test_a_workbook_that_is_not_ours_is_refused(change, words):
    with pytest.raises(Invalid, match=words):
        content_files.read(changed(change))


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff\xfe", b"Code;Partie\n"])
def test_what_is_neither_is_refused(data):
    with pytest.raises(Invalid, match="ni un classeur XLSX ni un jeu en JSON"):
        content_files.read(data)
    with pytest.raises(TooLarge):
        content_files.read(b"x" * (content_files.MOST_BYTES + 1))


def test_a_report_compares_with_what_it_would_follow(db, make):
    actor = make.coordinator().actor
    first = content_files.read(changed(lambda _book: None), "rail-1").content
    report = content_files.examine(db, actor, first)
    assert (report.beside.name, report.obstacle, report.published) == ("en-1", None, False)
    assert (report.script_changes, report.counts[Effect.SAME]) == (False, 108)
    content_sets.publish(db, actor, first)
    assert content_files.examine(db, actor, first).published is True

    def rewrite(book):
        book["Cartes"]["E2"] = "Another title"
        book["Cartes"].delete_rows(4)  # en-a1-role-hospitality-1
        book["Déroulé"]["F2"] = "Autrement"

    second = content_files.read(changed(rewrite), "rail-2").content
    report = content_files.examine(db, actor, second)
    assert (report.beside.name, report.script_changes) == ("rail-1", True)
    moved = [(line.card.code, line.effect) for line in report.lines if line.effect != "same"]
    assert moved == [
        ("en-a1-role-general-1", Effect.CHANGED),
        ("en-a1-role-hospitality-1", Effect.GONE),
    ]


def test_a_report_says_why_a_set_cannot_be_published(db, make):
    actor = make.coordinator().actor
    english = library.written(Language.EN)
    for name, words in (("en-1", None), ("en-2", "nom des jeux fournis"), ("rail", "sa version")):
        report = content_files.examine(db, actor, english.model_copy(update={"name": name}))
        assert (report.obstacle is None) is (words is None)
        assert words is None or words in str(report.obstacle)
    with pytest.raises(Forbidden):
        content_files.examine(db, make.evaluator().actor, english)
