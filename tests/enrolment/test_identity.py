"""Who somebody is: kept as written, told apart, corrected everywhere."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date, timedelta

import letterbox
import pytest
from sqlalchemy import select

from enrolment import correcting, enrolling, gates
from enrolment.declared import Sex
from enrolment.enrolling import Enrolment
from enrolment.identity import Identity
from enrolment.models import Candidate, GateKind, Stage, called
from kernel import clock
from kernel.errors import Invalid, Refused
from kernel.levels import Level
from people.models import User

ZOE = Identity("Pélissier", "Zoé, Anne Marie", Sex.FEMALE, date(1990, 2, 3))
ANOTHER = (
    "Cette adresse e-mail est déjà celle d'une personne d'un autre nom ou d'une autre date de"
    " naissance. Chacun a la sienne : donnez-en une autre, ou vérifiez l'identité si"
    " c'est la même personne."
)


def enrol(db, make, settings, identity=ZOE, organisation=None, email="zoe@example.test"):
    organisation = organisation or make.organisation()
    wish = Enrolment(email, identity, Level.B1, clock.now())
    manager, certification = make.manager(organisation), make.certification()
    return enrolling.enrol(db, manager.actor, organisation, certification, wish)


@pytest.mark.parametrize(
    ("names", "first"),
    [
        *(("Zoé Anne", "Zoé"), ("Zoé, Anne Marie", "Zoé"), ("Jean Pierre, Luc", "Jean Pierre")),
        *(("Marie-Claire, Anne", "Marie-Claire"), ("", ""), ("محمد، علي", "محمد"), (",x", "")),
    ],
)
def test_somebody_is_called_by_the_first_of_their_names(names, first):
    assert called(names) == first


def test_letters_and_lists_address_somebody_by_the_right_name(db, make, settings):
    made = enrol(db, make, settings, replace(ZOE, used_name="Roux"))
    assert (made.candidate.first_names, made.candidate.name) == ("Zoé, Anne Marie", "Zoé Roux")
    [letter] = letterbox.written(db, settings)
    assert (letter.to.name, letter.context["person"]) == ("Zoé Roux", "Zoé Roux")


def test_one_name_alone_is_a_name_and_a_sign_is_none(db, make, settings):
    made = enrol(db, make, settings, Identity("Suharto", "", Sex.MALE, date(1990, 2, 3)))
    assert (made.candidate.name, made.candidate.user.name) == ("Suharto", "Suharto")
    for field in ("birth_name", "first_names", "used_name"):
        with pytest.raises(Invalid, match="« - » n'est pas un nom") as caught:
            enrol(db, make, settings, replace(ZOE, **{field: " - "}), email="x@example.test")
        assert caught.value.field == field


@pytest.mark.parametrize("name", ["Nguyễn", "Ọláńrewájú", "Σωκράτης", "محمد", "אברהם", "王", "ไทย"])
def test_a_name_is_kept_as_written_composed(db, make, settings, name):
    loose = f" {unicodedata.normalize('NFD', name)}\u200b "
    made = enrol(db, make, settings, replace(ZOE, birth_name=loose))
    assert made.candidate.birth_name == unicodedata.normalize("NFC", name)
    assert made.candidate.user.family_name == made.candidate.birth_name


@pytest.mark.parametrize(
    "other",
    [
        replace(ZOE, birth_name="Martin"),
        replace(ZOE, first_names="Léa"),
        replace(ZOE, birth_date=date(1990, 2, 4)),
    ],
)
@pytest.mark.parametrize("same_organisation", [True, False])
def test_two_persons_never_share_an_address(db, make, settings, other, same_organisation):
    first = enrol(db, make, settings)
    organisation = first.organisation if same_organisation else make.organisation()
    with pytest.raises(Invalid) as caught:
        enrol(db, make, settings, other, organisation, "ZOE@example.test")
    assert (caught.value.message, caught.value.field) == (ANOTHER, "email")
    assert len(db.scalars(select(Candidate)).all()) == 1


def test_the_same_person_comes_again_and_what_differs_is_not_dropped(db, make, settings):
    first = enrol(db, make, settings, replace(ZOE, birth_place="Lyon"))
    again = enrol(db, make, settings, ZOE, first.organisation)
    assert again.candidate is first.candidate
    with pytest.raises(Invalid, match="avec une autre valeur ici : « Zoé, Anne Marie »") as caught:
        enrol(db, make, settings, replace(ZOE, first_names="Zoé"), first.organisation)
    assert caught.value.field == "first_names"
    elsewhere = enrol(db, make, settings, replace(ZOE, birth_name="PELISSIER"))
    assert elsewhere.candidate.user is first.candidate.user


def test_a_corrected_identity_reaches_the_account_and_its_letters(db, make, settings):
    made = enrol(db, make, settings)
    coordinator = make.coordinator()
    right = replace(ZOE, birth_name="Pelletier", first_names="Zoë, Anne")
    assert correcting.correct(db, coordinator.actor, made, right) == 2
    user = db.scalars(select(User).where(User.email == "zoe@example.test")).one()
    assert user.name == "Zoë Pelletier"
    enrolling.send_again(db, coordinator.actor, made)
    letter = letterbox.written(db, settings)[-1]
    assert (letter.to.name, letter.context["person"]) == ("Zoë Pelletier",) * 2


@pytest.mark.parametrize("elsewhere", [False, True])
@pytest.mark.parametrize(
    "stage", [Stage.IN_ORAL, Stage.MARKING, Stage.COMPLETE, Stage.VALIDATED, "compared"]
)
def test_an_identity_is_held_while_any_candidacy_of_the_person_is_examined(
    db, make, settings, stage, elsewhere
):
    english = enrol(db, make, settings)
    spanish = enrol(db, make, settings, ZOE, None if elsewhere else english.organisation)
    manager = make.manager(spanish.organisation)
    if stage == "compared":
        gates.put(db, english, GateKind.IDENTITY, is_open=True)
    else:
        english.stage = stage
    changed = replace(ZOE, used_name="Roux")
    with pytest.raises(Refused, match="seul le certificateur"):
        correcting.correct(db, manager.actor, spanish, changed)
    assert spanish.candidate.used_name == ""
    assert correcting.correct(db, make.coordinator().actor, spanish, changed) == 1


def test_an_examination_that_is_over_holds_nothing(db, make, settings):
    english = enrol(db, make, settings)
    spanish = enrol(db, make, settings, ZOE, english.organisation)
    english.stage = Stage.WITHDRAWN
    gates.put(db, english, GateKind.IDENTITY, is_open=True)
    manager = make.manager(spanish.organisation)
    assert correcting.correct(db, manager.actor, spanish, replace(ZOE, used_name="Roux")) == 1
    assert english.candidate.birth_date < clock.now().date() - timedelta(days=1)
