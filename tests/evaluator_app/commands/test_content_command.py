"""`viva content check`: what the product brings, counted."""

from __future__ import annotations

import json
import shutil
from collections import Counter

from enrolment.fields import Field
from evaluator_app import cli
from kernel.levels import LEVELS
from people.languages import Language
from rooms import library

FIELDS = ("general", "sales", "hospitality", "health")


def check(capfd, code: int = 0) -> list[dict[str, object]]:
    assert cli.main(["content", "check"]) == code
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_a_line_tells_a_language_a_kind_a_level_and_a_field(capfd):
    lines = check(capfd)
    assert lines[0] == {
        "language": "en",
        "kind": "prompt",
        "level": "A1",
        "field": "general",
        "count": 4,
    }
    places = [(line["language"], line["kind"], line["level"], line["field"]) for line in lines]
    assert len(set(places)) == len(places)


def test_five_languages_have_a_whole_oral(capfd):
    told = {
        (line["language"], line["kind"], line["level"], line["field"]): line["count"]
        for line in check(capfd)
        if line["field"] in FIELDS and line["kind"] in ("role_play", "discussion")
    }
    assert told == {
        (str(language), kind, str(level), field): 2 if field == "general" else 1
        for language in Language
        for kind in ("role_play", "discussion")
        for level in LEVELS
        for field in FIELDS
    }


def test_totals_are_those_of_what_is_written(capfd):
    totals: Counter[tuple[object, object]] = Counter()
    for line in check(capfd):
        totals[line["language"], line["kind"]] += line["count"]
    for language, fields in (("en", len(Field)), ("de", 4), ("es", 4), ("fr", 4), ("it", 4)):
        assert totals[language, "prompt"] == 44
        assert totals[language, "role_play"] == totals[language, "discussion"] == 6 * (fields + 1)
    items = {language: n for (language, kind), n in totals.items() if kind == "item"}
    assert items == {"en": 187, "fr": 147}


def test_what_is_not_written_is_named_and_fails(capfd, monkeypatch, tmp_path):
    for language in ("en", "de", "es", "fr"):
        shutil.copy(str(library.FOLDER.joinpath(f"{language}-1.json")), tmp_path)
    monkeypatch.setattr(library, "FOLDER", tmp_path)
    assert cli.main(["content", "check"]) == 1
    told = capfd.readouterr()
    languages = {json.loads(line)["language"] for line in told.out.splitlines()}
    assert languages == {"en", "de", "es", "fr"}
    assert told.err.splitlines() == [
        f"it {level}: no {lack}"
        for level in LEVELS
        for lack in ("script", "role_play", "discussion")
    ]
