"""A policy is data: it survives JSON, and refuses rules that cannot be applied."""

import json
from dataclasses import replace

import pytest

from kernel.levels import Level
from results.policy import (
    DEFAULT,
    OralKind,
    OralRule,
    OverallKind,
    OverallRule,
    Policy,
    Rounding,
    read_policy,
)
from rubrics.library import grid

LOWER_OF_BOTH = tuple(tuple(min(oral, written) for written in Level) for oral in Level)


def test_the_default_is_what_the_decision_says():
    assert DEFAULT.as_json() == {
        "name": "default-1",
        "oral": {
            "kind": "capped_mean",
            "weights": {
                "listening": 1,
                "pronunciation": 1,
                "vocabulary": 1,
                "fluency": 1,
                "grammar": 1,
                "interaction": 1,
            },
            "rounding": "half_up",
            "cap_thirds": 3,
            "allowed_below": 0,
            "allowed_not_assessable": 1,
        },
        "overall": {
            "kind": "mean",
            "oral_weight": 1,
            "written_weight": 1,
            "rounding": "down",
            "cap_levels": 1,
            "matrix": None,
        },
    }


@pytest.mark.parametrize(
    "policy",
    [
        DEFAULT,
        Policy(
            "strict-2",
            OralRule(OralKind.CONJUNCTIVE, (("vocabulary", 1), ("grammar", 1)), allowed_below=1),
            OverallRule(OverallKind.MATRIX, matrix=LOWER_OF_BOTH),
        ),
        Policy(
            "weighted-1",
            OralRule(OralKind.WEIGHTED_MEAN, (("b", 2), ("a", 5)), Rounding.DOWN),
            OverallRule(OverallKind.ORAL_WEIGHTED, oral_weight=2, rounding=Rounding.HALF_UP),
        ),
    ],
)
def test_json_gives_the_same_policy_back(policy):
    assert read_policy(json.loads(json.dumps(policy.as_json()))) == policy


ORAL = DEFAULT.oral
OVERALL = DEFAULT.overall
FALLING = (*LOWER_OF_BOTH[:-1], (Level.BELOW,) * 7)


@pytest.mark.parametrize(
    ("rule", "changes", "message"),
    [
        (ORAL, {"weights": ()}, "each criterion once"),
        (ORAL, {"weights": (("a", 1), ("a", 2))}, "each criterion once"),
        (ORAL, {"weights": (("a", 1), ("b", 0))}, "from 1 to 100"),
        (ORAL, {"weights": (("a", 1), ("b", 101))}, "from 1 to 100"),
        (ORAL, {"cap_thirds": None}, "it alone, has a cap"),
        (ORAL, {"kind": OralKind.WEIGHTED_MEAN}, "it alone, has a cap"),
        (ORAL, {"cap_thirds": -1}, "never below the weakest"),
        (ORAL, {"allowed_below": 6}, "must be at the level"),
        (ORAL, {"allowed_below": 1}, "only a conjunctive rule"),
        (ORAL, {"allowed_not_assessable": 6}, "must be assessable"),
        (OVERALL, {"written_weight": 0}, "from 1 to 100"),
        (OVERALL, {"oral_weight": 2}, "the oral weighs more"),
        (OVERALL, {"kind": OverallKind.ORAL_WEIGHTED}, "the oral weighs more"),
        (OVERALL, {"kind": OverallKind.LOWEST}, "only a mean has a cap"),
        (OVERALL, {"cap_levels": -1}, "only a mean has a cap"),
        (OVERALL, {"kind": OverallKind.MATRIX, "cap_levels": None}, "has a matrix"),
        (OVERALL, {"matrix": LOWER_OF_BOTH}, "has a matrix"),
        (
            OVERALL,
            {"kind": OverallKind.MATRIX, "cap_levels": None, "matrix": LOWER_OF_BOTH[:6]},
            "7 rows of 7 levels",
        ),
        (
            OVERALL,
            {"kind": OverallKind.MATRIX, "cap_levels": None, "matrix": FALLING},
            "never falls",
        ),
        (DEFAULT, {"name": "  "}, "has a name"),
    ],
)
def test_a_rule_that_cannot_be_applied_is_refused(rule, changes, message):
    with pytest.raises(ValueError, match=message):
        replace(rule, **changes)


def test_reading_refuses_an_unknown_kind():
    data = DEFAULT.as_json()
    data["oral"]["kind"] = "best_of_three"
    with pytest.raises(ValueError, match="best_of_three"):
        read_policy(data)


def test_the_default_weighs_the_criteria_of_the_grid():
    assert DEFAULT.oral.weights == tuple((item.key, item.weight) for item in grid().criteria)
