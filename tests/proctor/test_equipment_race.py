"""Two tabs that send their equipment test at the very same moment."""

from __future__ import annotations

from at_once import at_once
from sqlalchemy import func, select

from proctor import equipment
from proctor.models import EquipmentCheck

FACTS = equipment.read(
    {
        "browser": {"usable": True},
        "camera": {"found": True, "width": 1280, "height": 720},
        "microphone": {"found": True, "level": 0.4},
        "sound": {"heard": True},
        "network": {"connected": True},
    }
)


def test_tests_sent_at_once_are_all_kept(database, db, make):
    actor = make.candidacy().candidate.user.actor
    db.commit()

    def record(session) -> None:
        equipment.record(session, actor, FACTS)

    assert at_once(database, *[record] * 4) == ["done"] * 4
    assert db.scalar(select(func.count()).select_from(EquipmentCheck)) == 4
