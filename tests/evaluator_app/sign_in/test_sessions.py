from __future__ import annotations

import dataclasses
import re
from datetime import timedelta

import pytest
from chosen import PASSWORD
from live_wire import connect, watch
from query_count import counted
from sqlalchemy import select
from twins import on_sqlite

from evaluator_app.live.hub import live
from evaluator_app.processes.jobs import end_sessions
from kernel import clock
from kernel import live as live_rows
from people import inviting, sessions
from people.models import UserSession
from rooms.models import InterviewState

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605 Version/18 Safari/605"


@pytest.fixture
def come_in(app, make, with_password):
    def log_in(user, agent=FIREFOX):
        browser = app.test_client()
        browser.environ_base["HTTP_USER_AGENT"] = agent
        page = browser.post("/login", data={"email": user.email, "password": PASSWORD})
        assert page.status_code == 302
        return browser

    return log_in


@pytest.fixture
def user(make, with_password):
    return with_password(make.evaluator())


def rows(db):
    db.rollback()
    return db.scalars(select(UserSession).order_by(UserSession.id)).all()


def test_the_account_lists_open_sessions_and_ends_one(come_in, user, db):
    here, there = come_in(user), come_in(user, SAFARI)
    page = here.get("/account/").get_data(as_text=True)
    listed = re.findall(r'<th scope="row">([^<]+?) *<', page)
    assert listed == ["Safari · macOS", "Firefox · Windows"]
    assert there.get("/evaluator/").status_code == 200
    first, second = [row.id for row in rows(db)]
    assert here.post(f"/account/sessions/{second}/end").status_code == 302
    assert there.get("/evaluator/").location == "/login?next=/evaluator/"
    assert here.get("/evaluator/").status_code == 200
    assert here.post(f"/account/sessions/{second}/end").status_code == 404
    assert [row.id for row in rows(db) if row.revoked_at is None] == [first]


def test_nobody_ends_another_s_session(come_in, user, make, with_password, db):
    come_in(user)
    other = come_in(with_password(make.coordinator()))
    assert other.post(f"/account/sessions/{rows(db)[0].id}/end").status_code == 404
    assert other.post("/account/sessions/99999/end").status_code == 404
    assert [row.revoked_at for row in rows(db)] == [None, None]


def test_all_others_end_at_once(come_in, user):
    here, *others = (come_in(user) for _ in range(3))
    here.post("/account/sessions/end-others")
    assert here.get("/evaluator/").status_code == 200
    assert [browser.get("/evaluator/").status_code for browser in others] == [302, 302]


def test_staff_sessions_end_with_the_day(come_in, user, settings):
    browser = come_in(user)
    clock.move(timedelta(hours=settings.session_hours, seconds=-30))
    assert browser.get("/evaluator/").status_code == 200
    clock.move(timedelta(minutes=1))
    assert browser.get("/evaluator/").status_code == 302


def test_a_candidate_s_session_outlives_the_exam(make, signed_in, settings):
    browser = signed_in(make.candidate().user)
    clock.move(timedelta(hours=settings.session_hours + 1))
    assert browser.get("/candidate/").status_code == 200
    clock.move(timedelta(hours=sessions.CANDIDATE_HOURS - settings.session_hours))
    assert browser.get("/candidate/").status_code == 302


def test_closing_an_account_ends_its_sessions_for_good(come_in, user, make, db):
    browser, coordinator = come_in(user), make.coordinator()
    inviting.set_active(db, coordinator.actor, user, active=False)
    assert browser.get("/evaluator/").status_code == 302
    inviting.set_active(db, coordinator.actor, user, active=True)
    assert browser.get("/evaluator/").status_code == 302


def test_being_seen_is_noted_once_a_minute(come_in, user, db, database):
    browser = come_in(user)
    with counted(database.engine) as asked:
        assert browser.get("/evaluator/").status_code == 200
    assert [s for s in asked.statements if not s.startswith("SELECT")] == []
    before = rows(db)[0].seen_at
    clock.move(timedelta(minutes=2))
    with counted(database.engine) as asked:
        browser.get("/evaluator/")
        browser.get("/evaluator/")
    assert len([s for s in asked.statements if s.startswith("UPDATE")]) == 1
    assert rows(db)[0].seen_at - before >= timedelta(minutes=2)


