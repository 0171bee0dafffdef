"""Two devices of one rater send at the very same moment: both values are there."""

from __future__ import annotations

from at_once import at_once

from rubrics import queries, syncing
from rubrics.models import Kind, Scoresheet
from rubrics.operations import Wish


def test_two_devices_sending_at_once(database, db, make):
    sheet = make.scoresheet(make.performance(make.candidacy()), make.evaluator())
    actor, number = sheet.rater.actor, sheet.id
    db.commit()

    def sends(name: str):
        value = {"not_assessable": True, "reason": name}
        wishes = [
            Wish(f"mark-{name}", Kind.LEVEL, "fluency", value, base=0),
            Wish(f"note-{name}", Kind.NOTE, name, {"text": name}, base=0),
        ]

        def act(session) -> None:
            syncing.take(session, actor, session.get_one(Scoresheet, number), wishes)

        return act

    acts = [sends("a"), sends("b"), sends("a")]
    assert at_once(database, *acts) == ["done"] * 3
    db.expire_all()
    kept = db.get_one(Scoresheet, number)
    rivals = queries.rivals(kept)["fluency"][Kind.LEVEL]
    assert sorted(rival.value["reason"] for rival in rivals) == ["a", "b"]
    assert sorted(note.text for note in kept.notes) == ["a", "b"]
    assert kept.revision == 4
