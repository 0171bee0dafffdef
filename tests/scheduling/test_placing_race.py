"""Two coordinators at the very same moment: an evaluator is placed once, a candidate too."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select

from enrolment import gates, journey
from enrolment.models import Candidacy, GateKind, Stage
from kernel import clock
from kernel.errors import Refused
from people.models import User
from scheduling import placing
from scheduling.models import Appointment


def together(database, act, turns) -> list[str]:
    barrier = threading.Barrier(len(turns))

    def one(turn) -> str:
        barrier.wait(timeout=30)
        try:
            with database.transaction() as session:
                act(session, turn)
        except Refused:
            return "refused"
        return "done"

    with ThreadPoolExecutor(len(turns)) as pool:
        return sorted(pool.map(one, turns))


def test_one_evaluator_is_placed_once(database, db, make, settings):
    actor, evaluator = make.coordinator().actor, make.evaluator().id
    candidacies, at = [make.candidacy().id for _ in range(4)], clock.now() + timedelta(hours=24)
    db.commit()

    def place(session, number) -> None:
        candidacy, who = session.get_one(Candidacy, number), session.get_one(User, evaluator)
        placing.place(session, actor, settings, candidacy, who, at)

    assert together(database, place, candidacies) == ["done", "refused", "refused", "refused"]
    assert len(db.scalars(select(Appointment)).all()) == 1


def test_one_candidacy_is_placed_once(database, db, make, settings):
    actor, number = make.coordinator().actor, make.candidacy().id
    evaluators, at = [make.evaluator().id for _ in range(4)], clock.now() + timedelta(hours=24)
    db.commit()

    def place(session, evaluator) -> None:
        candidacy, who = session.get_one(Candidacy, number), session.get_one(User, evaluator)
        placing.place(session, actor, settings, candidacy, who, at)

    assert together(database, place, evaluators) == ["done", "refused", "refused", "refused"]
    assert len(db.scalars(select(Appointment)).all()) == 1


def test_the_last_two_gates_opened_at_once_complete_the_candidacy(database, db, make):
    actor, number = make.coordinator().actor, make.candidacy(stage=Stage.MARKING).id
    db.commit()

    def open_gate(session, kind) -> None:
        candidacy = session.get_one(Candidacy, number)
        gates.put(session, candidacy, kind, is_open=True)
        journey.complete_if_ready(session, actor, candidacy)

    kinds = [GateKind.MARKS, GateKind.WRITTEN_RESULT]
    assert together(database, open_gate, kinds) == ["done", "done"]
    db.expire_all()
    assert db.get_one(Candidacy, number).stage is Stage.COMPLETE
