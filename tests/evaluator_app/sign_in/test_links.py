from __future__ import annotations

import re
from datetime import timedelta

import pytest
from chosen import PASSWORD
from query_count import counted
from sqlalchemy import select

from enrolment import support
from kernel import clock
from kernel.links import address
from kernel.permissions import SYSTEM
from people import entry
from people.models import EntryLink, LinkPurpose, UserSession

TOKENS = re.compile(r'(?<=csrf-token" content=")[^"]+|(?<=name="csrf_token" value=")[^"]+')
CHOSEN = {"password": "une phrase bien à moi", "again": "une phrase bien à moi"}


@pytest.fixture
def link(db, settings):
    def make(user, purpose):
        made = entry.make(db, SYSTEM, settings, user, purpose)
        return made.removeprefix(address(settings, "home").rstrip("/"))

    return make


def test_an_invitation_leads_to_a_password_and_in(client, make, link, with_password):
    user = make.coordinator()
    path = link(user, LinkPurpose.INVITATION)
    assert "Continuer" in client.get(path).get_data(as_text=True)
    going = client.post(path)
    assert (going.status_code, going.location) == (303, f"{path}/password")
    assert client.get("/coordinator/").status_code == 302
    assert client.get(going.location).status_code == 200
    done = client.post(going.location, data=CHOSEN)
    assert (done.status_code, done.location) == (302, "/coordinator/")
    assert client.get("/coordinator/").status_code == 200
    client.post("/logout")
    again = client.post("/login", data={"email": user.email, "password": CHOSEN["password"]})
    assert again.location == "/coordinator/"


def test_a_password_too_easy_leaves_the_link_unused(client, make, link, db):
    user = make.coordinator(email="ada.lovelace@example.test", given_name="Ada")
    path = link(user, LinkPurpose.INVITATION) + "/password"
    for password, again in [
        ("court", "court"),
        ("ada.lovelace@example.test", "ada.lovelace@example.test"),
        ("motdepasse1234", "motdepasse1234"),
        (CHOSEN["password"], "une autre phrase"),
    ]:
        page = client.post(path, data={"password": password, "again": again})
        assert page.status_code == 200
        assert "invalid-feedback" in page.get_data(as_text=True)
    assert db.scalars(select(EntryLink.used_at)).all() == [None]
    assert client.post(path, data=CHOSEN).status_code == 302


def test_an_account_that_is_open_cannot_be_opened_by_an_older_invitation(
    app, make, link, with_password
):
    user = with_password(make.coordinator())
    path = link(user, LinkPurpose.INVITATION)
    for answer in (
        app.test_client().get(path),
        app.test_client().post(path),
        app.test_client().post(f"{path}/password", data=CHOSEN),
    ):
        assert answer.status_code == 410
        assert "Ce compte est déjà ouvert" in answer.get_data(as_text=True)


def test_a_candidate_s_invitation_signs_in_once(app, make, link):
    user = make.candidate().user
    path = link(user, LinkPurpose.INVITATION)
    browser = app.test_client()
    assert browser.get(path).status_code == 200
    assert browser.get("/candidate/").status_code == 302
    assert browser.post(path).location == "/candidate/"
    assert browser.get(path).location == "/candidate/"
    other = app.test_client()
    assert other.post(path).status_code == 410
    assert other.get("/candidate/").status_code == 302


def test_a_candidate_gets_another_link_to_their_own_address(client, make, link, letters):
    candidacy = make.candidacy()
    user = candidacy.candidate.user
    path = link(user, LinkPurpose.INVITATION)
    assert client.post(f"{path}/again").status_code == 404
    client.post(path)
    client.post("/logout")
    page = client.get(path)
    assert page.status_code == 410
    assert "Recevoir un nouveau lien" in page.get_data(as_text=True)
    clock.move(timedelta(minutes=2))
    assert client.post(f"{path}/again").status_code == 200
    assert client.post(f"{path}/again").status_code == 200
    (letter,) = letters()
    assert (letter.template, letter.to.email) == ("candidate_link", user.email)
    fresh = "/e/" + letter.context["link"].rsplit("/", 1)[-1]
    assert client.post(fresh).location == "/candidate/"


def test_a_letter_s_link_signs_in_and_leads_to_what_it_is_about(app, db, make, letters, settings):
    candidacy = make.candidacy()
    page = f"/candidate/candidacies/{candidacy.id}/help"
    asked = support.ask(db, candidacy.candidate.user.actor, settings, candidacy, "?", {})
    support.answer(db, make.coordinator().actor, asked, "Oui.")
    letter = letters()[-1]
    path = letter.context["link"].removeprefix(settings.base_url)
    browser = app.test_client()
    assert "Continuer" in browser.get(path).get_data(as_text=True)
    assert browser.get(page).status_code == 302
    assert browser.post(path).location == page
    assert browser.get(page).status_code == 200
    assert browser.get(path).location == page  # once more, by whoever is here already
    assert app.test_client().get(path).status_code == 410


def test_a_damaged_link_asks_for_the_address(client, make, link):
    path = link(make.candidate().user, LinkPurpose.SIGN_IN)
    for damaged in (path[:-3], "/e/nonsense", "/p/nonsense"):
        page = client.get(damaged)
        assert page.status_code == 404
        assert 'action="/login/link"' in page.get_data(as_text=True)


