"""The accomplice's attack over HTTP, in every form: who answers is watched, or nothing is taken."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from pictures import jpeg
from query_count import counted
from sqlalchemy import select

from kernel import clock
from kernel.audit import AuditEntry
from proctor.models import ProctorSession, Signal, Snapshot
from tests.evaluator_app.desks.candidate.test_written import text
from tests.evaluator_app.desks.written_seat import Sat
from written_test import ending, sitting, steps
from written_test.models import Step, StepState

ACTS = ("answer", "swap", "leave", "pulse")
ON = {"camera": "on", "microphone": "on"}
CHROME = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36"}
pytestmark = pytest.mark.usefixtures("settings")


@pytest.fixture
def accomplice(sat, ready, signed_in) -> Sat:
    """The same candidate, signed in elsewhere by another link, with another browser."""
    other = Sat.__new__(Sat)
    other.browser, other.base = signed_in(ready.candidate.user), sat.base
    other.token, other.scene, other.headers = "", sat.scene, CHROME
    return other


def kinds(db) -> list[str]:
    return [str(kind) for kind in db.scalars(select(Signal.kind).order_by(Signal.id))]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("thief", ["without a token", "with the token"])
def test_nothing_of_a_test_is_taken_from_elsewhere(db, sat, accomplice, act, thief):
    accomplice.token = "" if thief == "without a token" else sat.token
    told = accomplice.say(act, ticket=sat.scene["ticket"], answer={})
    assert (told.status_code, told.json["aside"]) == (409, True)
    assert db.scalars(select(Step.state)).all() == [StepState.OPEN]
    assert sat.answer().status_code == 200


def test_presenting_the_page_elsewhere_takes_nothing_over(db, sat, accomplice):
    page = accomplice.browser.get(f"{sat.base}/test", headers=CHROME)
    assert "Votre test est ouvert sur une autre page" in text(page)
    told = accomplice.begin()
    assert (told.status_code, told.json["aside"], "html" in told.json) == (409, True, False)
    assert sat.answer().status_code == 200
    assert kinds(db) == []


def test_the_page_that_is_gone_has_no_address(sat):
    assert sat.say("present").status_code == 404
    assert sat.say("here").status_code == 404


@pytest.mark.parametrize("what", ["signals", "snapshot", "watch"])
@pytest.mark.parametrize("thief", ["without a token", "with the token"])
def test_nothing_of_a_watch_is_taken_from_elsewhere(db, sat, accomplice, what, thief):
    shown = {"X-Viva-Watch": sat.token} if thief == "with the token" else {}
    url = sat.scene["watch"]["urls"][what]
    body = {"data": jpeg(), "content_type": "image/jpeg"}
    told = accomplice.browser.post(
        f"{url}?key=a&why=random" if what == "snapshot" else url,
        headers=CHROME | shown,
        **(body if what == "snapshot" else {"json": {"signals": [], "watch": {}}}),
    )
    assert told.status_code == 409
    assert db.scalars(select(Snapshot)).all() == []


def late(sat, *signals):
    shown = {"X-Viva-Watch": sat.token} | sat.headers
    url = sat.scene["watch"]["urls"]["signals"]
    return sat.browser.post(url, json={"signals": list(signals)}, headers=shown)


def test_what_was_noticed_before_a_taking_over_still_comes(db, make, sat, accomplice, signed_in):
    clock.move(timedelta(minutes=3))
    accomplice.scene = accomplice.begin(take_over=True).json
    clock.move(timedelta(minutes=2))
    told = late(
        sat,
        {"key": "p", "kind": "paste", "ago": 150, "detail": {"characters": 640, "former": False}},
        {"key": "t", "kind": "tab_left", "ago": 140, "lasted": 90},
        {"key": "v", "kind": "voice", "ago": 60},  # it was watched elsewhere by then
    )
    assert (told.status_code, told.json) == (200, {"added": 2})
    rows = select(Signal).where(Signal.key.in_(["p", "t", "v"])).order_by(Signal.id)
    paste, left = db.scalars(rows).all()
    taken = db.scalars(select(Signal.at).where(Signal.kind == "other_browser")).one()
    assert (paste.kind, paste.detail) == ("paste", {"characters": 640, "former": True})
    assert abs((taken - left.until).total_seconds()) < 1  # and not when it came back into view
    assert (sat.show("z").status_code, sat.answer().status_code) == (409, 409)
    page = text(signed_in(make.coordinator()).get(f"/coordinator/proctoring/{paste.session_id}"))
    assert page.count("relevé par la page d'avant la reprise") == 2


def test_a_page_that_never_held_the_watch_keeps_what_it_noticed(db, sat, accomplice):
    accomplice.scene, accomplice.token = sat.scene, "x"
    told = late(accomplice, {"key": "p", "kind": "paste", "ago": 1})
    assert (told.status_code, told.json["aside"]) == (409, True)
    accomplice.token = sat.token
    assert late(accomplice, {"key": "p", "kind": "paste", "ago": 1}).status_code == 409
    assert kinds(db) == []


def test_taking_over_is_seen_pictured_and_told_first(
    db,
    make,
    sat,
    accomplice,
    signed_in,
):
    busy = make.proctor_session(closed_at=clock.now())
    for minute in range(9):
        make.signal(busy, at=busy.opened_at + timedelta(minutes=minute))
    assert sat.show().status_code == 200
    clock.move(timedelta(minutes=10))
    accomplice.scene = accomplice.begin(take_over=True).json
    assert accomplice.scene["watch"]["owes"] is True
    owed = accomplice.answer()
    assert (owed.status_code, owed.json["wait"], owed.json["aside"]) == (409, True, False)
    assert accomplice.say("pulse", runs=ON).status_code == 200
    assert accomplice.show("b").status_code == 200
    while accomplice.scene["state"] == "running":
        accomplice.scene = accomplice.answer(ticket=accomplice.scene["ticket"]).json
    session = db.scalars(select(ProctorSession).where(ProctorSession.id != busy.id)).one()
    clock.move(timedelta(minutes=3))
    session.closed_at = clock.now()
    db.commit()
    acts = db.scalars(select(AuditEntry.data).where(AuditEntry.act == "proctoring.hold")).all()
    assert acts == [{"change": "other_browser", "changed": ["browser", "sign_in"]}]
    office = signed_in(make.coordinator())
    listed = office.get("/coordinator/proctoring").text
    assert listed.index(f"/proctoring/{session.id}") < listed.index(f"/proctoring/{busy.id}")
    assert "Autre navigateur" in text(office.get("/coordinator/proctoring"))
    page = text(office.get(f"/coordinator/proctoring/{session.id}"))
    said = re.search(
        r"Les réponses sont venues d'un autre navigateur que celui surveillé au début, "
        r"de \d\d:\d\d à \d\d:\d\d "
        r"\(Chrome · Linux au lieu de Firefox · Windows, autre connexion au site\)\.",
        page,
    )
    assert said is not None
    assert said.start() < page.index("Frise")
    english = text(office.get(f"/coordinator/proctoring/{session.id}?lang=en"))
    assert "Answers came from another browser than the one watched at first, from" in english


def test_a_reload_stays_easy_and_is_noted(db, sat):
    sat.show()
    again = sat.begin(page="tab-one-again").json
    assert (again["ticket"], again["watch"]["owes"]) == (sat.scene["ticket"], False)
    assert sat.answer(page="tab-one-again").status_code == 200
    assert kinds(db) == ["page_reloaded"]


def test_after_a_crash_another_device_goes_on_and_it_is_noted(db, sat, accomplice):
    clock.move(timedelta(minutes=4))
    scene = accomplice.begin(take_over=True).json
    assert scene["ticket"] == sat.scene["ticket"]
    assert scene["left"] > 0
    assert accomplice.show().status_code == 200
    assert accomplice.answer().status_code == 200
    assert kinds(db) == ["silence_of_page", "other_browser"]


def test_a_network_that_changes_is_noted_and_the_test_goes_on(db, sat):
    sat.browser.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    assert sat.answer().status_code == 200
    assert sat.say("pulse").status_code == 200
    assert kinds(db) == ["other_address"]


def test_a_watch_that_falls_silent_is_found_while_answers_come(db, sat):
    """The holder itself answers on and sends no picture and no word of its watch."""
    for _ in range(10):
        clock.move(timedelta(seconds=8))
        assert sat.say("pulse").status_code == 200
    assert sorted(kinds(db)) == ["no_picture", "watch_silent"]


def test_pictures_are_refused_once_the_watch_is_closed_and_returns_reset_nothing(
    db,
    app,
    sat,
):
    app.extensions["viva"].settings.snapshots_most = 2
    assert [sat.show(key).status_code for key in "abc"] == [200, 200, 409]
    assert sat.say("leave").json["state"] == "left"
    assert sat.show("d").status_code == 409
    sat.scene = sat.begin().json
    assert sat.show("e").status_code == 409
    assert len(db.scalars(select(Snapshot)).all()) == 2


def test_camera_and_microphone_are_off_after_the_last_answer(db, ready, sat):
    scene = sat.scene
    while scene["state"] == "running":
        scene = sat.answer(ticket=scene["ticket"]).json
    for path in ("/candidate/", f"/candidate/candidacies/{ready.id}/booking", f"{sat.base}/end"):
        page = sat.browser.get(path).text
        assert ("data-self" in page, "Clore la séance" in page) == (False, True), path
    late = {"signals": [{"key": "late", "kind": "tab_left", "ago": 0}]}
    url = sat.scene["watch"]["urls"]["signals"]
    clock.move(timedelta(seconds=30))
    shown = {"X-Viva-Watch": sat.token} | sat.headers
    assert sat.browser.post(url, json=late, headers=shown).status_code == 200
    session = db.scalars(select(ProctorSession)).one()
    assert db.scalars(select(Signal.at)).all() == [session.watched_until]


def test_a_test_that_its_window_ends_ends_its_watch(db, ready, sat):
    test = sitting.of_candidacy(db, ready.id)
    ending.close_abandoned(db, test, steps.follow(db, test))
    session = db.scalars(select(ProctorSession)).one()
    assert session.watched_until is not None
    assert sat.answer().json["state"] == "ended"


def test_an_answer_and_a_pulse_cost_no_more_statements_than_they_did(
    db,
    app,
    sat,
    database,
):
    sat.show()
    sat.say("pulse", runs=ON)
    with counted(database.engine) as pulse:
        assert sat.say("pulse", runs=ON).status_code == 200
    with counted(database.engine) as answer:
        assert sat.answer(runs=ON).status_code == 200
    writes = {"sqlite": 3, "postgresql": 1}[database.engine.dialect.name]
    assert (pulse.count, answer.count) == (6, 6 + writes)
    assert kinds(db) == []