def test_a_new_kind_of_browser_is_told_by_mail_but_not_the_first(db, come_in, user, letters):
    sessions.begin(db, user, sessions.Browser())  # one that told nothing of itself: none is known
    come_in(user)
    come_in(user)
    assert letters() == []
    come_in(user, SAFARI)
    assert [(letter.template, letter.context["device"]) for letter in letters()] == [
        ("new_sign_in", "Safari · macOS · 127.0.0.1")
    ]


def test_coming_in_ends_who_was_there_before(come_in, user, make, with_password, db):
    browser = come_in(user)
    other = with_password(make.coordinator())
    browser.post("/login", data={"email": other.email, "password": PASSWORD})
    assert browser.get("/coordinator/").status_code == 200
    assert [row.revoked_at is None for row in rows(db)] == [False, True]


def test_a_session_taken_from_another_s_cookie_opens_nothing(app, come_in, user, make):
    browser, other = come_in(user), make.coordinator()
    with browser.session_transaction() as session:
        session["_user_id"] = other.fs_uniquifier
    assert browser.get("/coordinator/").status_code == 302


def test_an_ended_session_watches_nothing(come_in, user, make, db, monkeypatch):
    monkeypatch.setattr(live, "_started", True)  # no thread that outlives the test
    interview = make.interview(make.appointment(evaluator=user))
    topic = f"interview:{interview.id}"
    browser = come_in(user)
    address = connect(browser)
    assert '"ok":true' in watch(browser, address, topic)
    browser.post("/account/sessions/end-others")
    for row in rows(db):
        row.revoked_at = clock.now()
    db.commit()
    assert '{"error":"not_there"}' in watch(browser, address, topic)


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(come_in, user, app):
    here, there = come_in(user), come_in(user)
    chosen = {"password": "une phrase bien à moi", "again": "une phrase bien à moi"}
    refused = here.post("/account/password", data={"current": "wrong", **chosen})
    assert "pas votre mot de passe actuel" in refused.get_data(as_text=True)
    assert there.get("/evaluator/").status_code == 200
    assert here.post("/account/password", data={"current": PASSWORD, **chosen}).status_code == 302
    assert here.get("/evaluator/").status_code == 200
    assert there.get("/evaluator/").status_code == 302
    login = {"email": user.email, "password": chosen["password"]}
    assert app.test_client().post("/login", data=login).status_code == 302


def test_language_and_zone_are_kept(come_in, user, db):
    browser = come_in(user)
    data = {"locale": "en", "timezone": "America/Martinique"}
    assert browser.post("/account/", data=data).status_code == 302
    assert "My account" in browser.get("/account/").get_data(as_text=True)
    db.refresh(user)
    assert (user.locale, user.timezone) == ("en", "America/Martinique")
    bad = {"locale": "en", "timezone": "Mars/Olympus"}
    assert browser.post("/account/", data=bad).status_code == 200
    db.refresh(user)
    assert user.timezone == "America/Martinique"


def test_a_member_of_staff_says_their_name(come_in, user, db, make, signed_in):
    browser = come_in(user)
    named = {"given_name": " Zoé ", "family_name": "D'Aubigné"}
    assert browser.post("/account/name", data=named).status_code == 302
    db.refresh(user)
    assert user.name == "Zoé D'Aubigné"
    halved = browser.post("/account/name", data={"given_name": "", "family_name": "Seul"})
    assert (halved.status_code, "Donnez votre prénom" in halved.get_data(as_text=True)) == (
        200,
        True,
    )
    db.refresh(user)
    assert user.name == "Zoé D'Aubigné"
    assert browser.get("/account/").get_data(as_text=True).count("D&#39;Aubigné") > 0
    assert signed_in(make.candidate().user).post("/account/name", data=named).status_code == 404


def test_everybody_has_an_account_page_and_strangers_none(client, make, signed_in):
    for who in (make.coordinator(), make.evaluator(), make.manager(), make.candidate().user):
        browser = signed_in(who)
        for path in ("/account/", "/account/password"):
            assert browser.get(path).status_code == 200
    assert client.get("/account/").location == "/login?next=/account/"
    assert signed_in(make.candidate().user).get("/account/second-factor").status_code == 404


