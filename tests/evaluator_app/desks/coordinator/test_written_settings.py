"""A coordinator's pages from a bank to a test: put into service, followed, settled, taken away."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import select

from evaluator_app.desks.coordinator.written_settings import level_bands, share_bands
from kernel.live import LiveEvent
from kernel.runs import RunState
from people.languages import Language
from written_test import blueprints, sitting
from written_test.items import banks, release_runs, states
from written_test.models import Blueprint, Item, ItemState, ReleaseRun

pytestmark = pytest.mark.usefixtures("settings")
GOOD = {
    "share_vocabulary": "40",
    "share_grammar": "30",
    "share_expressions": "30",
    "share_reading": "0",
    "shortest": "10",
    "longest": "30",
    "confidence": "85",
    "exposure_most": "20",
    "pilot_share": "5",
    "minutes": "40",
    "swaps": "1",
    "lost_seconds": "120",
    "cut_1": "-2,9",
    "cut_2": "−2",
    "cut_3": "-1.1",
    "cut_4": "-0,2",
    "cut_5": "0,7",
    "cut_6": "1,6",
}


@pytest.fixture
def who(make):
    return make.coordinator()


@pytest.fixture
def browser(signed_in, who):
    return signed_in(who)


@pytest.fixture
def certification(make):
    return make.certification()


def text(answer) -> str:
    words = html.unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))
    return re.sub(r"\s+", " ", words)


def retire(db, who, *kept) -> None:
    for item in db.scalars(select(Item).where(Item.state == ItemState.IN_USE)):
        if item.skill not in kept:
            states.move(db, who.actor, item, ItemState.RETIRED, "old")


def test_a_bank_is_put_into_service_and_followed(db, database, browser, make, who):
    bank = make.bank()
    page = f"/coordinator/banks/{bank.id}"
    assert "Tout est en service" in text(browser.get(page))
    states.move(db, who.actor, db.scalars(select(Item)).first(), ItemState.RETIRED, "old")
    db.commit()
    before = text(browser.get(page))
    assert "1 question à écarter" in before
    assert "Mettre en service" in before
    assert browser.post(f"{page}/releases").location == f"{page}#releases"
    run = db.scalars(select(ReleaseRun)).one()
    assert "La simulation attend son tour" in text(browser.get(page))
    run.state, run.share = RunState.RUNNING, 0.42
    number = run.id
    db.commit()
    during = browser.get(page)
    assert "Simulation de tests : 42 sur 100" in text(during)
    assert 'value="0.42"' in during.get_data(as_text=True)
    assert "Mettre en service" not in text(during)
    run.state = RunState.WAITING
    db.commit()
    release_runs.make(database, number, candidates=10, rounds=2)
    after = text(browser.get(page))
    assert "Tout est en service : rien n'a changé depuis la version" in after
    assert "visée 25 %" in after
    browser.post(f"{page}/releases")
    assert "Rien n'a changé depuis la dernière mise en service" in text(browser.get(page))
    assert len(db.scalars(select(ReleaseRun)).all()) == 1


def test_what_keeps_a_bank_from_service_is_said(db, browser, make, who):
    bank = make.bank()
    page = f"/coordinator/banks/{bank.id}"
    retire(db, who, "vocabulary", "grammar", "expressions")
    said = text(browser.get(page))
    assert "Le test demande de la compréhension écrite" in said
    assert "Mettre en service" not in said
    browser.post(f"{page}/releases")
    assert db.scalars(select(ReleaseRun)).all() == []
    retire(db, who)
    assert "Cette banque a 0 questions en service" in text(browser.get(page))


def test_a_failure_is_said_in_words_and_asked_for_again(db, browser, make, who):
    bank = make.bank()
    states.move(db, who.actor, db.scalars(select(Item)).first(), ItemState.RETIRED, "old")
    run = release_runs.ask(db, who.actor, bank)
    run.state = RunState.FAILED
    run.why = {"message": release_runs.BROKEN, "params": {}}
    db.flush()
    page = text(browser.get(f"/coordinator/banks/{bank.id}"))
    assert "La simulation s'est interrompue" in page
    assert "Mettre en service" in page
    english = text(browser.get(f"/coordinator/banks/{bank.id}?lang=en"))
    assert "The simulation broke off" in english


def test_the_written_test_is_settled_then_taken_away(db, browser, make, certification):
    bank = make.bank()
    offer = f"/coordinator/certifications/{certification.id}"
    assert "Ne se passe pas ici" in text(browser.get(offer))
    answer = browser.post(f"{offer}/written", data=GOOD | {"bank": bank.id})
    assert answer.location == f"{offer}#written"
    row = db.scalars(select(Blueprint)).one()
    kept = {name: getattr(row, name) for name in blueprints.USUAL}
    assert kept == {
        "shares": {"vocabulary": 0.4, "grammar": 0.3, "expressions": 0.3},
        "cuts": [-2.9, -2.0, -1.1, -0.2, 0.7, 1.6],
        "shortest": 10,
        "longest": 30,
        "confidence": 0.85,
        "exposure_most": 0.2,
        "pilot_share": 0.05,
        "minutes": 40,
        "swaps": 1,
        "lost_seconds": 120,
    }
    page = text(browser.get(offer))
    assert "10 à 30 questions, 40 minutes au plus" in page
    assert "1 question remplacée" in page
    shown = browser.get(f"{offer}/written").get_data(as_text=True)
    assert re.findall(r'name="cut_1"[^>]*value="([^"]*)"', shown) == ["-2,9"]
    assert browser.post(f"{offer}/written/remove").location == f"{offer}#written"
    assert db.scalars(select(Blueprint)).all() == []
    assert browser.post(f"{offer}/written/remove").status_code == 409


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"share_reading": "10"}, "font 110 % ensemble : il faut 100 %"),
        ({"share_reading": "-10", "share_grammar": "40"}, "entre 0 et 100"),
        ({"shortest": "31"}, "Le plus long test n'est pas plus court"),
        ({"minutes": "1"}, "entre 5 et 240"),
        ({"confidence": "100"}, "entre 50 et 99"),
        ({"cut_3": "nan"}, "Écrivez un nombre."),
        ({"cut_3": "-2,5"}, "Chaque seuil est plus haut"),
        ({"cut_6": "7"}, "six nombres de -5 à 5"),
        ({"bank": "999999"}, ""),
        ({"swaps": "two"}, ""),
    ],
)
def test_bad_values_are_said_and_keep_what_was_typed(db, browser, make, certification, bad, said):
    form = GOOD | {"bank": str(make.bank().id)} | bad
    answer = browser.post(f"/coordinator/certifications/{certification.id}/written", data=form)
    assert answer.status_code == 200
    assert said in text(answer)
    assert 'value="-2,9"' in answer.get_data(as_text=True)
    assert db.scalars(select(Blueprint)).all() == []


def test_a_bank_without_release_is_said_with_the_way_to_it(db, browser, make, who, certification):
    page = f"/coordinator/certifications/{certification.id}/written"
    assert "Aucune banque de cette langue" in text(browser.get(page))
    banks.create(db, who.actor, "Deutsch", Language.DE)
    bank = banks.create(db, who.actor, "Empty", Language.EN)
    db.flush()
    assert re.findall(r"<option[^>]*>([^<]*)", browser.get(page).get_data(as_text=True)) == [
        "Empty"
    ]
    browser.post(page, data=GOOD | {"bank": bank.id})
    for address in (page, page.removesuffix("/written")):
        answer = browser.get(address)
        assert "La banque n'est pas encore en service" in text(answer)
        assert f'href="/coordinator/banks/{bank.id}#releases"' in answer.get_data(as_text=True)


def test_a_certification_with_a_bank_keeps_its_language(db, browser, make, who, certification):
    certification.language = Language.DE
    blueprints.draw(db, who.actor, certification, make.bank(language=Language.DE))
    page = f"/coordinator/certifications/{certification.id}"
    form = browser.get(page).get_data(as_text=True)
    data = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', form))
    data.pop("csrf_token", None)
    answer = browser.post(page, data=data | {"language": "en"})
    assert "Son test écrit tire ses questions" in text(answer)
    assert certification.language is Language.DE


def test_a_candidate_whose_test_began_goes_on_without_its_blueprint(
    db, make, who, signed_in, certification
):
    candidacy = make.candidacy(certification=certification)
    blueprints.draw(db, who.actor, certification, make.bank())
    user = candidacy.candidate.user
    from_here = f"/candidate/candidacies/{candidacy.id}/written/test"
    browser = signed_in(user)
    sitting.begin(db, user.actor, candidacy)
    blueprints.remove(db, who.actor, certification)
    assert browser.get(from_here).status_code == 200


def test_whoever_watches_is_told(db, make, who):
    bank = make.bank()
    states.move(db, who.actor, db.scalars(select(Item)).first(), ItemState.RETIRED, "old")
    release_runs.ask(db, who.actor, bank)
    assert db.scalars(select(LiveEvent.topic)).all() == [f"bank:{bank.id}"]


def test_the_pictures_fill_their_width():
    shares = share_bands({"vocabulary": 0.5, "grammar": 0.5, "reading": 0.0})
    assert [(share.left, share.width) for share in shares] == [(0, 300), (300, 300), (600, 0)]
    levels = level_bands([-3.0, -2.0, -1.0, 0.0, 1.0, 2.0])
    assert [(level.name, level.left, level.width) for level in levels] == [
        ("", 0, 75),
        *((name, 75 * at, 75) for at, name in enumerate(("A1", "A2", "B1", "B2", "C1"), 1)),
        ("C2", 450, 150),
    ]
