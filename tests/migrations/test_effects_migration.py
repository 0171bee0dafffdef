"""Reports of imports from before keep what they say, under the name that pages read now."""

from __future__ import annotations

from installations import AT, stand
from sqlalchemy.orm import Session

from evaluator_app.wiring import migrate
from kernel.db import Database
from written_test.models import ItemImport

TEXT = 'He said: "fate": "no"'


def test_effects_are_renamed_and_texts_are_not(unmigrated: Database):
    line = {"file": "a.csv", "line": 2, "code": TEXT, "version": 1, "remarks": []}
    former = {"counts": {"refused": 1}, "lines": [{**line, "fate": "refused"}]}
    stand(
        unmigrated,
        "0021",
        [
            ("bank", {"id": 1, "language": "en", "created_at": AT}),
            ("item_import", {"id": 1, "bank_id": 1, "at": AT, "report": former}),
        ],
    )
    migrate.upgrade(unmigrated)
    with Session(unmigrated.engine) as db:
        report = db.get_one(ItemImport, 1).report
    assert report == {"counts": {"refused": 1}, "lines": [{**line, "effect": "refused"}]}
