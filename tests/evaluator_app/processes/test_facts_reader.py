"""While the media server does not answer, nobody's time runs."""

from __future__ import annotations

import threading

from memory_engine import MemoryEngine
from sqlalchemy import select

from evaluator_app.processes.facts_reader import FactsReader
from kernel import clock
from kernel.storage import from_settings
from rooms.models import DeviceClaim, InterviewState, PartRun


class Once(threading.Event):
    """Over as soon as somebody waits for it."""

    def wait(self, timeout: float | None = None) -> bool:
        self.set()
        return True


def test_a_media_server_that_does_not_answer_stops_the_time(database, db, make, settings):
    began = clock.now()
    interview = make.interview(state=InterviewState.RUNNING, part=1, started_at=began)
    appointment = interview.appointment
    for user_id in (appointment.evaluator_id, appointment.candidacy.candidate.user_id):
        db.add(
            DeviceClaim(
                interview_id=interview.id,
                user_id=user_id,
                device="device-one",
                claimed_at=began,
                seen_at=began,
                media_up=True,
            )
        )
    db.add(PartRun(interview_id=interview.id, part=1, started_at=began))
    db.commit()
    engine = MemoryEngine()
    engine.silent = True
    FactsReader(settings, database, from_settings(settings), engine).run(Once())
    db.expire_all()
    assert db.scalars(select(PartRun.paused_at)).one() >= began
    assert db.scalars(select(DeviceClaim.media_up)).all() == [False, False]
