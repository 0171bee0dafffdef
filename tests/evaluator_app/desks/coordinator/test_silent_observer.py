"""Attending an oral in silence over HTTP: the button, the page, the way in, and everybody else."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from live_wire import connect, watch
from memory_engine import MemoryEngine

from enrolment.models import Stage
from evaluator_app.live.hub import live
from kernel import clock
from rooms import ending
from rooms import interview as orals
from rooms.engines import Role
from rooms.models import InterviewState, Observation

DEVICE = "device-one"


@pytest.fixture
def engine(app: Flask) -> Iterator[MemoryEngine]:
    house = app.extensions["viva"]
    made = MemoryEngine()
    app.extensions["viva"] = dataclasses.replace(house, engine=made)
    yield made
    app.extensions["viva"] = house


@pytest.fixture
def interview(db, make, engine):
    made = make.interview(state=InterviewState.READY)
    made.appointment.candidacy.stage = Stage.IN_ORAL
    engine.open(made.room)
    db.commit()
    return made


@pytest.fixture
def here(interview) -> str:
    return f"/coordinator/interviews/{interview.id}/observe/"


@pytest.mark.parametrize("state", list(InterviewState))
def test_the_button_stands_while_the_room_is_open(db, make, signed_in, interview, here, state):
    interview.state = state
    db.commit()
    page = f"/coordinator/candidacies/{interview.appointment.candidacy_id}"
    shown = signed_in(make.coordinator()).get(page).get_data(as_text=True)
    closed = (InterviewState.PLANNED, InterviewState.ENDED, InterviewState.ABORTED)
    assert (here in shown) is (state not in closed)
    assert ("sont prévenus à l'écran" in shown) is (state not in closed)


def test_the_way_in_opens_with_the_oral_and_closes_with_it(
    db, make, signed_in, engine, interview, here
):
    browser = signed_in(make.coordinator())
    offer = {"sdp": "v=0 offer", "device": DEVICE}
    assert "L'entretien n'a pas encore commencé" in browser.get(here).get_data(as_text=True)
    early = browser.post(f"{here}offer", json=offer)
    assert (early.status_code, engine.rooms[interview.room].peers) == (409, {})
    assert early.get_json()["error"].startswith("L'entretien n'a pas encore commencé")

    interview.state, interview.started_at = InterviewState.RUNNING, clock.now()
    db.commit()
    evaluator = signed_in(interview.appointment.evaluator)
    console = f"/evaluator/interviews/{interview.id}/state"
    assert evaluator.get(console).get_json()["observed"] is False
    came = browser.post(f"{here}offer", json=offer)
    assert came.status_code == 200
    assert list(engine.rooms[interview.room].peers.values()) == [Role.OBSERVER]
    assert evaluator.get(console).get_json()["observed"] is True
    state = browser.get(f"{here}state?device={DEVICE}").get_json()
    assert (state["role"], state["state"], "chat" in state) == ("observer", "running", False)

    assert browser.post(f"{here}leave", json={"device": DEVICE}).status_code == 200
    assert engine.rooms[interview.room].peers == {}
    assert evaluator.get(console).get_json()["observed"] is False
    assert browser.post(f"{here}leave", json={"device": DEVICE}).status_code == 200

    assert browser.post(f"{here}offer", json=offer).status_code == 200
    db.expire_all()
    orals.end(db, interview.appointment.evaluator.actor, interview)
    db.commit()
    ending.close_now(engine, interview)
    assert engine.rooms == {}
    late = browser.post(f"{here}offer", json=offer)
    assert (late.status_code, engine.rooms) == (409, {})
    assert late.get_json()["error"].startswith("L'entretien est terminé")
    assert [row.left_at is None for row in db.query(Observation)] == [False, False]


def test_an_observer_opens_no_room_and_waits_for_the_two(
    db, make, signed_in, engine, interview, here
):
    interview.state = InterviewState.RUNNING
    db.commit()
    engine.restart()
    browser = signed_in(make.coordinator())
    offer = {"sdp": "v=0 offer", "device": DEVICE}
    assert browser.post(f"{here}offer", json=offer).status_code == 409
    assert engine.rooms == {}
    engine.open(interview.room)
    assert browser.post(f"{here}offer", json=offer).status_code == 200


def test_a_seventh_tab_is_told_that_there_are_too_many(db, make, signed_in, interview, here):
    interview.state = InterviewState.RUNNING
    db.commit()
    browsers = [signed_in(make.coordinator()) for _ in range(4)]
    answers = [
        browsers[number // 2].post(  # each has two places at most
            f"{here}offer", json={"sdp": "v=0 offer", "device": f"device-{number}"}
        )
        for number in range(7)
    ]
    assert [answer.status_code for answer in answers] == [200] * 6 + [409]
    assert answers[6].get_json()["error"].startswith("Trop de personnes assistent déjà")


def test_neither_of_the_two_nor_anybody_else_finds_it(make, signed_in, interview, here):
    people = [
        interview.appointment.evaluator,
        interview.appointment.candidacy.candidate.user,
        make.manager(interview.appointment.candidacy.organisation),
        make.evaluator(senior=True),
    ]
    for person in people:
        browser = signed_in(person)
        answers = [browser.get(here), browser.get(f"{here}state"), browser.post(f"{here}leave")]
        answers.append(browser.post(f"{here}offer", json={"sdp": "v=0", "device": DEVICE}))
        assert [answer.status_code for answer in answers] == [404] * 4


def test_a_coordinator_hears_that_an_oral_changed(make, signed_in, interview, monkeypatch):
    monkeypatch.setattr(live, "_started", True)  # no thread that outlives the test
    topic = f"interview:{interview.id}"
    people = {
        "coordinator": make.coordinator(),
        "stranger": make.evaluator(),
        "manager": make.manager(interview.appointment.candidacy.organisation),
    }
    hears = {}
    for name, person in people.items():
        browser = signed_in(person)
        hears[name] = '"ok":true' in watch(browser, connect(browser), topic)
    assert hears == {"coordinator": True, "stranger": False, "manager": False}


def test_the_information_says_so(db, make, signed_in, interview):
    candidate = interview.appointment.candidacy.candidate.user
    interview.state = InterviewState.PLANNED
    interview.appointment.starts_at = clock.now() + timedelta(minutes=5)
    db.commit()
    shown = signed_in(candidate).get(f"/candidate/oral/{interview.id}/").get_data(as_text=True)
    assert "peut y assister en silence, une fois votre identité vérifiée" in shown
