"""`viva content show|publish`: a set goes out as JSON, and a next one comes in."""

from __future__ import annotations

import json

from evaluator_app import cli
from people.languages import Language
from rooms import content_sets, library


def test_a_set_is_published_from_what_another_says(stocked, tmp_path, capfd):
    assert cli.main(["content", "show", "it-1"]) == 0
    shown = json.loads(capfd.readouterr().out)
    assert shown == library.written(Language.IT).as_json()
    file = tmp_path / "set.json"
    file.write_text(json.dumps(shown | {"name": "musee-1"}), encoding="utf-8")
    for _ in range(2):
        assert cli.main(["content", "publish", str(file)]) == 0
        with stocked.session(read_only=True) as db:
            newest = content_sets.versions(db)[0]
            assert (newest.name, newest.language, newest.by) == ("musee-1", Language.IT, None)
            assert capfd.readouterr().out == f"musee-1 is published: {newest.digest}\n"


def test_what_is_no_set_is_refused_with_the_reason(stocked, tmp_path, capfd):
    given = library.written(Language.IT).as_json()
    file = tmp_path / "set.json"
    for content, why in (
        ("{", "set.json is no set of content: the set: Invalid JSON"),
        (json.dumps({"name": "x-1"}), "set.json is no set of content: language: Field required"),
        (
            json.dumps(given | {"cards": given["cards"][1:]} | {"name": "it"}),
            "A set's name ends with its version",
        ),
        (
            json.dumps(given | {"cards": given["cards"][5:]} | {"name": "musee-1"}),
            "A card for any field is missing: part 2, level A1.",
        ),
        (json.dumps(given | {"name": "it-2"}), "is a name of the sets that come with the platform"),
    ):
        file.write_text(content, encoding="utf-8")
        assert cli.main(["content", "publish", str(file)]) == 1
        assert why in capfd.readouterr().err
    assert cli.main(["content", "show", "musee-1"]) == 1
    assert '"musee-1" is not published' in capfd.readouterr().err
    with stocked.session(read_only=True) as db:
        assert len(content_sets.versions(db)) == 5
