"""Coordinators look at what is published, retire a card, choose a set for a certification."""

from __future__ import annotations

import copy
import io
from html import unescape

import pytest
from sqlalchemy import select

from kernel import clock
from rooms import content_books, content_files, content_sets
from rooms.models import Card

HERE = "/coordinator/certifications"


@pytest.fixture
def coordinator(make):
    return make.coordinator(given_name="Claire", family_name="Morin")


@pytest.fixture
def browser(coordinator, signed_in):
    return signed_in(coordinator)


def page(browser, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return unescape(answer.get_data(as_text=True))


def card(db, code: str) -> Card:
    return db.scalars(select(Card).where(Card.code == code).order_by(Card.id)).first()


def test_the_list_says_who_takes_each_set(db, make, browser):
    certification = make.certification(name_fr="Anglais du rail")
    own = make.content_set("rail-1")
    listed = page(browser, f"{HERE}/contents")
    assert [f">{name}</a>" in listed for name in ("en-1", "fr-1", "rail-1")] == [True] * 3
    taken = f'/coordinator/certifications/{certification.id}/contents">Anglais du rail'
    row = listed[listed.index(">en-1</a>") :]
    assert (taken in row, listed.count(taken)) == (True, 1)
    content_sets.choose(db, make.coordinator().actor, certification, "rail-1")
    listed = page(browser, f"{HERE}/contents")
    row = listed[listed.index(">rail-1</a>") : listed.index(">it-1</a>")]
    assert (taken in row, listed.count(taken)) == (True, 1)
    assert "Anglais du rail" in page(browser, f"{HERE}/contents/{own.id}")


def test_an_installation_without_sets_says_so(db, browser):
    for row in content_sets.versions(db):
        for of_set in row.cards:
            db.delete(of_set)
        db.delete(row)
    db.flush()
    assert "Aucun jeu n'est publié" in page(browser, f"{HERE}/contents")


def test_cards_are_filtered(db, browser):
    english = content_sets.published(db, "en-1")
    here = f"{HERE}/contents/{english.id}"
    first = card(db, "en-b1-role-general-1")
    first.retired_at = clock.now()
    db.flush()

    def rows(query: str) -> int:
        return page(browser, f"{here}?{query}").count("<tr data-href=")

    assert [rows(query) for query in ("", "level=B1", "level=B1&part=2&field=general")] == [
        108,
        18,
        2,
    ]
    assert (rows("state=retired"), rows("state=dealt"), rows("q=role-sales-1")) == (1, 107, 6)
    assert "Aucune carte ne correspond" in page(browser, f"{here}?q=zzz")


def test_the_script_is_shown_as_evaluators_read_it(db, browser):
    french = content_sets.published(db, "fr-1")
    shown = page(browser, f"{HERE}/contents/{french.id}/script")
    script = content_sets.script(french)
    for part in script.parts:
        assert [line.fr in shown for line in part.instructions] == [True] * len(part.instructions)
        assert part.closing in shown
    prompt = script.part(1).groups[0].prompts[0]
    assert (prompt.text in shown, prompt.simpler in shown) == (True, True)


def test_a_card_is_shown_as_both_sides_see_it_and_retired(db, browser, coordinator):
    shown = card(db, "en-b1-role-sales-1")
    here = f"{HERE}/contents/cards/{shown.id}"
    words = page(browser, here)
    sides = words.index("Ce que le candidat voit"), words.index("Ce que l'évaluateur voit")
    candidates, evaluators = words[sides[0] : sides[1]], words[sides[1] :]
    for told in (shown.content["situation"], *shown.content["instructions"]):
        assert (told in candidates, told in evaluators) == (True, True)
    for kept in (shown.content["role"], *shown.content["prompts"], *shown.content["elicit"]):
        assert (kept in candidates, kept in evaluators) == (False, True)
    assert "0 fois" in words

    answer = browser.post(f"{here}/retire", data={"reason": "Publiée sur un forum"})
    assert answer.status_code == 302
    db.refresh(shown)
    assert (shown.retired_by_id, shown.retired_reason) == (coordinator.id, "Publiée sur un forum")
    words = page(browser, here)
    assert ("elle ne sera plus tirée" in words, "Claire Morin" in words) == (True, True)
    assert ("Publiée sur un forum" in words, "Retirer la carte" in words) == (True, False)
    assert "Carte retirée" in page(browser, "/coordinator/audit")


def test_the_last_card_stays_and_the_page_says_why(db, make, browser):
    make.certification()
    card(db, "en-b1-role-general-1").retired_at = clock.now()
    db.flush()
    last = card(db, "en-b1-role-general-2")
    here = f"{HERE}/contents/cards/{last.id}"
    assert browser.post(f"{here}/retire", data={"reason": "Connue"}).status_code == 302
    assert "dernière carte pour tous les métiers du niveau B1" in page(browser, here)
    assert last.retired_at is None


def test_a_certification_chooses_its_set_and_follows_the_platform_again(db, make, browser):
    certification = make.certification()
    make.content_set("rail-1")
    here = f"{HERE}/{certification.id}/contents"
    words = page(browser, here)
    assert ("le plus récent de la plateforme" in words, "fr-1" in words) == (True, False)
    assert browser.post(here, data={"name": "rail-1"}).status_code == 302
    assert (certification.content_set, "C'est noté" in page(browser, here)) == ("rail-1", True)
    assert "rail-1" in page(browser, f"{HERE}/{certification.id}")
    assert browser.post(here, data={"name": "fr-1"}).status_code == 302
    assert "dans une autre langue" in page(browser, here)
    assert browser.post(here, data={"name": ""}).status_code == 302
    assert certification.content_set == ""
    assert "Jeu de contenus choisi" in page(browser, "/coordinator/audit")


def given(db, name: str, change=lambda content: None) -> tuple[io.BytesIO, str]:
    """A file of the product's German set, changed."""
    content = copy.deepcopy(content_sets.read(content_sets.published(db, "de-1")))
    change(content)
    return io.BytesIO(content_books.write(content)), name


def test_a_set_is_downloaded_changed_and_published_after_a_report(db, browser, coordinator):
    german = content_sets.published(db, "de-1")
    there = f"{HERE}/contents/{german.id}"
    answer = browser.get(f"{there}/file.json")
    assert answer.get_json() == content_sets.read(german)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="de-1.json"'
    book = browser.get(f"{there}/file.xlsx").get_data()
    assert content_files.read(book).content.as_json() == content_sets.read(german)

    def rewrite(content):
        content["cards"][0]["content"]["title"] = "Im neuen Büro"

    sent = browser.post(
        f"{HERE}/contents/import", data={"file": given(db, "x.xlsx", rewrite), "name": "buero-1"}
    )
    assert sent.status_code == 302
    report = page(browser, sent.location)
    assert ("Comparé à « de-1 »" in report, "Im neuen Büro" in report) == (True, True)
    assert ("Le déroulé ne change pas" in report, report.count('class="vv-details"')) == (True, 1)
    assert len(content_sets.versions(db)) == 5  # nothing has changed yet
    for _ in range(2):
        done = browser.post(sent.location)
        row = content_sets.published(db, "buero-1")
        assert done.location.endswith(f"{HERE}/contents/{row.id}")
    assert (row.by_id, len(content_sets.versions(db))) == (coordinator.id, 6)
    assert "est publié" in page(browser, done.location)
    assert "Jeu de contenus publié" in page(browser, "/coordinator/audit")


def test_a_file_that_does_not_fit_is_told_card_by_card(db, browser):
    def spoil(content):
        content["cards"][0]["content"]["prompts"] = ["Eins?"]

    sent = browser.post(
        f"{HERE}/contents/import", data={"file": given(db, "x.xlsx", spoil), "name": "buero-1"}
    )
    words = unescape(sent.get_data(as_text=True))
    assert (sent.status_code, "de-a1-role-general-1 · Questions" in words) == (422, True)
    assert "il y en a trop peu : 4 au moins" in words
    sent = browser.post(
        f"{HERE}/contents/import", data={"file": (io.BytesIO(b"no"), "x.csv"), "name": ""}
    )
    assert (sent.status_code, "ni un classeur XLSX" in unescape(sent.get_data(as_text=True))) == (
        422,
        True,
    )
    assert len(content_sets.versions(db)) == 5


def test_what_cannot_be_published_says_why_and_is_forgotten(db, browser):
    sent = browser.post(
        f"{HERE}/contents/import", data={"file": given(db, "x.xlsx"), "name": "de-9"}
    )
    report = page(browser, sent.location)
    assert ("nom des jeux fournis" in report, "Publier «" in report) == (True, False)
    assert browser.post(sent.location).status_code == 409
    assert browser.post(f"{sent.location}/drop").location.endswith("/certifications/contents")
    gone = browser.get(sent.location)
    assert gone.location.endswith("/certifications/contents/import")
    assert "n'est plus gardé" in page(browser, gone.location)
