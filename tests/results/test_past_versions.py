"""What was used is what is read: a next grid or policy changes nothing of a verdict given."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from enrolment.models import Stage
from kernel.errors import Invalid, Refused
from kernel.levels import Level
from kernel.permissions import SYSTEM
from results import inputs, policies, queries, stating, validation
from results.models import InputKind, VerdictRow
from results.policy import DEFAULT, OralKind, OralRule, Policy
from rubrics.library import Grid, grid
from rubrics.models import RaterRole
from rubrics.publishing import publish
from tests.results.test_validation import complete

SEVERE = replace(
    DEFAULT,
    name="severe-2",
    oral=OralRule(kind=OralKind.CONJUNCTIVE, weights=DEFAULT.oral.weights),
)


def second_grid(keys: dict[str, str] | None = None) -> Grid:
    """The next version of the grid: other words, the other way round, maybe other criteria."""
    data = grid().model_dump(mode="json")
    data |= {"name": "next", "version": 2}
    for criterion in data["criteria"]:
        criterion["name"] = {"fr": f"Nouveau {criterion['key']}", "en": f"New {criterion['key']}"}
        criterion["key"] = (keys or {}).get(criterion["key"], criterion["key"])
    data["criteria"].reverse()
    return Grid.model_validate(data)


@pytest.fixture
def verdict(db, make) -> VerdictRow:
    row = validation.validate(db, make.coordinator().actor, complete(make, thirds=11))
    return queries.with_all_it_bears(db, row.id)


def test_a_verdict_keeps_a_row_for_each_thing_that_it_used(db, verdict):
    used = {given.kind: given for given in verdict.used}
    assert set(used) == set(InputKind)
    sheet = used[InputKind.SCORESHEET]
    assert (sheet.role, sheet.version, sheet.scoresheet.state) == (RaterRole.FIRST, 1, "submitted")
    assert used[InputKind.RUBRIC].rubric is sheet.scoresheet.performance.rubric
    assert used[InputKind.POLICY].policy.name == verdict.policy == "default-1"
    assert used[InputKind.WRITTEN_RESULT].written_result.level is Level.B2
    assert used[InputKind.TARGET].value == "B2"
    assert inputs.digest_anew(db, verdict) == verdict.digest


def test_a_grid_published_after_a_verdict_changes_nothing_of_it(db, settings, verdict):
    before = queries.profile(verdict, "fr")
    publish(db, SYSTEM, second_grid())
    db.flush()
    db.expire_all()
    verdict = queries.with_all_it_bears(db, verdict.id)
    assert queries.grid_of(verdict) == grid()
    assert queries.profile(verdict, "fr") == before
    assert [row["name"] for row in before] == list(grid().names("fr").values())

    [attestation] = [row for row in verdict.documents if row.kind == "attestation"]
    stating.state(db, settings, verdict, attestation)
    names = [criterion.name for criterion in stating.stated(attestation).criteria]
    assert names == list(grid().names(attestation.locale).values())


def test_a_grid_published_between_two_orals_is_read_by_the_second_alone(db, make, verdict):
    rubric = publish(db, SYSTEM, second_grid())
    db.flush()
    other = complete(make)
    assert [sheet.rater_id for sheet in queries.sheets_of(db, verdict)] == [
        sheet.rater_id for sheet in marks_sheets(db, verdict.candidacy)
    ]
    for candidacy_sheet in marks_sheets(db, other):
        candidacy_sheet.performance.rubric = rubric
    db.flush()
    row = validation.validate(db, make.coordinator().actor, other)
    row = queries.with_all_it_bears(db, row.id)
    assert queries.grid_of(row) == second_grid()
    assert [line["name"] for line in queries.profile(row, "en")] == list(
        second_grid().names("en").values()
    )
    assert queries.grid_of(verdict) == grid()


def marks_sheets(db, candidacy):
    return inputs.marks.sheets_of(db, candidacy.id).by_role.values()


def test_a_policy_published_after_a_verdict_decides_the_next_one_alone(db, make, verdict):
    coordinator, certification = make.coordinator().actor, verdict.candidacy.certification
    policies.publish(db, coordinator, SEVERE, grid())
    policies.choose(db, coordinator, certification, SEVERE.name)
    assert (verdict.policy, verdict.oral) == ("default-1", Level.B2)
    assert inputs.digest_anew(db, verdict) == verdict.digest

    row = validation.validate(
        db, coordinator, complete(make, thirds=11, certification=certification)
    )
    assert (row.policy, row.oral) == ("severe-2", Level.B1)  # 11 thirds are under B2
    assert inputs.digest_anew(db, row) == row.digest


def test_a_policy_of_other_criteria_is_neither_published_nor_applied(db, make):
    coordinator, other = make.coordinator().actor, second_grid({"fluency": "charm"})
    with pytest.raises(Invalid):
        policies.publish(db, coordinator, SEVERE, other)
    candidacy = complete(make)
    for sheet in marks_sheets(db, candidacy):
        sheet.performance.rubric = publish(db, SYSTEM, other)
    db.flush()
    with pytest.raises(Refused, match="default-1"):
        validation.validate(db, coordinator, candidacy)
    assert candidacy.stage is Stage.COMPLETE


def test_a_published_policy_never_changes(db, make):
    coordinator = make.coordinator().actor
    row = policies.publish(db, coordinator, SEVERE, grid())
    assert policies.publish(db, coordinator, SEVERE, grid()) is row
    with pytest.raises(Refused):
        policies.publish(db, coordinator, replace(DEFAULT, name=SEVERE.name), grid())
    row.content = replace(DEFAULT, name=SEVERE.name).as_json()
    db.flush()
    with pytest.raises(ValueError, match="not what was published"):
        policies.read(row)


@pytest.mark.parametrize("name", ["severe", "severe-0", "Severe-1", "severe-1-"])
def test_a_policy_names_its_version(db, make, name):
    with pytest.raises(Invalid):
        policies.publish(db, make.coordinator().actor, replace(SEVERE, name=name), grid())


def test_criteria_keep_their_order_in_the_database(db, make):
    coordinator = make.coordinator().actor
    weights = tuple(reversed(DEFAULT.oral.weights))
    policy: Policy = replace(SEVERE, oral=replace(SEVERE.oral, weights=weights))
    row = policies.publish(db, coordinator, policy, grid())
    db.expire(row)
    assert json.dumps(policies.read(row).as_json()) == json.dumps(policy.as_json())
    assert policies.read(row) == policy
