from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import letterbox
import pytest
from query_count import counted
from sqlalchemy import select

from enrolment import correcting, enrolling, journey, queries, window
from enrolment.declared import Sex
from enrolment.enrolling import Enrolment
from enrolment.identity import Identity
from enrolment.models import IdentityCorrection, Stage
from kernel import clock
from kernel.errors import Forbidden, Invalid, Refused
from kernel.levels import Level
from kernel.permissions import Role
from people import passwords
from people.models import User


def wish(**values: object) -> Enrolment:
    start = clock.now()
    base = Enrolment(
        email=" Zoe.Pelissier@Example.test ",
        identity=Identity("Pélissier", "Zoé Anne", Sex.FEMALE, date(1990, 2, 3)),
        target_level=Level.B1,
        window_start=start,
    )
    return replace(base, **values)


def enrol(db, make, settings, given: Enrolment, organisation=None, certification=None, **more):
    organisation = organisation or make.organisation()
    manager = make.manager(organisation)
    certification = certification or make.certification()
    return enrolling.enrol(db, manager.actor, organisation, certification, given, **more)


def test_enrolling_makes_account_candidacy_and_letter(db, make, settings):
    made = enrol(db, make, settings, wish())
    user = made.candidate.user
    assert (user.email, user.given_name) == ("zoe.pelissier@example.test", "Zoé")
    assert made.stage is Stage.ENROLLED
    month = made.window_start + timedelta(days=31)
    assert made.window_end == window.closing(month)
    [letter] = letterbox.written(db, settings)
    assert (letter.template, letter.to.email) == ("candidate_enrolled", user.email)
    assert letter.context["login"] == user.email
    assert len(letter.context["code"]) == 14
    assert passwords.fits(settings, letter.context["code"], user.password) is True


def test_a_second_enrolment_keeps_the_account_and_sends_no_code(db, make, settings):
    organisation = make.organisation()
    for _ in range(2):
        enrol(db, make, settings, wish(), organisation)
    first, again = letterbox.written(db, settings)
    user = db.scalars(select(User).where(User.role == "candidate")).one()
    assert passwords.fits(settings, first.context["code"], user.password) is True
    assert (again.context["code"], again.context["login"]) == ("", "")


def test_a_code_is_sent_only_where_it_is_wanted(db, make, settings):
    made = enrol(db, make, settings, wish(), with_code=False)
    [letter] = letterbox.written(db, settings)
    assert (letter.context["code"], made.candidate.user.password) == ("", None)


def test_nobody_is_enrolled_twice_at_once(db, make, settings):
    organisation, certification = make.organisation(), make.certification()
    enrol(db, make, settings, wish(), organisation, certification)
    with pytest.raises(Refused, match="déjà inscrite"):
        enrol(db, make, settings, wish(), organisation, certification)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "zoe@nowhere"}, "email"),
        ({"email": "zoe@mail..test"}, "email"),  # no mail could be sent there, and nobody told
        ({"email": "zoe,max@mail.test"}, "email"),
        ({"email": "zoé@mail.test"}, "email"),
        ({"target_level": Level.A1}, "target_level"),
        ({"time_factor": 4.0}, "time_factor"),
        ({"identity": Identity(" ", "Zoé", Sex.FEMALE, date(1990, 2, 3))}, "birth_name"),
        ({"identity": Identity("P", "Zoé", Sex.FEMALE, date(2090, 2, 3))}, "birth_date"),
        (
            {
                "identity": Identity(
                    "P", "Z", Sex.FEMALE, date(1990, 2, 3), birth_commune_code="7511"
                )
            },
            "birth_commune_code",
        ),
    ],
)
def test_what_cannot_be_names_its_field(db, make, settings, values, field):
    with pytest.raises(Invalid) as caught:
        enrol(db, make, settings, wish(**values))
    assert caught.value.field == field