def test_a_candidate_gets_a_link_by_their_address_alone(client, make, mailed, database):
    user, staff = make.candidate().user, make.evaluator()
    answers = []
    for email in (user.email, staff.email, "nobody@example.test"):
        with counted(database.engine) as asked:
            page = client.post("/login/link", data={"email": email})
        text = TOKENS.sub("", page.get_data(as_text=True))
        answers.append((page.status_code, asked.count, text.replace(email, "…")))
    assert answers == [(200, *answers[0][1:])] * 3
    assert [(letter.template, letter.to.email) for letter in mailed()] == [
        ("candidate_link", user.email),
        ("account_recovery", staff.email),
    ]
    assert client.post("/login/link", data={"email": ""}).status_code == 422


def test_staff_get_no_link_by_an_old_one(client, make, link, letters):
    path = link(make.evaluator(), LinkPurpose.SIGN_IN)
    client.post(path)
    client.post("/logout")
    assert client.post(f"{path}/again").status_code == 404
    assert letters() == []


@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_links_end(client, make, link, purpose):
    path = link(make.coordinator(), purpose)
    clock.move(entry.LIFETIME[purpose] + timedelta(seconds=1))
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 410
        assert "expiré" in answer.get_data(as_text=True)
    assert client.get("/coordinator/").status_code == 302


def test_forged_links_and_links_of_closed_accounts_are_nothing(client, make, link):
    path = link(make.coordinator(active=False), LinkPurpose.SIGN_IN)
    for bad in (path, "/e/nonsense", f"{path[:-2]}xx", "/e/eyJsIjoxfQ.aaaaaa.bbbb"):
        for answer in (client.get(bad), client.post(bad), client.get(f"{bad}/password")):
            assert answer.status_code == 404


def test_a_link_that_signs_in_sets_no_password(client, make, link):
    path = link(make.coordinator(), LinkPurpose.SIGN_IN)
    assert client.post(f"{path}/password", data=CHOSEN).status_code == 404


def test_recovery_works_once_and_ends_every_session(
    app, client, make, with_password, signed_in, recover, db
):
    user = with_password(make.evaluator())
    elsewhere = signed_in(user)
    page = client.post("/login/forgotten", data={"email": user.email})
    assert page.status_code == 200
    (path,) = recover()
    assert client.get(path).status_code == 200
    assert client.post(path).location == f"{path}/password"
    done = client.post(f"{path}/password", data=CHOSEN)
    assert (done.status_code, done.location) == (302, "/evaluator/")
    assert elsewhere.get("/evaluator/").status_code == 302
    assert app.test_client().get(f"{path}/password").status_code == 410
    assert app.test_client().post(f"{path}/password", data=CHOSEN).status_code == 410
    old = app.test_client().post("/login", data={"email": user.email, "password": PASSWORD})
    assert old.status_code == 422


def test_recovery_unlocks(client, make, with_password, recover, settings, db):
    user = with_password(make.evaluator())
    for _ in range(settings.lockout_failures):
        client.post("/login", data={"email": user.email, "password": "wrong every time"})
    client.post("/login/forgotten", data={"email": user.email})
    (path,) = recover()
    client.post(f"{path}/password", data=CHOSEN)
    client.post("/logout")
    again = client.post("/login", data={"email": user.email, "password": CHOSEN["password"]})
    assert again.location == "/evaluator/"


def test_whoever_asks_for_a_recovery_learns_nothing(client, make, recover, database):
    user, closed = make.evaluator(), make.evaluator(active=False)
    answers = []
    for email in (user.email, closed.email, "nobody@example.test"):
        with counted(database.engine) as asked:
            page = client.post("/login/forgotten", data={"email": email})
        text = TOKENS.sub("", page.get_data(as_text=True))  # they bear the second they are made
        answers.append((page.status_code, asked.count, text.replace(email, "…")))
    assert answers[0][:2] == (200, answers[1][1])
    assert answers[1:] == [answers[0]] * 2
    assert len(recover()) == 1


def test_asking_again_at_once_sends_one_letter(client, make, recover):
    user = make.evaluator()
    for _ in range(3):
        client.post("/login/forgotten", data={"email": user.email})
    assert len(recover()) == 1
    clock.move(timedelta(minutes=2))
    client.post("/login/forgotten", data={"email": user.email})
    assert len(recover()) == 2


def test_no_get_signs_in_or_writes(client, make, link, db):
    paths = [
        link(make.coordinator(), LinkPurpose.SIGN_IN),
        link(make.coordinator(), LinkPurpose.INVITATION),
        link(make.candidate().user, LinkPurpose.INVITATION),
    ]
    recovery = link(make.evaluator(), LinkPurpose.RECOVERY)
    for path in [*paths, recovery, f"{recovery}/password", f"{paths[1]}/password"]:
        assert client.get(path).status_code == 200
    db.commit()
    assert db.scalars(select(EntryLink.used_at)).all() == [None] * 4
    assert db.scalars(select(UserSession)).all() == []
    with client.session_transaction() as session:
        assert "_user_id" not in session
