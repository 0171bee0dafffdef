"""Marks and verdicts from before assignments and inputs were rows keep all that they were."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from installations import AT, stand
from sqlalchemy.orm import Session

from enrolment.models import Candidacy
from evaluator_app.wiring import migrate
from kernel.db import Database
from kernel.levels import Level
from results import inputs, policies, queries
from results.models import InputKind, PolicyRow
from results.policy import DEFAULT
from results.verdict import Verdict, decide
from rubrics.library import grid
from rubrics.models import Assignment, AssignmentReason, RaterRole, Scoresheet

LATER = datetime(2026, 12, 1, 10, tzinfo=UTC)
MARKS = dict.fromkeys(grid().keys, 11)
ENGLISH = {"language": "en"}
ORAL = {"candidacy_id": 1, "starts_at": AT, "ends_at": LATER}
RESULT = {"candidacy_id": 1, "source": "coordinator", "standing": "in_force"}
SHEET = {"performance_id": 1, "rater_id": 1, "role": "first"}


def rows(outcome: Verdict) -> list[tuple[str, dict[str, Any]]]:
    """An oral that was handed over, marked and corrected; its verdict; one called off."""
    verdict = {
        "id": 1,
        "candidacy_id": 1,
        "scoresheet_id": 2,
        "validated_by_id": 8,
        **dict.fromkeys(("oral", "written", "overall", "target"), "B2"),
        "policy": "default-1",
        "digest": outcome.digest,
        "inputs": {"marks": {}, "written_version": 2, "proctoring": "clear"},
        "validated_at": LATER,
    }
    people = {1: "evaluator", 2: "evaluator", 8: "coordinator", 9: "candidate"}
    content = grid().model_dump(mode="json")
    return [
        ("organisation", {"id": 1}),
        *(("user", {"id": n, "email": role + str(n), "role": role}) for n, role in people.items()),
        ("rubric", {"id": 1, "version": 1, "published_at": AT, "content": content}),
        ("certification", {"id": 1, "rubric_id": 1, "policy": "default-1"} | ENGLISH),
        ("certification", {"id": 2, "rubric_id": 1, "policy": "severe-1"} | ENGLISH),
        ("candidate", {"id": 1, "user_id": 9, "organisation_id": 1, "sex": "F"}),
        (
            "candidacy",
            {"id": 1, "candidate_id": 1, "organisation_id": 1, "certification_id": 1}
            | {"target_level": "B2", "stage": "validated", "window_end": LATER, "time_factor": 1}
            | {"access_mode": "", "initiative": ""},
        ),
        (
            "candidacy",
            {"id": 2, "candidate_id": 1, "organisation_id": 1, "certification_id": 2}
            | {"target_level": "B2", "stage": "enrolled", "window_end": LATER, "time_factor": 1}
            | {"access_mode": "", "initiative": ""},
        ),
        *(
            (
                "performance",
                {"id": n, "kind": "interview", "rubric_id": 1, "candidacy_id": 1} | ENGLISH,
            )
            for n in (1, 2)
        ),
        ("appointment", ORAL | {"id": 1, "evaluator_id": 1, "state": "held"}),
        ("appointment", ORAL | {"id": 2, "evaluator_id": 2, "state": "cancelled"}),
        *(
            ("interview", {"id": n, "appointment_id": n, "performance_id": n, "state": state})
            for n, state in ((1, "ended"), (2, "planned"))
        ),
        ("scoresheet", SHEET | {"id": 1, "version": 1, "state": "superseded"}),
        ("scoresheet", SHEET | {"id": 2, "version": 2, "state": "submitted", "supersedes_id": 1}),
        ("scoresheet", SHEET | {"id": 3, "version": 1, "state": "draft", "rater_id": 2}),
        *(
            ("mark", {"scoresheet_id": 2, "criterion": key, "thirds": thirds})
            for key, thirds in MARKS.items()
        ),
        ("note", {"scoresheet_id": 2, "client_id": "n", "text": "tenses"}),
        ("written_result", RESULT | {"id": 1, "version": 1, "level": "B1"}),
        ("written_result", RESULT | {"id": 2, "version": 2, "level": "B2"}),
        (
            "verdict",
            {"id": 1, "candidacy_id": 1, "scoresheet_id": 2, "validated_by_id": 8} | verdict,
        ),
        ("document", {"id": 1, "verdict_id": 1, "kind": "attestation", "code": "X"}),
    ]


@pytest.fixture
def before(unmigrated: Database) -> Database:
    """An installation that stands at the migration before, filled."""
    outcome = decide(DEFAULT, MARKS, Level.B2, Level.B2)
    assert isinstance(outcome, Verdict)
    stand(unmigrated, "0015", rows(outcome))
    return unmigrated


def test_all_that_was_marked_and_decided_is_kept(before: Database) -> None:
    migrate.upgrade(before)
    with Session(before.engine) as db:
        asked = db.query(Assignment).order_by(Assignment.performance_id, Assignment.rater_id).all()
        assert [(row.performance_id, row.rater_id, row.role, row.stands) for row in asked] == [
            (1, 1, RaterRole.FIRST, True),
            (1, 2, RaterRole.FIRST, False),  # handed over
            (2, 2, RaterRole.FIRST, True),
        ]
        assert {row.reason for row in asked} == {AssignmentReason.CONDUCTS}
        first, second, third = db.query(Scoresheet).order_by(Scoresheet.id)
        assert (first.assignment_id, third.assignment.rater_id) == (second.assignment_id, 2)
        assert (len(second.marks), [note.text for note in second.notes]) == (6, ["tenses"])

        assert policies.read(db.query(PolicyRow).one()) == DEFAULT
        verdict = queries.with_all_it_bears(db, 1)
        assert {given.kind for given in verdict.used} == set(InputKind)
        assert [given.scoresheet_id for given in verdict.used if given.scoresheet_id] == [2]
        assert [given.version for given in verdict.used if given.written_result_id] == [2]
        assert queries.grid_of(verdict) == grid()
        assert [document.code for document in verdict.documents] == ["X"]
        assert inputs.digest_anew(db, verdict) == verdict.digest
        assert verdict.candidacy.required_gates == ["written_result", "marks"]
        assert queries.oral_of(db, verdict).id == 1


def test_a_candidacy_keeps_the_rule_that_would_have_decided_it(before: Database) -> None:
    migrate.upgrade(before)
    with Session(before.engine) as db:
        kept = db.query(Candidacy.id, Candidacy.policy).order_by(Candidacy.id).all()
        assert kept == [(1, "default-1"), (2, "severe-1")]