def test_a_window_ends_after_it_starts(db, make, settings):
    given = wish()
    given = replace(given, window_end=given.window_start - timedelta(days=1))
    with pytest.raises(Invalid) as caught:
        enrol(db, make, settings, given)
    assert caught.value.field == "window_end"


def test_whose_an_address_is_is_told_to_nobody(db, make, settings):
    """One answer for the address of staff and for that of a candidate of another name."""
    make.coordinator(email="boss@example.test")
    make.candidate(user=make.user(Role.CANDIDATE, email="other@example.test"), birth_name="Autre")
    answers = set()
    for email in ("boss@example.test", "other@example.test"):
        with pytest.raises(Invalid) as refused:
            enrol(db, make, settings, wish(email=email))
        answers.add((refused.value.message, refused.value.field))
    assert len(answers) == 1


def test_another_organisation_enrols_nobody_here(db, make, settings):
    stranger, organisation = make.manager(), make.organisation()
    with pytest.raises(Forbidden):
        enrolling.enrol(db, stranger.actor, organisation, make.certification(), wish())


def test_corrections_are_kept(db, make):
    candidacy = make.candidacy()
    coordinator = make.coordinator()
    person = candidacy.candidate
    identity = Identity(
        "Delaunay-Roux",
        person.first_names,
        person.sex,
        person.birth_date,
        birth_commune_code=person.birth_commune_code,
        birth_place=person.birth_place,
    )
    assert correcting.correct(db, coordinator.actor, candidacy, identity) == 1
    kept = db.scalars(select(IdentityCorrection)).one()
    assert (kept.field, kept.before, kept.after, kept.by_id) == (
        "birth_name",
        "Delaunay",
        "Delaunay-Roux",
        coordinator.id,
    )


def test_names_are_found_without_accents(db, make):
    organisation = make.organisation()
    make.candidacy(make.candidate(organisation, birth_name="Élodie-Œuvrard", first_names="Zoé"))
    make.candidacy(make.candidate(organisation, birth_name="Martin", first_names="Paul"))
    listing = queries.listing(db, organisation_id=organisation.id, search="elodie zoe")
    assert [row.candidate.birth_name for row in listing.rows] == ["Élodie-Œuvrard"]
    assert queries.listing(db, organisation_id=organisation.id, search="%").rows == []


def test_a_list_costs_the_same_with_one_row_and_with_three(db, make):
    organisation = make.organisation()
    number = organisation.id
    make.candidacy(make.candidate(organisation))
    db.commit()
    db.expire_all()
    with counted(db.get_bind()) as single:
        queries.listing(db, organisation_id=number)
    for _ in range(2):
        make.candidacy(make.candidate(organisation))
    db.commit()
    db.expire_all()
    with counted(db.get_bind()) as three:
        queries.listing(db, organisation_id=number)
    assert (single.count, three.count) == (3, 3)


def test_a_step_back_needs_a_reason_and_an_impossible_one_is_refused(db, make):
    coordinator = make.coordinator()
    candidacy = make.candidacy(stage=Stage.BOOKED)
    with pytest.raises(Invalid):
        journey.move(db, coordinator.actor, candidacy, Stage.ENROLLED)
    with pytest.raises(Refused):
        journey.move(db, coordinator.actor, candidacy, Stage.VALIDATED)
    journey.move(db, coordinator.actor, candidacy, Stage.ENROLLED, "moved away")
    db.flush()
    db.refresh(candidacy)
    assert [(m.from_stage, m.to_stage, m.reason) for m in candidacy.moves] == [
        (Stage.BOOKED, Stage.ENROLLED, "moved away")
    ]


def test_withdrawing_needs_a_reason(db, make, settings):
    candidacy = make.candidacy()
    manager = make.manager(candidacy.organisation)
    with pytest.raises(Invalid):
        enrolling.withdraw(db, manager.actor, settings, candidacy, " ")
    enrolling.withdraw(db, manager.actor, settings, candidacy, "ill")
    assert candidacy.stage is Stage.WITHDRAWN
