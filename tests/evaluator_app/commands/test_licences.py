"""`viva licences`: the page in the documentation is what the command prints."""

from __future__ import annotations

import json

from evaluator_app.commands import licences
from kernel.settings import HERE


def test_the_page_names_everything_that_the_command_prints():
    kept = (HERE / "docs" / "licences.md").read_text(encoding="utf-8").splitlines()
    assert set(licences.page().splitlines()) - set(kept) == set()


def test_what_browsers_receive_is_all_that_the_product_asks_for():
    asked = json.loads((HERE / "package.json").read_text())["dependencies"]
    served = licences.served(HERE / "package-lock.json")
    builds = {"esbuild", "purgecss"}
    assert set(asked) - set(served) == builds
    assert set(asked) - set(licences.CARRIES) == builds


def test_what_only_tests_need_is_left_out():
    assert "| ical.js " not in licences.page()
    assert "| postcss " not in licences.page()
    assert "| pytest " not in licences.page()
    assert "| flask | BSD-3-Clause |" in licences.page()
