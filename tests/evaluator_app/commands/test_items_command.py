"""`viva items check`: anybody tries their own files of questions, before anything counts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from evaluator_app import cli

TESTS = Path(__file__).parents[2] / "written_test" / "items"
CASES = TESTS / "reading" / "cases"


def check(capfd, *paths: Path, code: int = 0) -> list[dict[str, object]]:
    assert cli.main(["items", "check", *map(str, paths)]) == code
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_a_question_is_told_in_a_line(capfd):
    file = CASES / "q14_likert_fixed_order.xml"
    assert check(capfd, file) == [
        {
            "file": str(file),
            "id": "q14",
            "status": "taken",
            "why": "",
            "kind": "single",
            "prompt": "Which is right?",
            "options": ["first", "second", "none of the above"],
            "key": "none of the above",
            "shuffle": True,
            "remarks": [],
            "markup": "plain",
            "fixed": ["none of the above"],
            "hidden": False,
            "sound": "",
            "pictures": [],
            "line": 2,
        }
    ]


def test_what_is_refused_is_told_with_its_reason_and_fails(capfd):
    file = CASES / "g05_nested.gift"
    assert check(capfd, file, code=1) == [
        {
            "file": str(file),
            "id": "g05",
            "status": "refused",
            "why": "The braces of the question do not come in pairs.",
            "kind": None,
            "prompt": "",
            "options": [],
            "key": None,
            "shuffle": False,
            "remarks": [],
            "line": 1,
        }
    ]


def test_every_kind_has_its_key(capfd):
    told = check(capfd, TESTS / "data" / "sample.gift", CASES / "m02_usecase.xml", code=1)
    keys = {line["id"]: (line["kind"], line["key"]) for line in told if line["status"] == "taken"}
    assert keys == {
        "since-1": ("gap_choice", "since"),
        "Truth": ("single", "True"),
        "Short": ("gap_free", ["four", "4", "FOUR!"]),
        "Match": ("matching", {"big": "large", "small": "little"}),
        "Several": ("multiple", ["Hello", "Hi"]),
        "Escapes": ("single", "It means a~b #1"),
        "Number": ("gap_free", ["3", "2 … 4"]),
        "gift-87474af463": ("single", "yes"),
        "m02": ("gap_free", ["We met in Paris on Monday"]),
    }


def test_a_folder_is_read_whole_and_one_with_a_manifest_is_a_package(capfd, tmp_path):
    shutil.copytree(TESTS / "data" / "qti21", tmp_path / "b")
    shutil.copy(CASES / "m09_right_first_shuffle.xml", tmp_path / "a.xml")
    (tmp_path / "notes.md").write_text("not a file of questions")
    told = check(capfd, tmp_path, code=1)
    assert [(line["file"], line["id"], line["status"]) for line in told[:3]] == [
        (str(tmp_path / "a.xml"), "m09", "taken"),
        (f"{tmp_path / 'b' / 'package.zip'}:items/choice.xml", "choice-1", "taken"),
        (f"{tmp_path / 'b' / 'package.zip'}:items/inline.xml", "inline-1", "taken"),
    ]


def test_twins_are_named_and_a_missing_file_is_told(capfd, tmp_path):
    file = tmp_path / "twins.gift"
    file.write_text(
        "::A:: Which? {=one ~two}\n\n::B:: Which? {~One =two}\n\n::C:: Which? {=one ~six}"
    )
    told = check(capfd, file, tmp_path / "none.gift", code=1)
    assert [(line["id"], line["remarks"]) for line in told[:3]] == [
        ("A", ["Same text and same answers as “B”."]),
        ("B", ["Same text and same answers as “A”."]),
        ("C", []),
    ]
    assert (told[3]["status"], told[3]["why"]) == ("refused", "No such file or directory")