IDLE = {
    "idle_coordinator_minutes": 60,
    "idle_staff_minutes": 120,
    "idle_candidate_minutes": 120,
}


@pytest.fixture
def idle(app):
    """Let silent sessions end."""
    house = app.extensions["viva"]
    settings = house.settings.model_copy(update=IDLE)
    app.extensions["viva"] = dataclasses.replace(house, settings=settings)


@on_sqlite
@pytest.mark.parametrize("role", ["coordinator", "evaluator", "candidate"])
def test_a_silent_session_ends(idle, make, signed_in, role):
    user = make.candidate().user if role == "candidate" else getattr(make, role)()
    browser, minutes = signed_in(user), 60 if role == "coordinator" else 120
    clock.move(timedelta(minutes=minutes, seconds=-5))
    assert browser.get(f"/{role}/").status_code == 200
    clock.move(timedelta(minutes=minutes, seconds=5))
    assert browser.get(f"/{role}/").location == f"/login?next=/{role}/"


def test_nobody_is_signed_out_of_an_oral(idle, make, signed_in):
    interview = make.interview(state=InterviewState.RUNNING)
    appointment = interview.appointment
    people = [(signed_in(appointment.evaluator), "evaluator")]
    people += [(signed_in(appointment.candidacy.candidate.user), "candidate")]
    clock.move(timedelta(hours=5))
    assert [browser.get(f"/{desk}/").status_code for browser, desk in people] == [200, 200]
    interview.state = InterviewState.ENDED
    clock.move(timedelta(hours=5))
    assert [browser.get(f"/{desk}/").status_code for browser, desk in people] == [302, 302]


def test_sessions_whose_time_is_over_are_ended_by_the_jobs(come_in, user, db, settings):
    come_in(user)
    assert sessions.end_overdue(db, settings) == 0
    clock.move(timedelta(hours=settings.session_hours, seconds=1))
    assert sessions.end_overdue(db, settings) == 1
    assert sessions.end_overdue(db, settings) == 0
    assert [event.topic for event in live_rows.pending(db)] == [f"session:{rows(db)[0].id}"]


def test_a_silent_session_never_comes_back(idle, make, signed_in, db, database, settings):
    interview = make.interview(state=InterviewState.PLANNED)
    evaluator = interview.appointment.evaluator
    browser, asleep = signed_in(evaluator), settings.model_copy(update=IDLE)
    line = connect(browser)
    clock.move(timedelta(minutes=120, seconds=1))
    db.commit()
    end_sessions(database, None, asleep)
    live.emit_pending()
    assert browser.post(line, data="3").status_code == 400
    interview.state = InterviewState.RUNNING
    db.commit()
    assert browser.get("/evaluator/").location == "/login?next=/evaluator/"


def test_the_jobs_end_silent_sessions_but_not_of_an_oral(make, db, database, settings):
    asleep = settings.model_copy(update=IDLE)
    interview = make.interview(state=InterviewState.RUNNING)
    busy = interview.appointment.evaluator
    people = {"busy": busy, "evaluator": make.evaluator(), "coordinator": make.coordinator()}
    for person in people.values():
        sessions.begin(db, person, sessions.Browser())
    names = {person.id: name for name, person in people.items()}
    db.commit()

    def signed_out() -> list[str]:
        end_sessions(database, None, asleep)
        over = [names[row.user_id] for row in rows(db) if row.revoked_at is not None]
        db.rollback()  # SQLite has one writer: the jobs come next
        return over

    clock.move(timedelta(minutes=59))
    assert signed_out() == []
    clock.move(timedelta(minutes=2))
    assert signed_out() == ["coordinator"]
    clock.move(timedelta(minutes=60))
    end_sessions(database, None, settings)  # 0: never
    assert signed_out() == ["evaluator", "coordinator"]
    interview.state = InterviewState.ENDED
    db.commit()
    assert signed_out() == ["busy", "evaluator", "coordinator"]
