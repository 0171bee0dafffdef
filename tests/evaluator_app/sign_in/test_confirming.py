"""What a session alone does not change: how an account is opened."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from chosen import PASSWORD
from passlib.totp import TOTP
from sqlalchemy import select

from kernel import clock
from kernel.audit import AuditEntry
from people import sessions
from people.models import UserSession

GUARDED = [
    ("GET", "/account/second-factor"),
    ("POST", "/account/second-factor"),
    ("POST", "/account/second-factor/remove"),
    ("POST", "/account/second-factor/codes"),
]


def confirm(browser, password=PASSWORD):
    return browser.post("/account/confirm?next=/account/second-factor", data={"password": password})


def changes(letters):
    return [
        (letter.to.email, letter.context["change"])
        for letter in letters()
        if letter.template == "credential_changed"
    ]


@pytest.fixture
def with_factor(with_password, signed_in, db):
    """Give somebody a second factor by its page; return them, their browser and their codes."""

    def give(user):
        browser = signed_in(with_password(user))
        assert confirm(browser).status_code == 303
        page = browser.get("/account/second-factor").get_data(as_text=True)
        key = re.search(r'id="factor-key" value="([^"]+)"', page)[1]
        digits = TOTP(key=key, format="base32").generate().token
        shown = browser.post("/account/second-factor", data={"code": digits})
        assert shown.status_code == 200
        db.refresh(user)
        assert user.tf_primary_method == "authenticator"
        return browser

    return give


@pytest.mark.parametrize(("method", "address"), GUARDED)
def test_whoever_holds_the_session_for_a_minute_changes_nothing(
    make, with_password, signed_in, method, address
):
    browser = signed_in(with_password(make.coordinator()))
    led = browser.open(address, method=method)
    assert (led.status_code, led.location.split("?")[0]) == (303, "/account/confirm")
    assert confirm(browser, "something else entirely").status_code == 200
    assert browser.open(address, method=method).status_code == 303
    assert confirm(browser).location == "/account/second-factor"
    assert browser.get("/account/second-factor").status_code == 200
    clock.move(sessions.PROOF_LASTS + timedelta(seconds=1))
    assert browser.open(address, method=method).status_code == 303


def test_whoever_has_no_password_gets_a_link(make, signed_in, recover):
    user = make.candidate().user
    browser = signed_in(user)
    assert browser.get("/account/password").status_code == 200
    clock.move(sessions.PROOF_LASTS + timedelta(seconds=1))
    assert browser.get("/account/password").location.startswith("/account/confirm")
    assert "Recevoir un lien" in browser.get("/account/confirm").get_data(as_text=True)
    assert browser.post("/account/confirm/link").status_code == 200
    assert len(recover()) == 1


def test_each_change_is_told(make, with_factor, with_password, signed_in, letters):
    user = make.evaluator()
    browser = with_factor(user)
    assert changes(letters) == [(user.email, "factor_set")]
    other = "une autre phrase bien à moi"
    chosen = {"current": PASSWORD, "password": other, "again": other}
    assert browser.post("/account/password", data=chosen).status_code == 302
    assert changes(letters)[1:] == [(user.email, "password")]


def test_another_coordinator_resets_a_second_factor(
    make, with_factor, with_password, signed_in, letters, db
):
    lost, helper = make.coordinator(), with_password(make.coordinator())
    browser = with_factor(lost)
    address = f"/coordinator/people/{lost.id}/second-factor/reset"
    other = signed_in(helper)
    assert "Retirer le second facteur" in other.get(f"/coordinator/people/{lost.id}").get_data(
        as_text=True
    )
    assert other.post(address).location.startswith("/account/confirm")
    confirm(other)
    assert other.post(address).status_code == 302
    db.refresh(lost)
    assert (lost.tf_totp_secret, lost.mf_recovery_codes) == (None, None)
    assert browser.get("/coordinator/").status_code == 302
    assert changes(letters)[-1] == (lost.email, "factor_reset")
    (entry,) = db.scalars(select(AuditEntry).where(AuditEntry.act == "second_factor.reset"))
    assert (entry.actor_id, entry.subject_id) == (helper.id, lost.id)
    assert other.post(address).status_code == 409
    own = f"/coordinator/people/{helper.id}/second-factor/reset"
    assert other.post(own).status_code == 409
    assert signed_in(make.evaluator()).post(address).status_code == 404


def test_signing_out_clears_what_the_browser_keeps(make, signed_in, db):
    for sent, kinds in (({}, '"cache"'), ({"clean": "1"}, '"cache", "storage"')):
        answer = signed_in(make.evaluator()).post("/logout", data=sent)
        assert answer.headers["Clear-Site-Data"] == kinds
    assert all(row.revoked_at is not None for row in db.scalars(select(UserSession)))
