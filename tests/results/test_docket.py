"""What stands out in a result before the jury: pure flags, and the page of cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from enrolment.models import Stage
from kernel.levels import Level
from people.languages import Language
from results import confirming, docket, jury
from results.docket import Facts, Flag, flags
from results.marks import Basis
from tests.results.test_confirming_results import digest_of
from tests.results.test_validation import complete

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
PLAIN = Facts(
    near=False,
    oral=Level.C1,
    written=Level.C1,
    basis=Basis.FIRST,
    disturbed=False,
    watch="clear",
    due=NOW + timedelta(days=4),
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ()),
        ({"near": True}, (Flag.BOUNDARY,)),
        ({"written": Level.B2}, (Flag.APART,)),
        ({"basis": Basis.ADJUDICATED}, (Flag.RATERS,)),
        ({"basis": Basis.MEAN}, ()),
        ({"disturbed": True}, (Flag.INCIDENT,)),
        ({"watch": "incident"}, (Flag.WATCH,)),
        ({"watch": ""}, ()),
        ({"due": NOW + timedelta(days=3)}, (Flag.LATE,)),
        ({"due": NOW - timedelta(days=1)}, (Flag.LATE,)),
        ({"due": None}, ()),
        (
            {"disturbed": True, "written": Level.A2, "near": True},
            (Flag.INCIDENT, Flag.APART, Flag.BOUNDARY),
        ),
    ],
)
def test_what_stands_out(change, expected):
    assert flags(replace(PLAIN, **change), NOW) == expected


def test_the_cases_of_a_jury_are_the_complete_ones_of_its_language(db, make):
    english, german = (
        make.certification(language=language) for language in (Language.EN, Language.DE)
    )
    first, second = (
        complete(make, certification=certification) for certification in (english, german)
    )
    make.candidacy(stage=Stage.MARKING)
    everyone = docket.docket(db)
    assert [case.candidacy.id for case in everyone.cases] == [first.id, second.id]
    assert (everyone.total, everyone.pages) == (2, 1)
    assert [case.candidacy.id for case in docket.docket(db, Language.DE).cases] == [second.id]
    assert docket.docket(db, Language.IT).cases == []
    assert docket.docket(db, number=2).cases == []


@pytest.mark.parametrize(("thirds", "near"), [(9, False), (10, True), (11, True), (12, False)])
def test_near_is_where_the_target_begins(db, make, thirds, near):
    candidacy = complete(make, thirds=thirds, target_level=Level.B2)
    assert (Flag.BOUNDARY in docket.case(db, candidacy).flags) is near


def test_a_case_says_what_was_decided_and_why_it_cannot_be(db, make, settings):
    approved, withheld = complete(make), complete(make)
    person = make.coordinator()
    two = settings.model_copy(update={"validators": 2})
    confirming.confirm(db, person.actor, two, approved, digest_of(db, approved))
    jury.withhold(db, person.actor, withheld, "à revoir")
    cases = [docket.case(db, candidacy) for candidacy in (approved, withheld)]
    assert [(len(case.approvals), case.is_open) for case in cases] == [(1, True), (0, False)]
    assert cases[0].refusal is None
    assert cases[1].withheld.reason == "à revoir"
    assert cases[1].refusal.message.startswith("Ce résultat est retenu en délibération")
    leaving = complete(make)
    confirming.confirm(db, person.actor, settings, leaving, digest_of(db, leaving))
    case = docket.case(db, leaving)
    assert (case.leaving.by_id, case.is_open) == (person.id, False)
