from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from chosen import PASSWORD
from flask import Flask
from passlib.totp import TOTP
from pydantic import SecretStr

from evaluator_app.sign_in.second_factor import OnceTotp, tagged
from evaluator_app.sign_in.setup import configure
from kernel import clock
from kernel.permissions import SYSTEM
from people import entry
from people.models import LinkPurpose

KEY = re.compile(r'id="factor-key" value="([^"]+)"')
CODES = re.compile(r"<code>([0-9a-f-]{14})</code>")


@pytest.fixture(autouse=True)
def _still():
    """Hold the real time, which the digits follow: a slow machine does not make them old."""
    with time_machine.travel(datetime(2026, 11, 24, 9, 30, 10, tzinfo=UTC), tick=False):
        yield


class Phone:
    """An authenticator application: the key, and the digits of a moment."""

    def __init__(self, page: str) -> None:
        self.totp = TOTP(key=KEY.search(page).group(1), format="base32")

    def digits(self, later: int = 0) -> str:
        counter = self.totp.generate().counter + later
        return self.totp.generate(time=counter * 30).token


@pytest.fixture
def user(make, with_password):
    return with_password(make.coordinator())


@pytest.fixture
def log_in(app, user):
    def come():
        browser = app.test_client()
        page = browser.post("/login", data={"email": user.email, "password": PASSWORD})
        return browser, page.location

    return come


@pytest.fixture
def phone(log_in, user, db):
    """The phone of `user`, whose second factor is set up; `phone.codes` are the recovery codes."""
    browser, _ = log_in()
    browser.post("/account/confirm", data={"password": PASSWORD})
    made = Phone(browser.get("/account/second-factor").get_data(as_text=True))
    page = browser.post("/account/second-factor", data={"code": made.digits(-1)})
    made.codes = CODES.findall(page.get_data(as_text=True))
    made.browser = browser
    assert len(made.codes) == 8
    db.commit()
    return made


def test_wrong_digits_set_nothing_up(log_in, user, db):
    browser, _ = log_in()
    browser.post("/account/confirm", data={"password": PASSWORD})
    made = Phone(browser.get("/account/second-factor").get_data(as_text=True))
    page = browser.post("/account/second-factor", data={"code": "000000"})
    assert "Ce code ne convient pas" in page.get_data(as_text=True)
    again = Phone(browser.get("/account/second-factor").get_data(as_text=True))
    assert again.digits() == made.digits()
    db.refresh(user)
    assert (user.tf_totp_secret, user.mf_recovery_codes) == (None, None)


def test_the_code_is_asked_after_the_password(log_in, phone, user):
    browser, location = log_in()
    assert location == "/login/code"
    assert browser.get("/coordinator/").status_code == 302
    assert browser.get("/login/code").status_code == 200
    done = browser.post("/login/code", data={"code": phone.digits()})
    assert done.location == "/coordinator/"
    assert browser.get("/coordinator/").status_code == 200


def test_neither_secret_nor_codes_are_kept_readable(phone, user, db):
    db.refresh(user)
    kept = user.tf_totp_secret + "".join(user.mf_recovery_codes)
    assert phone.totp.base32_key not in kept
    assert [code for code in phone.codes if code in kept] == []


def test_digits_serve_once(log_in, phone):
    digits = phone.digits()
    browser, _ = log_in()
    assert browser.post("/login/code", data={"code": digits}).status_code == 302
    other, _ = log_in()
    again = other.post("/login/code", data={"code": digits})
    assert again.status_code == 422
    assert other.post("/login/code", data={"code": phone.digits(1)}).status_code == 302


def test_recovery_codes_serve_once_each(log_in, phone, user, db):
    typed = phone.codes[0].upper()
    browser, _ = log_in()
    assert browser.post("/login/code", data={"code": f" {typed} "}).status_code == 302
    other, _ = log_in()
    assert other.post("/login/code", data={"code": typed}).status_code == 422
    db.refresh(user)
    assert len(user.mf_recovery_codes) == 7


def test_wrong_codes_lock_and_the_right_one_is_refused_then(
    log_in, phone, user, settings, letters, db
):
    browser, _ = log_in()
    for _ in range(settings.lockout_failures):
        assert browser.post("/login/code", data={"code": "000000"}).status_code == 422
    assert browser.post("/login/code", data={"code": phone.digits()}).status_code == 422
    assert browser.post("/login/code", data={"code": phone.codes[0]}).status_code == 422
    assert [letter.template for letter in letters()][1:] == ["account_locked"]
    clock.move(timedelta(minutes=settings.lockout_minutes, seconds=1))
    browser, location = log_in()
    assert location == "/login/code"
    assert browser.post("/login/code", data={"code": phone.digits()}).status_code == 302


