from __future__ import annotations

from datetime import timedelta

import pytest
from chosen import PASSWORD
from sqlalchemy import select
from twins import on_sqlite

from evaluator_app.sign_in.throttle import limiter
from kernel import clock
from kernel.audit import AuditEntry
from people.locking import MANY_PLACES, Place
from people.models import SignInTries, UserSession

WRONG = "Cette adresse et ce mot de passe ne vont pas ensemble."


def come_in(client, email, password=PASSWORD, **query):
    return client.post("/login", data={"email": email, "password": password}, query_string=query)


def test_staff_come_in_by_address_and_password(client, make, with_password):
    user = with_password(make.evaluator())
    page = come_in(client, f" {user.email.upper()} ")
    assert (page.status_code, page.location) == (302, "/evaluator/")
    assert client.get("/evaluator/").status_code == 200


def test_candidates_come_in_by_their_code_however_they_type_it(app, make, with_password):
    user = with_password(make.candidate().user, "K7QM-2XWD-9HPT")
    for typed in ("K7QM-2XWD-9HPT", " k7qm 2xwd 9hpt ", "K7QM2XWD9HPT"):
        page = come_in(app.test_client(), user.email, typed)
        assert (page.status_code, page.location) == (302, "/candidate/")
    assert come_in(app.test_client(), user.email, "K7QM-2XWD-9HPU").status_code == 422


def test_strangers_closed_accounts_and_wrong_passwords_read_the_same(app, make, with_password):
    user = with_password(make.evaluator())
    closed = with_password(make.evaluator(active=False))
    unopened = make.evaluator()
    pages = []
    for email, password in [
        ("nobody@example.test", PASSWORD),
        (user.email, "something else entirely"),
        (closed.email, PASSWORD),
        (unopened.email, PASSWORD),
    ]:
        page = come_in(app.test_client(), email, password)
        text = page.get_data(as_text=True)
        assert WRONG in text
        pages.append((page.status_code, [p.strip() for p in text.splitlines() if email not in p]))
    statuses = [status for status, _ in pages]
    assert statuses == [422] * 4
    bodies = [[line for line in lines if "csrf" not in line] for _, lines in pages]
    assert bodies[1:] == [bodies[0]] * 3


def test_a_place_that_fails_too_often_waits_longer_each_time(
    client, make, with_password, settings, letters
):
    user = with_password(make.evaluator())
    pauses = [settings.lockout_minutes, 2 * settings.lockout_minutes]
    for minutes in pauses:
        for _ in range(settings.lockout_failures):
            assert come_in(client, user.email, "wrong every time").status_code == 422
        assert come_in(client, user.email).status_code == 422
        clock.move(timedelta(minutes=minutes, seconds=-5))
        assert come_in(client, user.email).status_code == 422
        clock.move(timedelta(hours=1))  # whoever is tried is told once an hour at most
    assert come_in(client, user.email).location == "/evaluator/"
    told = [letter for letter in letters() if letter.template == "account_tried"]
    assert {letter.context["link"] for letter in told} == {f"{settings.base_url}/login/forgotten"}
    assert [letter.context["minutes"] for letter in told] == pauses


def fail_from(app, user, address, times):
    for _ in range(times):
        stranger = app.test_client()
        stranger.post(
            "/login",
            data={"email": user.email, "password": "wrong every time"},
            environ_base={"REMOTE_ADDR": address},
        )


def test_a_stranger_shuts_nobody_out(app, make, with_password, settings):
    user = with_password(make.evaluator())
    fail_from(app, user, "198.51.100.7", 3 * settings.lockout_failures)
    assert come_in(app.test_client(), user.email).location == "/evaluator/"


@on_sqlite
def test_many_strangers_make_strangers_wait_and_no_browser_of_ones_own(
    app, make, with_password, settings, recover
):
    user = with_password(make.evaluator())
    known = app.test_client()
    assert come_in(known, user.email).status_code == 302
    known.post("/logout")
    for place in range(MANY_PLACES):
        fail_from(app, user, f"198.51.100.{place}", settings.lockout_failures)
    assert come_in(app.test_client(), user.email).status_code == 422
    assert come_in(known, user.email).location == "/evaluator/"
    elsewhere = app.test_client()
    elsewhere.post("/login/forgotten", data={"email": user.email})
    (path,) = recover()
    chosen = {"password": "une phrase bien à moi", "again": "une phrase bien à moi"}
    assert elsewhere.post(f"{path}/password", data=chosen).location == "/evaluator/"


@pytest.mark.parametrize(
    ("address", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("198.51.100.1", "198.51.100.2", False),
        ("", "nonsense", True),
    ],
)
def test_a_household_is_one_place(address, other, same):
    assert (Place.address(address) == Place.address(other)) is same


