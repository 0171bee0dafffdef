"""The candidate's way through the written test without a browser: order, acts, what is refused."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from pictures import jpeg
from sqlalchemy import select
from twins import on_sqlite

from enrolment import gates, profile, support
from enrolment.models import GateKind
from kernel import clock
from kernel.levels import Level
from people.languages import Language
from proctor import identity, watching
from proctor.models import EquipmentCheck, EquipmentVerdict, IdentityState, ProctorSession
from tests.evaluator_app.desks.written_seat import PAGE
from written_test import recording, sitting
from written_test.models import Step, StepState, WrittenTestState
from written_test.questions.library import demo_questions

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1"
pytestmark = pytest.mark.usefixtures("settings")  # whose clock may move


def text(answer) -> str:
    words = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", words.replace("&#39;", "'"))


@pytest.fixture
def candidacy(sittable):
    return sittable


@on_sqlite
def test_each_step_leads_to_the_next(db, candidacy, signed_in, app):
    user = candidacy.candidate.user
    browser = signed_in(user)
    base = f"/candidate/candidacies/{candidacy.id}/written"
    assert browser.get(f"{base}/").location.endswith("/identity")
    profile.confirm(db, user.actor, candidacy, "fr")
    assert browser.get(f"{base}/").location.startswith("/candidate/equipment")
    ready = EquipmentVerdict.READY
    db.add(EquipmentCheck(user_id=user.id, at=clock.now(), verdict=ready, facts={}))
    assert browser.get(f"{base}/").location.endswith("/written/demo")
    assert browser.post(f"{base}/demo/done").status_code == 302
    assert browser.post(f"{base}/demo/done").status_code == 302
    db.expire_all()
    assert gates.is_open(db, candidacy, GateKind.DEMO_TEST)
    assert browser.get(f"{base}/").location.endswith("/written/watch")
    assert browser.post(f"{base}/watch").status_code == 422
    assert browser.post(f"{base}/watch", data={"proctoring": "1"}).status_code == 302
    assert browser.get(f"{base}/").location.endswith("/written/document")
    assert browser.get(f"{base}/test").location.endswith("/written/document")
    db.commit()
    identity.present_document(db, user.actor, app.extensions["viva"].storage, candidacy, jpeg())
    assert browser.get(f"{base}/").location.endswith("/written/test")
    assert "Commencer le test" in text(browser.get(f"{base}/test"))


@on_sqlite
def test_a_document_that_was_confirmed_is_not_shown_again(db, make, candidacy, signed_in):
    check = make.identity_check(candidacy, state=IdentityState.CONFIRMED)
    browser = signed_in(candidacy.candidate.user)
    address = f"/candidate/candidacies/{candidacy.id}/written/document"
    assert "a déjà été vérifiée" in text(browser.get(address))
    check.state, check.picture_taken_at = IdentityState.REFUSED, clock.now()
    assert "Prendre la photo" in text(browser.get(address))


@on_sqlite
def test_without_a_blueprint_the_home_says_that_the_result_is_sent(make, signed_in):
    candidacy = make.candidacy()
    browser = signed_in(candidacy.candidate.user)
    page = text(browser.get("/candidate/"))
    assert "nous est transmis par le certificateur" in page
    assert "Mini-test" not in page
    home = f"/candidate/candidacies/{candidacy.id}/written"
    assert browser.get(f"{home}/").location == "/candidate/"
    assert browser.get(f"{home}/test").location == "/candidate/"
    assert browser.post(f"{home}/begin", json=PAGE).status_code == 409


@on_sqlite
@pytest.mark.parametrize("page", ["document", "test"])
def test_a_phone_is_told_so_and_sent_to_a_computer(ready, signed_in, page):
    browser = signed_in(ready.candidate.user)
    base = f"/candidate/candidacies/{ready.id}/written"
    answer = browser.get(f"{base}/{page}", headers={"User-Agent": PHONE})
    assert "Un téléphone ne suffit pas" in text(answer)
    assert "Commencer le test" not in text(answer)
    begun = browser.post(f"{base}/begin", json=PAGE, headers={"User-Agent": PHONE})
    assert begun.status_code == 409
    assert browser.post(f"{base}/send").location.endswith("sent=1")


@on_sqlite
def test_the_demo_test_is_tried_on_a_phone_as_well(ready, signed_in):
    browser = signed_in(ready.candidate.user)
    base = f"/candidate/candidacies/{ready.id}/written/demo"
    answer = browser.get(base, headers={"User-Agent": PHONE})
    assert "Question 1 sur 7" in text(answer)


@on_sqlite
@pytest.mark.parametrize("number", range(1, 8))
def test_the_demo_test_says_at_once_what_is_right(candidacy, signed_in, number):
    browser = signed_in(candidacy.candidate.user)
    address = f"/candidate/candidacies/{candidacy.id}/written/demo/{number}"
    told = browser.post(address, json={"answer": {}}).json
    assert told["right"] is False
    assert told["answer"] != []
    assert browser.post(address, json={"answer": {"choices": 3}}).status_code == 422


@on_sqlite
def test_the_demo_test_has_no_eighth_question(candidacy, signed_in):
    browser = signed_in(candidacy.candidate.user)
    base = f"/candidate/candidacies/{candidacy.id}/written/demo"
    count = len(demo_questions())
    assert browser.post(f"{base}/{count + 1}", json={"answer": {}}).status_code == 404
    right = browser.post(f"{base}/1", json={"answer": {"choices": ["c"]}}).json
    assert right["right"] is True


@on_sqlite
@pytest.mark.parametrize("language", [Language.FR, Language.DE])
def test_the_demo_test_is_in_the_language_examined(make, signed_in, language):
    certification = make.certification(language=language)
    make.blueprint(certification, make.bank(language=language))
    candidacy = make.candidacy(certification=certification)
    browser = signed_in(candidacy.candidate.user)
    base = f"/candidate/candidacies/{candidacy.id}/written/demo"
    page = unescape(browser.get(base).get_data(as_text=True))
    asked = demo_questions(language)[0].body.prompt.split("___")[0].strip()
    assert (asked in page, f'lang="{language}" data-question="single"' in page) == (True, True)
    told = browser.post(f"{base}/4", json={"answer": {}}).json
    assert told == {"right": False, "answer": [{"fr": "cinq", "de": "fünf"}[language]]}


def test_beginning_opens_the_watch_and_shows_a_question_without_its_answer(db, ready, sat):
    assert sat.scene["state"] == "running"
    assert sat.scene["number"] == 1
    assert sat.scene["swaps_left"] == 2
    assert 0 < sat.scene["left"] <= sat.scene["seconds"]
    assert sat.scene["watch"]["urls"]["signals"].startswith("/candidate/proctoring/")
    session = db.scalars(select(ProctorSession)).one()
    assert session.room_note == "Seule."
    assert session.identity_check_id is not None
    again = sat.begin().json
    assert again["ticket"] == sat.scene["ticket"]
    assert len(db.scalars(select(ProctorSession)).all()) == 1


def test_nothing_begins_before_its_steps_are_done(candidacy, signed_in):
    browser = signed_in(candidacy.candidate.user)
    answer = browser.post(f"/candidate/candidacies/{candidacy.id}/written/begin", json=PAGE)
    assert answer.status_code == 409


def test_an_answer_brings_the_next_question_and_twice_is_once(sat):
    first = sat.answer()
    assert first.status_code == 200
    assert first.json["ticket"] != sat.scene["ticket"]
    assert first.json["number"] == 2
    again = sat.answer(known=first.json["ticket"])
    assert again.json["ticket"] == first.json["ticket"]
    assert "html" not in again.json


def test_a_late_answer_is_wrong_and_the_page_s_own_clock_is_never_asked(db, sat):
    for _ in range(int(sat.scene["seconds"] // 5) + 1):
        sat.say("pulse")
        clock.move(timedelta(seconds=5))
    scene = sat.answer(left=99, seconds=99).json
    assert scene["ticket"] != sat.scene["ticket"]
    step = db.scalars(select(Step).where(Step.ticket == sat.scene["ticket"])).one()
    assert step.state is StepState.TIMED_OUT


def test_a_cut_is_given_back(db, ready, sat):
    clock.move(timedelta(seconds=25))
    scene = sat.say("pulse").json
    assert scene["left"] == pytest.approx(sat.scene["seconds"], abs=2)
    assert scene["lost_left"] == pytest.approx(275, abs=2)


def test_two_questions_may_be_replaced_and_no_third(sat):
    tickets = [sat.scene["ticket"]]
    for left in (1, 0):
        scene = sat.say("swap", ticket=tickets[-1]).json
        assert scene["swaps_left"] == left
        assert scene["number"] == 1
        tickets.append(scene["ticket"])
    third = sat.say("swap", ticket=tickets[-1])
    assert third.status_code == 409
    assert third.json["aside"] is False
    swapped = sat.answer(ticket=tickets[0])
    assert swapped.status_code == 409
    assert "remplacée" in swapped.json["error"]


def test_another_question_s_ticket_and_another_kind_s_answer_are_refused(sat):
    assert sat.answer(ticket="nonsense").status_code == 422
    assert sat.answer(answer={"choices": ["no such key"]}).status_code == 422
    assert sat.answer(answer=["not", "an", "answer"]).status_code == 422
    assert sat.answer().status_code == 200


@pytest.mark.parametrize("page", ["", "x" * 81, 7, None])
def test_a_page_without_a_name_is_refused(sat, page):
    assert sat.say("pulse", page=page).status_code == 422


def test_the_older_tab_is_told_so_and_may_take_over_again(sat):
    older, sat.token = sat.token, ""
    refused = sat.begin(page="tab-two")
    assert (refused.status_code, refused.json["aside"]) == (409, True)
    assert sat.begin(page="tab-two", take_over=True).status_code == 200
    sat.token, newer = older, sat.token
    told = sat.answer()
    assert (told.status_code, told.json["aside"]) == (409, True)
    assert sat.begin(take_over=True).status_code == 200
    assert sat.token not in (older, newer)
    assert sat.say("pulse").status_code == 200


def test_leaving_ends_the_watch_and_coming_back_opens_another(db, ready, sat):
    assert sat.say("leave").json["state"] == "left"
    assert sat.say("leave").json["state"] == "left"
    sessions = db.scalars(select(ProctorSession)).all()
    assert [session.closed_at is not None for session in sessions] == [True]
    assert "Reprendre le test" in text(sat.browser.get("/candidate/"))
    assert sat.begin().json["state"] == "running"
    db.expire_all()
    assert len(db.scalars(select(ProctorSession)).all()) == 2


def test_a_test_that_runs_is_watched(db, ready, sat):
    watch = sat.scene["watch"]["session"]
    refused = sat.browser.post(f"/candidate/proctoring/{watch}/leave")
    assert (refused.status_code, "Quitter" in text(refused)) == (409, True)
    page = text(sat.browser.get(f"/candidate/proctoring/{watch}"))
    assert "Clore la séance" not in page
    clock.move(timedelta(hours=7))
    assert watching.close_silent(db, 6) == 1
    told = sat.say("pulse")
    assert (told.status_code, told.json["aside"]) == (409, True)
    another = sat.begin().json["watch"]["session"]
    assert another != watch
    assert "watch" not in sat.say("pulse").json
    assert db.get(ProctorSession, another).closed_at is None


def test_the_last_answer_sent_again_is_told_that_the_test_is_over(db, ready, sat):
    test = sitting.of_candidacy(db, ready.id)
    scene = sat.scene
    while scene["state"] == "running":
        last = scene["ticket"]
        scene = sat.answer(ticket=last).json
    assert sat.answer(ticket=last).json["state"] == "ended"
    db.refresh(test)
    assert test.state is WrittenTestState.ENDED
    end = sat.browser.get(f"{sat.base}/end")
    assert "Bravo" in text(end)
    assert str(Level.A1) not in text(end)
    assert "Clore la séance" in text(end)
    assert "Caméra et micro sont coupés" in text(end)
    session = db.scalars(select(ProctorSession)).one()
    db.refresh(session)
    assert session.watched_until is not None
    clock.move(timedelta(minutes=2))
    assert "Clore la séance" not in text(sat.browser.get(f"{sat.base}/end"))
    assert recording.current(db, ready.id).test_id == test.id
    assert sat.browser.get(f"{sat.base}/test").location.endswith("/written/end")


def test_a_coordinator_reads_how_it_went(db, ready, sat, make, signed_in):
    scene = sat.scene
    while scene["state"] == "running":
        scene = sat.answer(ticket=scene["ticket"]).json
    page = text(signed_in(make.coordinator()).get(f"/coordinator/candidacies/{ready.id}"))
    assert "fidèle" in page
    assert "Erreur type" in page
    assert "Voir la surveillance" in page


@on_sqlite
def test_the_help_page_sends_a_message_with_the_state_and_shows_its_answer(
    db, ready, sat, make, settings, signed_in
):
    browser = sat.browser
    address = f"/candidate/candidacies/{ready.id}/help"
    assert "Ce qui est joint" in text(browser.get(address))
    assert browser.post(address, data={"words": " "}).status_code == 422
    assert browser.post(address, data={"words": "La page est blanche."}).status_code == 302
    assert browser.post(f"{address}/ask", json={"words": "Et sombre."}).json == {"sent": True}
    blank, dark = reversed(support.of_candidacy(db, ready.id))
    assert blank.state["page"] == "help"
    assert dark.state["page"] == "test"
    assert dark.state["test"] == "running"
    office = signed_in(make.coordinator())
    assert "La page est blanche." in text(office.get("/coordinator/messages"))
    answered = office.post(f"/coordinator/messages/{blank.id}", data={"answer": "Rechargez-la."})
    assert answered.status_code == 302
    assert office.post(f"/coordinator/messages/{blank.id}", data={"answer": "!"}).status_code == 409
    assert office.post(f"/coordinator/messages/{dark.id}", data={"answer": ""}).status_code == 422
    assert "Rechargez-la." in text(browser.get(address))


@on_sqlite
def test_large_print_and_extra_time_apply_by_themselves(db, make, app, signed_in):
    candidacy = make.candidacy(accommodations=["large_print"], time_factor=4 / 3)
    make.blueprint(candidacy.certification)
    browser = signed_in(candidacy.candidate.user)
    demo = browser.get(f"/candidate/candidacies/{candidacy.id}/written/demo")
    assert 'class="vv-written-large"' in demo.get_data(as_text=True)
    assert "60 s dans le test" in text(demo)