def test_the_password_alone_does_not_forget_wrong_codes(log_in, phone, user, settings, db):
    for _ in range(settings.lockout_failures - 1):
        browser, _ = log_in()
        browser.post("/login/code", data={"code": "000000"})
    db.refresh(user)
    assert user.failures == settings.lockout_failures - 1


def test_the_code_is_awaited_ten_minutes(log_in, phone):
    browser, _ = log_in()
    clock.move(timedelta(minutes=11))
    answer = browser.post("/login/code", data={"code": phone.digits()})
    assert answer.location == "/login"


def test_without_the_password_there_is_no_code_to_give(client, phone):
    assert client.get("/login/code").location == "/login"
    assert client.post("/login/code", data={"code": phone.digits()}).location == "/login"


@pytest.mark.parametrize("purpose", [LinkPurpose.SIGN_IN, LinkPurpose.RECOVERY])
def test_links_ask_for_the_code_too(client, db, settings, phone, user, purpose):
    link = entry.make(db, SYSTEM, settings, user, purpose).removeprefix(settings.base_url)
    page = client.post(link)
    if purpose is LinkPurpose.RECOVERY:
        chosen = {"password": "une phrase bien à moi", "again": "une phrase bien à moi"}
        page = client.post(page.location, data=chosen)
    assert page.location == "/login/code"
    assert client.get("/coordinator/").status_code == 302
    assert client.post("/login/code", data={"code": phone.digits()}).location == "/coordinator/"


def test_taking_it_away_needs_a_code(phone, log_in, user, db):
    browser = phone.browser
    browser.post("/account/confirm", data={"password": PASSWORD})
    browser.post("/account/second-factor/remove", data={"code": "000000"})
    db.refresh(user)
    assert user.tf_primary_method == "authenticator"
    browser.post("/account/second-factor/remove", data={"code": phone.codes[0]})
    db.refresh(user)
    assert (user.tf_primary_method, user.tf_totp_secret, user.mf_recovery_codes) == (None,) * 3
    assert log_in()[1] == "/coordinator/"


def test_new_recovery_codes_replace_the_old(phone, user):
    page = phone.browser.post("/account/second-factor/codes", data={"code": phone.digits()})
    fresh = CODES.findall(page.get_data(as_text=True))
    assert len(set(fresh) - set(phone.codes)) == 8
    page = phone.browser.post("/account/second-factor/codes", data={"code": phone.codes[0]})
    assert page.status_code == 302


def test_coordinators_are_urged_and_may_be_required(app, log_in, user, make, signed_in):
    browser, _ = log_in()
    words = "Protégez votre compte par un second facteur"
    assert words in browser.get("/coordinator/").get_data(as_text=True)
    assert words not in signed_in(make.evaluator()).get("/evaluator/").get_data(as_text=True)
    app.extensions["viva"].settings.coordinators_need_second_factor = True
    assert browser.get("/coordinator/people").location == "/account/second-factor"
    browser.post("/account/confirm", data={"password": PASSWORD})
    made = Phone(browser.get("/account/second-factor").get_data(as_text=True))
    browser.post("/account/second-factor", data={"code": made.digits()})
    assert browser.get("/coordinator/people").status_code == 200
    assert words not in browser.get("/coordinator/").get_data(as_text=True)


def test_a_new_secret_key_leaves_second_factors_as_they_are():
    former, current = b"f" * 32, b"c" * 32
    before = OnceTotp(tagged([former]), "Viva Voce")
    after = OnceTotp(tagged([current, former]), "Viva Voce")
    sealed = before.generate_totp_secret()
    assert after.generate_totp_password(sealed) == before.generate_totp_password(sealed)
    alone = OnceTotp(tagged([current]), "Viva Voce")
    fresh = after.generate_totp_secret()
    assert alone.generate_totp_password(fresh) == after.generate_totp_password(fresh)


def test_recovery_codes_are_read_with_former_keys_too(settings):
    rotated = settings.model_copy(
        update={
            "secret_key": SecretStr("a newer secret of the tests, long enough too"),
            "secret_keys_former": [settings.secret_key],
        }
    )
    before, after = Flask("before"), Flask("after")
    configure(before, settings)
    configure(after, rotated)
    keys = "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS"
    assert after.config[keys][1:] == before.config[keys]