def test_an_access_code_leads_to_a_password_once_and_ends(app, make, with_password, db):
    user = with_password(make.candidate().user, "K7QM-2XWD-9HPT")
    user.code_until = clock.now() + timedelta(days=31)
    db.commit()
    browser = app.test_client()
    led = come_in(browser, user.email, "k7qm 2xwd 9hpt")
    assert (led.status_code, led.location.rpartition("/")[2]) == (303, "password")
    assert browser.get("/candidate/").status_code == 302
    chosen = {"password": "une phrase bien à moi", "again": "une phrase bien à moi"}
    assert browser.post(led.location, data=chosen).location == "/candidate/"
    assert come_in(app.test_client(), user.email, "K7QM-2XWD-9HPT").status_code == 422
    again = come_in(app.test_client(), user.email, chosen["password"])
    assert again.location == "/candidate/"
    late = with_password(make.candidate().user, "K7QM-2XWD-9HPT")
    late.code_until = clock.now() + timedelta(days=31)
    db.commit()
    clock.move(timedelta(days=31, seconds=1))
    page = come_in(app.test_client(), late.email, "K7QM-2XWD-9HPT")
    assert (page.status_code, "a expiré" in page.get_data(as_text=True)) == (422, True)


def test_coming_in_forgets_the_failures_of_that_place(client, make, with_password, settings, db):
    user = with_password(make.evaluator())
    for _ in range(settings.lockout_failures - 1):
        come_in(client, user.email, "wrong every time")
    assert come_in(client, user.email).status_code == 302
    assert db.scalars(select(SignInTries.source)).all() == [""]


def test_failures_stand_in_the_log_without_the_address(client, make, with_password, db):
    user = with_password(make.evaluator())
    come_in(client, user.email, "wrong")
    come_in(client, "nobody@example.test", "wrong")
    entries = db.scalars(
        select(AuditEntry).where(AuditEntry.act == "sign_in.refused").order_by(AuditEntry.id)
    ).all()
    assert [(e.subject_id, e.data) for e in entries] == [(user.id, {}), (None, {})]


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.test/",
        "//elsewhere.test/",
        "/\\elsewhere.test",
        "/%5Celsewhere.test\\",
        "javascript:alert(1)",
        "evaluator/",
        "/login?next=/",
        "/a\r\nSet-Cookie: b",
        "\t//elsewhere.test",
    ],
)
def test_nobody_is_sent_elsewhere(client, make, with_password, target):
    user = with_password(make.evaluator())
    assert come_in(client, user.email, next=target).location == "/evaluator/"


def test_whoever_must_sign_in_goes_on_where_they_were_going(client, make, with_password):
    user = with_password(make.coordinator())
    asked = client.get("/coordinator/people?role=evaluator&q=a%20b")
    assert asked.status_code == 302
    assert asked.location == "/login?next=/coordinator/people?role%3Devaluator%26q%3Da%2520b"
    page = client.post(asked.location, data={"email": user.email, "password": PASSWORD})
    assert page.location == "/coordinator/people?role=evaluator&q=a%20b"


def test_a_script_is_told_rather_than_led_to_a_form(client):
    answer = client.get("/coordinator/people", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json["field"] is None


def test_signing_out_ends_the_session_and_a_get_does_not(client, make, with_password, db):
    user = with_password(make.evaluator())
    come_in(client, user.email)
    assert client.get("/logout").status_code == 405
    assert client.get("/evaluator/").status_code == 200
    kept = client.get_cookie("viva").value
    assert client.post("/logout").location == "/"
    assert client.get("/evaluator/").status_code == 302
    client.set_cookie("viva", kept)
    assert client.get("/evaluator/").status_code == 302
    assert [row.revoked_at is None for row in db.scalars(select(UserSession))] == [False]


def test_signing_in_needs_the_form_s_token(client, make, with_password):
    user = with_password(make.evaluator())
    data = {"email": user.email, "password": PASSWORD}
    assert client.post("/login", data=data, csrf=False).status_code == 400


def test_the_page_speaks_both_languages(client):
    assert "Mot de passe oublié" in client.get("/login").get_data(as_text=True)
    assert "Forgotten password" in client.get("/login?lang=en").get_data(as_text=True)


def test_whoever_is_signed_in_has_nothing_to_fill_in(make, signed_in):
    browser = signed_in(make.evaluator())
    assert browser.get("/login").location == "/evaluator/"
    assert browser.get("/login?next=/evaluator/equipment").location == "/evaluator/equipment"


def test_one_address_cannot_try_for_ever(app, client, settings):
    app.extensions["viva"].settings.throttle = True
    limiter.reset()
    statuses = [
        client.post("/login", data={"email": "", "password": ""}).status_code for _ in range(61)
    ]
    assert statuses == [200] * 60 + [429]
    assert client.get("/login").status_code == 200
