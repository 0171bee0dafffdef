"""A language in which no oral is published: said everywhere, and never booked."""

from __future__ import annotations

from html import unescape

import pytest
from sqlalchemy import delete, func, select

from enrolment import catalogue
from enrolment.fields import Field
from enrolment.models import Certification
from evaluator_app.commands import doctor_exam
from kernel.db import Database
from kernel.errors import Invalid, Refused
from kernel.levels import LEVELS, Level
from people.languages import Language
from rooms import contents, interview, library
from rooms.contents import Lack
from rooms.models import Card, ContentSet, Interview


@pytest.fixture
def english_alone(db):
    """An installation in which nothing but English is published."""
    others = select(ContentSet.id).where(ContentSet.language != Language.EN)
    db.execute(delete(Card).where(Card.set_id.in_(others)))
    db.execute(delete(ContentSet).where(ContentSet.language != Language.EN))


def test_what_the_product_brings():
    lacks = {
        (language, level): contents.lacks(library.written(language), level)
        for language in Language
        for level in LEVELS
    }
    assert set(lacks.values()) == {()}


def test_what_is_not_written_is_lacking():
    english = library.written(Language.EN)
    beginners = [
        card for card in english.cards if (card.level, card.field) == (Level.A1, Field.GENERAL)
    ]
    talks = [card for card in beginners if card.part == library.DISCUSSION]
    without = english.model_copy(
        update={"cards": tuple(card for card in english.cards if card not in talks)}
    )
    assert contents.lacks(None, Level.A1) == tuple(Lack)
    assert contents.lacks(without, Level.A1) == (Lack.DISCUSSION,)
    assert contents.lacks(without, Level.A2) == ()


@pytest.mark.usefixtures("english_alone")
def test_a_language_without_an_oral_is_neither_offered_nor_booked(db, make):
    wish = catalogue.Offer("NEW-1", "Nouvelle", "New", Language.DE)
    with pytest.raises(Invalid, match="script et ses cartes") as refusal:
        catalogue.offer(db, make.coordinator().actor, wish)
    assert refusal.value.field == "language"
    candidacy = make.candidacy(certification=make.certification(language=Language.DE))
    appointment = make.appointment(candidacy)
    with pytest.raises(Refused, match="Aucun rendez-vous ne peut être pris"):
        interview.create_for(db, make.coordinator().actor, appointment)
    assert db.scalar(select(func.count()).select_from(Interview)) == 0


@pytest.mark.usefixtures("english_alone")
def test_no_certification_is_changed_to_a_language_without_an_oral(db, make):
    english = make.certification(code="NEW-1")
    with pytest.raises(Invalid, match="script et ses cartes") as refusal:
        catalogue.revise(
            db,
            make.coordinator().actor,
            english,
            catalogue.Offer("NEW-1", "Nouvelle", "New", Language.DE),
        )
    assert (refusal.value.field, english.language) == ("language", Language.EN)


def offered(language: str) -> dict[str, str]:
    """Return what the form of a certification sends."""
    return {
        "code": "NEW-1",
        "name_fr": "Nouvelle",
        "name_en": "New",
        "language": language,
        **{f"{kind}_{n}": "5" for kind in ("soft", "hard") for n in (1, 2, 3)},
        "slot_minutes": "20",
        "booking_notice_hours": "24",
        "moving_notice_hours": "24",
        "window_days": "31",
        "pause_minutes": "10",
        "rebooking_days": "14",
        "results_days": "10",
        "second_share": "10",
        "second_days": "5",
        "second_new_below": "10",
    }


@pytest.mark.usefixtures("english_alone")
def test_the_form_names_the_language_and_keeps_nothing(db, make, signed_in):
    browser = signed_in(make.coordinator())
    answer = browser.post("/coordinator/certifications/new", data=offered("de"))
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "Aucun oral ne peut se tenir" in page) == (200, True)
    assert db.scalars(select(Certification).where(Certification.code == "NEW-1")).all() == []
    assert browser.post("/coordinator/certifications/new", data=offered("en")).status_code == 302
    assert len(db.scalars(select(Certification).where(Certification.code == "NEW-1")).all()) == 1


@pytest.mark.usefixtures("english_alone")
def test_what_is_on_offer_without_content_is_said_on_the_first_page(db, make, signed_in):
    browser = signed_in(make.coordinator())
    german = make.certification(language=Language.DE, name_fr="Allemand rare")
    make.certification()
    page = unescape(browser.get("/coordinator/").get_data(as_text=True))
    assert ("n'a pas d'oral" in page, "Allemand rare" in page) == (True, True)
    assert "aucune banque de questions" in page
    german.active = False
    db.flush()
    page = unescape(browser.get("/coordinator/").get_data(as_text=True))
    assert ("n'a pas d'oral" in page, "Allemand rare" in page) == (False, False)


@pytest.mark.usefixtures("english_alone")
def test_the_doctor_names_it(database: Database, db, make, settings):
    german = make.certification(language=Language.DE)
    english = make.certification()
    db.commit()
    here = settings.model_copy(update={"database_url": database.url})
    findings = [finding for finding in doctor_exam.exam(here) if finding.part == "content"]
    said = {finding.words: finding.well for finding in findings}
    assert said == {
        f"{german.code} (de): no set of content is whole for an oral": False,
        f"{english.code} (en): no bank of questions; levels are entered or imported": True,
    }


@pytest.mark.usefixtures("english_alone")
def test_a_candidate_is_told_before_choosing(db, make, signed_in):
    candidacy = make.candidacy(certification=make.certification(language=Language.DE))
    make.written_result(candidacy)
    make.hours(make.evaluator(Language.DE))
    page = signed_in(candidacy.candidate.user).get(f"/candidate/candidacies/{candidacy.id}/booking")
    words = page.get_data(as_text=True)
    assert "ne peut pas encore être réservé" in words
