"""The grid on a second screen: what the code opens, for how long, and what the console says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from browser import Browser
from sqlalchemy import select

from evaluator_app.desks.shared import besides
from evaluator_app.live.hub import within_reach
from kernel import clock
from people.models import User, UserSession
from rooms.models import Interview, InterviewState
from rubrics.scale import Value

NOTE = {"text": "tenses", "criterion": "grammar", "part": 1, "second": 12.5}


@pytest.fixture
def interview(app, make) -> Interview:
    app.extensions.pop("viva_besides", None)  # what this process heard in another test
    return make.interview(state=InterviewState.RUNNING, part=1)


@pytest.fixture
def console(interview, signed_in) -> Browser:
    return signed_in(interview.appointment.evaluator)


def base(interview: Interview) -> str:
    return f"/evaluator/interviews/{interview.id}"


def code(console: Browser, interview: Interview) -> str:
    link = console.post(f"{base(interview)}/beside/link", json={}).get_json()
    assert link["image"].startswith("data:image/svg+xml")
    return "/e/" + link["address"].rpartition("/e/")[2]


@pytest.fixture
def tablet(app, console, interview) -> Browser:
    browser = app.test_client()
    answer = browser.post(code(console, interview))
    assert (answer.status_code, answer.location) == (303, f"{base(interview)}/beside")
    return browser


def change(kind: str, place: str, value: dict) -> dict:
    return {
        "changes": [{"id": f"x-{place}", "kind": kind, "place": place, "value": value, "base": 0}]
    }


def test_the_code_opens_the_grid_and_both_screens_write_on_one_sheet(interview, console, tablet):
    assert "compose-text" in tablet.get(f"{base(interview)}/beside").get_data(as_text=True)
    sheet = tablet.post(f"{base(interview)}/scoresheet", json={}).get_json()["id"]
    level = {"thirds": int(Value.B2), "not_assessable": False, "reason": ""}
    there = tablet.post(f"/evaluator/scoresheets/{sheet}/changes", json=change("note", "n1", NOTE))
    here = console.post(
        f"/evaluator/scoresheets/{sheet}/changes", json=change("level", "fluency", level)
    )
    assert (there.get_json()["refused"], here.get_json()["refused"]) == ({}, {})
    told = tablet.get(f"/evaluator/scoresheets/{sheet}").get_json()
    assert [note["text"] for note in told["notes"]] == ["tenses"]
    assert told["marks"]["fluency"]["thirds"] == int(Value.B2)
    moment = tablet.get(f"{base(interview)}/beside/moment").get_json()
    assert (moment["state"], moment["part"]) == ("running", 1)


def test_the_second_screen_reaches_nothing_else(db, make, interview, tablet):
    evaluator = interview.appointment.evaluator
    later = interview.appointment.ends_at + timedelta(hours=1)
    other = make.interview(make.appointment(evaluator=evaluator, starts_at=later))
    [sheet] = interview.performance.scoresheets
    closed = [
        f"{base(interview)}/state",
        base(interview),
        f"{base(interview)}/identity.jpg",
        f"{base(interview)}/recording",
        f"{base(other)}/beside",
        f"{base(other)}/beside/moment",
        "/evaluator/",
        "/account/",
    ]
    for address in closed:
        assert tablet.get(address).status_code in (302, 401), address
    acts = ("offer", "claim", "heartbeat", "next", "end", "incident", "beside/link")
    for address in [
        *(f"{base(interview)}/{act}" for act in acts),
        f"/evaluator/scoresheets/{sheet.id}/submit",
    ]:
        assert tablet.post(address, json={}).status_code in (302, 401), address
    (reach,) = db.scalars(select(UserSession.reach).where(UserSession.reach != ""))
    assert reach == f"marks:{interview.performance_id}"
    assert not within_reach(db, reach, f"interview:{interview.id}")


def test_a_code_serves_once_and_for_two_minutes_and_the_next_one_ends_it(app, console, interview):
    first, second = code(console, interview), code(console, interview)
    assert app.test_client().post(first).status_code == 410
    assert app.test_client().post(second).status_code == 303
    assert app.test_client().post(second).status_code == 410
    third = code(console, interview)
    clock.move(timedelta(minutes=2, seconds=1))
    late = app.test_client().get(third)
    assert late.status_code == 410
    assert "Affichez un autre code" in late.get_data(as_text=True)


def test_a_code_leaves_whoever_is_signed_in_as_they_are(db, console, interview):
    answer = console.post(code(console, interview))
    assert (answer.status_code, answer.location) == (303, f"{base(interview)}/beside")
    assert console.get("/evaluator/").status_code == 200
    assert db.scalars(select(UserSession.reach)).all() == [""]


def test_no_second_factor_is_asked_for_on_the_second_screen(app, db, console, interview):
    user = db.get_one(User, interview.appointment.evaluator_id)
    user.tf_primary_method, user.tf_totp_secret = "authenticator", "sealed"
    assert app.test_client().post(code(console, interview)).location.endswith("/beside")


def test_the_console_says_for_a_while_that_the_grid_is_open_elsewhere(console, interview, tablet):
    def told() -> bool:
        return console.get(f"{base(interview)}/state").get_json().get("beside", False)

    assert not told()
    tablet.get(f"{base(interview)}/beside/moment")
    assert told()
    clock.move(besides.LASTS)
    assert not told()


def test_another_evaluator_finds_no_second_screen(make, signed_in, interview):
    stranger = signed_in(make.evaluator())
    for end in ("beside", "beside/moment"):
        assert stranger.get(f"{base(interview)}/{end}").status_code == 404
    assert stranger.post(f"{base(interview)}/beside/link", json={}).status_code == 404
