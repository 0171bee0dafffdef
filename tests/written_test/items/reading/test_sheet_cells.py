"""Tables of questions come to what Excel shows; what nobody knows is refused by line."""

from __future__ import annotations

import io
from pathlib import Path

from openpyxl import Workbook

from people.languages import Language
from written_test.items.reading import formats
from written_test.items.reading.entries import Defaults, Entry
from written_test.questions.drafts import Skill

CASES = Path(__file__).parents[3] / "kernel" / "tables" / "cases"
DEFAULTS = Defaults(Language.EN, Skill.GRAMMAR, "B1")


def entries(name: str, data: bytes) -> tuple[Entry, ...]:
    return formats.read(name, data, DEFAULTS).entries


def options(entry: Entry) -> list[str]:
    assert entry.draft is not None, entry.refusal
    return [option.text for option in entry.draft.body.options]


def test_options_are_what_excel_shows():
    name = "x01_dates_in_options.xlsx"
    day, number, share, hour = entries(name, (CASES / name).read_bytes())
    assert [options(entry) for entry in (day, number, hour)] == [
        ["2026-02-01", "1/3", "1/4"],
        ["1.5", "2", "TRUE"],
        ["14:30:00", "15:30", "16:30"],
    ]
    # Its key is written 0.5, and no option shows that.
    assert (share.line, share.refusal.params) == (4, {"answer": "0.5"})


def test_titles_are_found_under_a_title_and_faults_are_refused_by_line():
    book = Workbook()
    for row in (
        ("Questions de mars",),
        (),
        ("code", "kind", "prompt", "option 1", "option 2", "answer"),
        ("A", "single", "Which?", "=1+1", "b", 2),
        ("B", "single", "Which?", "a", "b", 2),
    ):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    refused, taken = entries("t.xlsx", out.getvalue())
    assert refused.line == 4
    assert refused.refusal.message % refused.refusal.params == (
        "La cellule D4 contient une formule dont le résultat manque : ouvrez le fichier dans Excel,"
        " puis enregistrez-le."
    )
    assert (taken.line, options(taken)) == (5, ["a", "b"])


def test_letters_of_another_alphabet_are_not_guessed():
    table = "code;kind;prompt;option 1;option 2;answer\nA;single;Who is Wałęsa?;a;b;1\n"
    (refused,) = entries("t.csv", table.encode("cp1250"))
    assert refused.refusal.message % refused.refusal.params == (
        "L'encodage du fichier n'est pas sûr (on y lirait « Wa³êsa ») : enregistrez-le en « CSV"
        " UTF-8 », ou choisissez l'encodage."
    )
    (taken,) = entries("t.csv", f"sep=;\n{table}".encode())
    assert (taken.line, options(taken)) == (3, ["a", "b"])
