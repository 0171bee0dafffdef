"""Face detection is off unless a certification's risk file is on, and every page says which."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from twins import on_sqlite

from people import consents
from proctor import risk_files
from proctor.models import ProctorSession
from tests.evaluator_app.desks.candidate.test_written import text
from tests.evaluator_app.desks.written_seat import Sat

WORDS = {name: f"À propos de {name}." for name in risk_files.PARTS}
NOT_LOOKED_FOR = "Aucun logiciel ne cherche votre visage dans l'image"
LOOKED_FOR = "Votre navigateur cherche s'il y a un visage dans l'image"
pytestmark = [pytest.mark.usefixtures("settings"), on_sqlite]


@pytest.fixture
def office(make, signed_in):
    return signed_in(make.coordinator())


@pytest.fixture
def switched_on(db, make, ready):
    boss = make.coordinator().actor
    certification = ready.certification
    return risk_files.write(db, boss, certification, WORDS, detection=True)


def test_a_coordinator_writes_it_and_reads_its_versions(db, ready, office):
    here = f"/coordinator/certifications/{ready.certification_id}/risk-file"
    card = office.get(f"/coordinator/certifications/{ready.certification_id}").text
    assert here in card
    assert "Coupée" in text(office.get(here))
    half = office.post(here, data=WORDS | {"notice": "", "detection": "y"})
    assert half.status_code == 200
    assert "Tout le dossier est à remplir" in text(half)
    assert office.post(here, data=WORDS | {"detection": "y"}).status_code == 302
    page = text(office.get(here))
    assert ("Active" in page, "Version 1" in page) == (True, True)
    assert office.post(here, data=WORDS).status_code == 302
    assert "Version 2" in text(office.get(here))
    assert risk_files.latest(db, ready.certification_id).detection is False


def test_without_it_no_page_names_the_model_and_all_say_so(db, ready, sat, office):
    told = sat.begin().json["watch"]
    assert (told["settings"]["faces"], sorted(told["urls"])) == (
        False,
        ["signals", "snapshot", "watch"],
    )
    session = db.scalars(select(ProctorSession)).one()
    pages = {
        "before": sat.browser.get(f"{sat.base}/watch"),
        "test": sat.browser.get(f"{sat.base}/test"),
        "after": sat.browser.get(f"/candidate/proctoring/{session.id}"),
        "office": office.get(f"/coordinator/proctoring/{session.id}"),
    }
    assert [name for name, page in pages.items() if "faces" in page.text] == ["test"]
    assert "faces.worker" not in pages["test"].text  # only the words of the live strip
    assert NOT_LOOKED_FOR in text(pages["before"])
    assert LOOKED_FOR not in text(pages["before"])
    assert "Aucun logiciel n'a cherché de visage dans l'image" in text(pages["office"])


def test_with_it_it_is_read_and_accepted_before_anything_is_looked_for(
    db, ready, switched_on, signed_in, office
):
    browser = signed_in(ready.candidate.user)
    base = f"/candidate/candidacies/{ready.id}/written"
    assert browser.get(f"{base}/").location.endswith("/written/watch")
    assert LOOKED_FOR in text(browser.get(f"{base}/watch"))
    assert browser.post(f"{base}/begin", json={"page": "p"}).status_code == 409
    assert browser.post(f"{base}/watch", data={"proctoring": "1"}).status_code == 422
    assert browser.post(f"{base}/watch", data={"faces": "1"}).status_code == 302
    sat = Sat(browser, ready)
    assert sat.scene["watch"]["settings"]["faces"] is True
    assert sorted(sat.scene["watch"]["urls"]["faces"]) == [
        "plain",
        "shapes",
        "simd",
        "weights",
        "worker",
    ]
    session = db.scalars(select(ProctorSession)).one()
    assert session.risk_file_id == switched_on.id
    page = text(office.get(f"/coordinator/proctoring/{session.id}"))
    assert "Visages cherchés d'après le dossier de risque, version 1" in page


def test_switched_on_meanwhile_nobody_is_looked_for_who_did_not_read_it(db, make, ready, sat):
    assert sat.say("leave").json["state"] == "left"
    boss = make.coordinator().actor
    risk_files.write(db, boss, ready.certification, WORDS, detection=True)
    assert sat.begin().json["watch"]["settings"]["faces"] is False
    assert sat.say("leave").json["state"] == "left"
    consents.record(db, ready.candidate.user.actor, ("faces",), "fr")
    assert sat.begin().json["watch"]["settings"]["faces"] is True
