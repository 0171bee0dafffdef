"""Two coordinators at the very same moment: an evaluator is placed once, a candidate too."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from at_once import at_once
from sqlalchemy import select

from enrolment import enrolling, gates, journey
from enrolment.models import Candidacy, GateKind, Stage
from kernel import clock
from people.models import User
from scheduling import appointments, placing
from scheduling.models import Appointment


def test_one_evaluator_is_placed_once(database, db, make, settings):
    actor, evaluator = make.coordinator().actor, make.evaluator().id
    candidacies, at = [make.candidacy().id for _ in range(4)], clock.now() + timedelta(hours=24)
    db.commit()

    def place(session, number) -> None:
        candidacy, who = session.get_one(Candidacy, number), session.get_one(User, evaluator)
        placing.place(session, actor, settings, candidacy, who, at)

    acts = [partial(place, number=number) for number in candidacies]
    assert at_once(database, *acts) == ["done", "refused", "refused", "refused"]
    assert len(db.scalars(select(Appointment)).all()) == 1


def test_one_candidacy_is_placed_once(database, db, make, settings):
    actor, number = make.coordinator().actor, make.candidacy().id
    evaluators, at = [make.evaluator().id for _ in range(4)], clock.now() + timedelta(hours=24)
    db.commit()

    def place(session, evaluator) -> None:
        candidacy, who = session.get_one(Candidacy, number), session.get_one(User, evaluator)
        placing.place(session, actor, settings, candidacy, who, at)

    acts = [partial(place, evaluator=evaluator) for evaluator in evaluators]
    assert at_once(database, *acts) == ["done", "refused", "refused", "refused"]
    assert len(db.scalars(select(Appointment)).all()) == 1


def test_the_last_two_gates_opened_at_once_complete_the_candidacy(database, db, make):
    actor, number = make.coordinator().actor, make.candidacy(stage=Stage.MARKING).id
    db.commit()

    def open_gate(session, kind) -> None:
        candidacy = session.get_one(Candidacy, number)
        gates.put(session, candidacy, kind, is_open=True)
        journey.complete_if_ready(session, actor, candidacy)

    kinds = [GateKind.MARKS, GateKind.WRITTEN_RESULT]
    acts = [partial(open_gate, kind=kind) for kind in kinds]
    assert at_once(database, *acts) == ["done", "done"]
    db.expire_all()
    assert db.get_one(Candidacy, number).stage is Stage.COMPLETE


def test_a_candidacy_withdrawn_while_it_is_placed_keeps_no_oral(database, db, make, settings):
    coordinator, evaluator = make.coordinator().actor, make.evaluator().id
    candidacy = make.candidacy()
    number, at = candidacy.id, clock.now() + timedelta(hours=24)
    manager = make.manager(candidacy.organisation).actor
    db.commit()

    def place(session) -> None:
        row, who = session.get_one(Candidacy, number), session.get_one(User, evaluator)
        placing.place(session, coordinator, settings, row, who, at)

    def withdraw(session) -> None:
        row = session.get_one(Candidacy, number)
        enrolling.withdraw(session, manager, settings, row, "ill")

    assert "done" in at_once(database, place, withdraw)
    db.expire_all()
    assert db.get_one(Candidacy, number).stage is Stage.WITHDRAWN
    assert appointments.current(db, db.get_one(Candidacy, number)) is None
