"""How a certification's test is put together: every bad value named, begun tests as they were."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from kernel.audit import AuditEntry
from kernel.errors import Forbidden, Invalid, Refused
from people.languages import Language
from written_test import blueprints, sitting
from written_test.models import Blueprint, Item

pytestmark = pytest.mark.usefixtures("settings")
THREE = {"vocabulary": 0.5, "grammar": 0.3, "expressions": 0.2, "reading": 0.0}


@pytest.fixture
def who(make):
    return make.coordinator().actor


@pytest.fixture
def bank(make):
    return make.bank()


def test_a_blueprint_is_drawn_then_changed_in_part(db, make, who, bank):
    certification = make.certification()
    row = blueprints.draw(db, who, certification, bank)
    assert {name: getattr(row, name) for name in blueprints.USUAL} == blueprints.USUAL
    again = blueprints.draw(db, who, certification, bank, shares=THREE, longest=30)
    assert again is row
    assert row.shares == {"vocabulary": 0.5, "grammar": 0.3, "expressions": 0.2}
    assert (row.shortest, row.longest) == (12, 30)
    acts = select(AuditEntry.act).where(AuditEntry.act == "blueprint.draw")
    assert len(db.scalars(acts).all()) == 2


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"shortest": 0}, "shortest", "de 1 à 100 questions"),
        ({"longest": 101}, "longest", "de 1 à 100 questions"),
        ({"shortest": 20, "longest": 19}, "longest", "n'est pas plus court"),
        ({"confidence": 0.49}, "confidence", "de 50 à 99 %"),
        ({"confidence": float("nan")}, "confidence", "de 50 à 99 %"),
        ({"exposure_most": 0.0}, "exposure_most", "de 5 à 100 %"),
        ({"minutes": 4}, "minutes", "de 5 à 240 minutes"),
        ({"swaps": -1}, "swaps", "de 0 à 10 questions"),
        ({"lost_seconds": 3601}, "lost_seconds", "de 0 à 3600 secondes"),
        ({"shares": THREE | {"grammar": 0.2}}, "shares", "font 90 % ensemble"),
        ({"shares": THREE | {"grammar": 1.3, "reading": -1.0}}, "shares", "de 0 à 100 %"),
        ({"shares": THREE | {"hearing": 0.0}}, "shares", "de 0 à 100 %"),
        ({"cuts": [-1.0, 0.0, 1.0]}, "cuts", "six nombres"),
        ({"cuts": [-5.1, -2, -1, 0, 1, 2]}, "cuts", "de -5 à 5"),
        ({"cuts": [-3, -2, -2, 0, 1, 2]}, "cuts", "plus haut"),
    ],
)
def test_a_bad_value_is_named_and_changes_nothing(db, make, who, bank, values, field, words):
    with pytest.raises(Invalid) as caught:
        blueprints.draw(db, who, make.certification(), bank, **values)
    assert caught.value.field == field
    assert words in str(caught.value).replace("\u00a0", " ")
    assert db.scalar(select(func.count()).select_from(Blueprint)) == 0


def test_a_bank_of_another_language_is_refused(db, make, who):
    with pytest.raises(Invalid, match="autre langue"):
        blueprints.draw(db, who, make.certification(), make.bank(language=Language.DE))


def test_a_skill_that_is_not_offered_is_refused(db, make, who, bank):
    make.release(bank, db.scalars(select(Item).where(Item.skill != "reading")).all())
    with pytest.raises(Invalid, match="n'est en service") as caught:
        blueprints.draw(db, who, make.certification(), bank)
    assert caught.value.field == "share_reading"
    blueprints.draw(db, who, make.certification(), bank, shares=THREE)


def test_begun_tests_keep_their_rules(db, make, who, bank):
    candidacy = make.candidacy()
    blueprints.draw(db, who, candidacy.certification, bank)
    actor = candidacy.candidate.user.actor
    test = sitting.begin(db, actor, candidacy)
    kept = dict(test.rules)
    blueprints.draw(db, who, candidacy.certification, bank, longest=20, shares=THREE)
    blueprints.remove(db, who, candidacy.certification)
    assert blueprints.of_certification(db, candidacy.certification_id) is None
    assert sitting.begin(db, actor, candidacy) is test
    assert sitting.present(db, actor, test, "tab").step is not None
    assert test.rules == kept
    with pytest.raises(Refused, match="déjà pas ici"):
        blueprints.remove(db, who, candidacy.certification)
    with pytest.raises(Refused, match="ne se passe pas encore ici"):
        blueprints.required(db, candidacy)


def test_the_language_stays_while_a_bank_is_in_the_test(db, make, who, bank):
    certification = make.certification()
    blueprints.keeps_language(db, certification, Language.DE)
    blueprints.draw(db, who, certification, bank)
    blueprints.keeps_language(db, certification, Language.EN)
    with pytest.raises(Invalid, match="langue actuelle"):
        blueprints.keeps_language(db, certification, Language.DE)


def test_evaluators_draw_nothing(db, make, bank):
    actor, certification = make.evaluator().actor, make.certification()
    with pytest.raises(Forbidden):
        blueprints.draw(db, actor, certification, bank)
    with pytest.raises(Forbidden):
        blueprints.remove(db, actor, certification)
