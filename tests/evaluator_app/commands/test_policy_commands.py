"""`viva policy`: a decision rule goes out as JSON, and a next one comes in."""

from __future__ import annotations

import json

import pytest

from evaluator_app import cli
from results import policies
from results.policy import DEFAULT


def test_a_rule_is_published_from_what_another_says(stocked, tmp_path, capfd):
    assert cli.main(["policy", "show", "default-1"]) == 0
    shown = json.loads(capfd.readouterr().out)
    assert shown == DEFAULT.as_json()
    file = tmp_path / "rule.json"
    file.write_text(json.dumps(shown | {"name": "default-2"}), encoding="utf-8")
    assert cli.main(["policy", "publish", str(file)]) == 0
    with stocked.session(read_only=True) as db:
        newest, first = policies.versions(db)
        assert (newest.name, first.name) == ("default-2", "default-1")
        assert capfd.readouterr().out == f"default-2 is published: {newest.digest}\n"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "rule.json is no decision rule: Expecting property name"),
        ('{"name": "default-3"}', "rule.json is no decision rule: oral: Field required"),
        (
            json.dumps(DEFAULT.as_json() | {"name": "default"}),
            "The name of a rule ends with its version",
        ),
    ],
)
def test_what_is_no_rule_is_refused_with_the_reason(stocked, tmp_path, capfd, content, why):
    file = tmp_path / "rule.json"
    file.write_text(content, encoding="utf-8")
    assert cli.main(["policy", "publish", str(file)]) == 1
    assert why in capfd.readouterr().err
    with stocked.session(read_only=True) as db:
        assert [row.name for row in policies.versions(db)] == ["default-1"]
