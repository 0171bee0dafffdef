"""`viva grid show|publish`: a grid goes out as JSON, and a next one comes in."""

from __future__ import annotations

import json

from evaluator_app import cli
from rubrics.library import grid
from rubrics.publishing import GRIDS, row_in_force


def test_a_grid_is_published_from_what_another_says(stocked, tmp_path, capfd):
    assert cli.main(["grid", "show", "grid-1"]) == 0
    shown = json.loads(capfd.readouterr().out)
    assert shown == grid().as_json()
    file = tmp_path / "grid.json"
    file.write_text(json.dumps(shown | {"name": "care", "version": 2}), encoding="utf-8")
    for _ in range(2):
        assert cli.main(["grid", "publish", str(file)]) == 0
        with stocked.session(read_only=True) as db:
            newest, first = GRIDS.versions(db)
            assert (newest.name, newest.by, row_in_force(db, None)) == ("care-2", None, first)
            assert capfd.readouterr().out == f"care-2 is published: {newest.digest}\n"


def test_what_is_no_grid_is_refused_with_the_reason(stocked, tmp_path, capfd):
    file = tmp_path / "grid.json"
    for given, why in (
        ({"name": "Care"}, "grid.json is no grid: name: String should match pattern"),
        ({"criteria": []}, "grid.json is no grid: criteria: Tuple should have at least 1 item"),
        ({"version": 2}, "is a name of the grids that come with the platform"),
    ):
        file.write_text(json.dumps(grid().as_json() | given), encoding="utf-8")
        assert cli.main(["grid", "publish", str(file)]) == 1
        assert why in capfd.readouterr().err
    with stocked.session(read_only=True) as db:
        assert len(GRIDS.versions(db)) == 1
