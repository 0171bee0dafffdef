"""A certification on offer is changed: its language only while nobody counts on it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from enrolment import catalogue
from enrolment.models import Certification
from kernel.errors import Invalid
from people.languages import Language
from written_test import blueprints


@pytest.fixture
def german(make) -> Certification:
    """On offer before an oral could be held in its language."""
    return make.certification(code="ESSAI-DE", language=Language.DE)


@pytest.fixture
def wish() -> catalogue.Offer:
    return catalogue.Offer("ESSAI-DE", "Anglais", "English", Language.EN, slot_minutes=25)


def test_a_language_that_was_wrong_is_changed(db, make, german, wish):
    catalogue.revise(db, make.coordinator().actor, german, wish)
    assert (german.language, german.name_en, german.slot_minutes) == (Language.EN, "English", 25)


def test_a_language_stays_once_somebody_is_enrolled(db, make, german, wish):
    make.candidacy(certification=german)
    who = make.coordinator().actor
    with pytest.raises(Invalid, match="Des candidats y sont inscrits") as refusal:
        catalogue.revise(db, who, german, wish)
    assert (refusal.value.field, german.language) == ("language", Language.DE)
    catalogue.revise(db, who, german, replace(wish, language=Language.DE))
    assert german.name_en == "English"


def test_a_language_stays_while_a_bank_of_it_is_in_the_test(db, make, german, wish):
    who = make.coordinator().actor
    blueprints.draw(db, who, german, make.bank(language=Language.DE))
    with pytest.raises(Invalid, match="langue actuelle") as refusal:
        catalogue.revise(db, who, german, wish)
    assert (refusal.value.field, german.language) == ("language", Language.DE)


@pytest.mark.parametrize(
    ("hard", "minutes", "refused"),
    [((300, 480, 420), 20, 0), ((300, 480, 421), 20, 21), ((600, 600, 600), 29, 30)],
)
def test_an_oral_holds_its_three_parts(db, make, german, wish, hard, minutes, refused):
    who = make.coordinator().actor
    wanted = replace(wish, part_hard_s=hard, slot_minutes=minutes)
    if not refused:
        catalogue.revise(db, who, german, wanted)
        assert (german.part_hard_s, german.slot_minutes) == (list(hard), minutes)
        return
    with pytest.raises(Invalid, match="Les durées limites") as refusal:
        catalogue.revise(db, who, german, wanted)
    assert (refusal.value.field, refusal.value.params) == ("slot_minutes", {"minutes": refused})
    assert german.slot_minutes == 20
