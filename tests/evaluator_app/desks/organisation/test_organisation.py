"""The organisation's desk over HTTP: enrol, follow, correct; never another's candidates."""

from __future__ import annotations

import re

import letterbox
from sqlalchemy import select

from enrolment.models import Candidacy, Stage
from people.models import User
from results.models import Document
from results.validation import validate
from tests.results.test_validation import complete

FORM = {
    "birth_name": "Œuvrard",
    "first_names": "Zoé Anne",
    "sex": "F",
    "birth_date": "1990-02-03",
    "birth_country": "FR",
    "birth_place": "Rennes",
    "birth_commune_code": "35238",
    "email": "zoe@example.test",
    "locale": "fr",
    "timezone": "Europe/Paris",
    "field": "sales",
    "target_level": "B1",
    "window_start": "2030-01-01",
    "time_factor": "1.3333333333333333",
    "accommodations": ["extra_time", "breaks"],
    "access_mode": "CANDIDAT_LIBRE",
    "initiative": "CERTIFIE",
    "enrolled_on": "2029-12-01",
}


def text(answer) -> str:
    return answer.get_data(as_text=True)


def test_a_candidate_is_enrolled_with_every_field(db, make, signed_in, settings):
    certification = make.certification()
    browser = signed_in(make.manager())
    answer = browser.post("/organisation/enrol", data=FORM | {"certification": certification.id})
    assert answer.status_code == 302, text(answer)
    made = db.scalars(select(Candidacy)).one()
    assert (made.candidate.name, made.target_level, made.accommodations) == (
        "Zoé Œuvrard",
        "B1",
        ["extra_time", "breaks"],
    )
    [letter] = letterbox.written(db, settings)
    assert made.candidate.user.password is not None
    assert len(letter.context["code"]) == 14
    assert "Zoé Œuvrard" in text(browser.get("/organisation/?q=oeuvrard"))


def test_a_form_with_faults_keeps_what_was_typed(db, make, signed_in):
    certification = make.certification()
    browser = signed_in(make.manager())
    wrong = FORM | {"certification": certification.id, "email": "zoe", "birth_date": "nonsense"}
    answer = browser.post("/organisation/enrol", data=wrong)
    assert (answer.status_code, "Œuvrard" in text(answer)) == (200, True)
    assert db.scalars(select(User).where(User.role == "candidate")).all() == []


def test_another_organisation_sees_nothing(db, make, signed_in):
    candidacy = make.candidacy()
    stranger = signed_in(make.manager())
    for path in (
        f"/organisation/candidacies/{candidacy.id}",
        f"/organisation/candidacies/{candidacy.id}/identity",
    ):
        assert stranger.get(path).status_code == 404
    for path in ("withdraw", "link"):
        answer = stranger.post(f"/organisation/candidacies/{candidacy.id}/{path}")
        assert answer.status_code == 404
    assert candidacy.candidate.birth_name not in text(stranger.get("/organisation/"))


def test_results_and_documents_are_the_organisations_own(db, make, signed_in, app):
    candidacy = complete(make)
    validate(db, make.coordinator().actor, candidacy)
    document = db.scalars(select(Document)).first()
    own = signed_in(make.manager(candidacy.organisation))
    assert "Niveau global" in text(own.get(f"/organisation/candidacies/{candidacy.id}"))
    waiting = own.get(f"/documents/{document.id}.pdf")
    assert (waiting.status_code, "en préparation" in text(waiting)) == (409, True)
    kept = app.extensions["viva"].storage.put("documents/test.pdf", b"%PDF-1.7 test")
    document.storage_key = kept.key
    assert own.get(f"/documents/{document.id}.pdf").data == b"%PDF-1.7 test"
    assert signed_in(make.manager()).get(f"/documents/{document.id}.pdf").status_code == 404


def test_the_figure_of_those_being_assessed_leads_to_them_all(make, signed_in):
    organisation = make.organisation()
    here, elsewhere = (Stage.IN_ORAL, Stage.MARKING, Stage.COMPLETE), (Stage.BOOKED, Stage.ENROLLED)
    for stage in (*here, *elsewhere):
        make.candidacy(organisation=organisation, stage=stage)
    browser = signed_in(make.manager(organisation))
    page = text(browser.get("/organisation/"))
    assert re.findall(r'href="\?stage=assessed".*?>(\d+)<', page, re.DOTALL)[:1] == ["3"]
    assert text(browser.get("/organisation/?stage=assessed")).count("<tr data-href") == len(here)
    assert text(browser.get("/organisation/?stage=booked")).count("<tr data-href") == 1
    everybody = text(browser.get("/organisation/?stage=nonsense")).count("<tr data-href")
    assert everybody == len(here) + len(elsewhere)


def test_a_country_is_chosen_by_its_name(db, make, signed_in):
    candidacy = make.candidacy()
    browser = signed_in(make.manager(candidacy.organisation))
    address = f"/organisation/candidacies/{candidacy.id}/identity"
    assert '<option value="DE">Allemagne</option>' in text(browser.get(f"{address}?lang=fr"))
    assert '<option value="DE">Germany</option>' in text(browser.get(f"{address}?lang=en"))
    browser.post(address, data={**FORM, "birth_country": "ZZ"})
    assert candidacy.candidate.birth_country == "FR"
    assert browser.post(address, data={**FORM, "birth_country": "DE"}).status_code == 302
    db.expire_all()
    assert candidacy.candidate.birth_country == "DE"


def test_withdrawing_and_sending_the_link_again(db, make, signed_in):
    candidacy = make.candidacy()
    browser = signed_in(make.manager(candidacy.organisation))
    page = f"/organisation/candidacies/{candidacy.id}"
    assert browser.post(f"{page}/link").status_code == 302
    assert browser.post(f"{page}/withdraw", data={"reason": ""}).status_code == 422
    assert browser.post(f"{page}/withdraw", data={"reason": "ill"}).status_code == 302
    db.expire_all()
    assert candidacy.stage is Stage.WITHDRAWN


def test_every_page_answers_in_both_languages(make, signed_in):
    candidacy = make.candidacy()
    browser = signed_in(make.manager(candidacy.organisation))
    for path in (
        "/organisation/",
        "/organisation/enrol",
        f"/organisation/candidacies/{candidacy.id}",
        f"/organisation/candidacies/{candidacy.id}/identity",
    ):
        for language in ("fr", "en"):
            assert browser.get(f"{path}?lang={language}").status_code == 200, path
