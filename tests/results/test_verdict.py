"""Worked examples, computed by hand, and properties that every policy keeps."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.levels import LEVELS, TARGETS, Level
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
from results.verdict import (
    NeedsCoordinator,
    Step,
    StepCode,
    Verdict,
    assess,
    decide,
    digest,
    read_step,
)
from rubrics.scale import NOT_ASSESSABLE, parse

KEYS = DEFAULT.oral.criteria


def sheet(codes):
    """Read six marks in the grid's order, as an evaluator names them; « – » is not assessable."""
    marks = [NOT_ASSESSABLE if code == "–" else int(parse(code)) for code in codes.split()]
    return dict(zip(KEYS, marks, strict=True))


# Six marks, mean in thirds, value after the cap, oral level: docs/decisions/0001 works these out.
ORALS = [
    ("B2 B2 B2 B2 B2 B2", "12", "12", "B2"),
    ("B2 B2 B2 B2- B2- B2-", "23/2", "23/2", "B2"),
    ("B2- B2- B2- B1+ B1+ B1+", "21/2", "21/2", "B2"),
    ("B2- B2- B1+ B1+ B1+ B1+", "31/3", "31/3", "B1"),
    ("C1 C1 C1 C1 C1 A2", "27/2", "9", "B1"),
    ("C1 C1 C1 C1 C1 B1", "14", "12", "B2"),
    ("C1 C1 C1 C1 C1 B1+", "85/6", "13", "B2"),
    ("C1 C1 C1 C1 C1 B2-", "43/3", "14", "C1"),
    ("C1+ B2+ B2+ B2+ B2+ B2+", "27/2", "27/2", "C1"),
    ("B2 – B1+ B1 B1 B2-", "51/5", "51/5", "B1"),
    ("C2 C2 C2 C2 C2 C2", "18", "18", "C2"),
    ("below_a1 below_a1 below_a1 below_a1 below_a1 below_a1", "2", "2", "below_a1"),
    ("below_a1 below_a1 below_a1 below_a1 A1 A1", "7/3", "7/3", "below_a1"),
    ("below_a1 below_a1 below_a1 A1 A1 A1", "5/2", "5/2", "A1"),
    ("B1 B1 B1 B1 B1 below_a1", "47/6", "5", "A2"),
]


@pytest.mark.parametrize(("codes", "mean", "value", "level"), ORALS)
def test_default_oral(codes, mean, value, level):
    oral = assess(DEFAULT, sheet(codes))
    assert (oral.mean, oral.value, oral.level) == (Fraction(mean), Fraction(value), level)


# Rows: oral, columns: written, from below A1 to C2: floor of the mean, one above the lower.
OVERALL = """
below_a1 below_a1 A1 A1 A1 A1 A1
below_a1 A1 A1 A2 A2 A2 A2
A1 A1 A2 A2 B1 B1 B1
A1 A2 A2 B1 B1 B2 B2
A1 A2 B1 B1 B2 B2 C1
A1 A2 B1 B2 B2 C1 C1
A1 A2 B1 B2 C1 C1 C2
"""


def test_default_overall_is_this_table():
    at = dict(zip(Level, ["below_a1", "A1", "A2", "B1", "B2", "C1", "C2"], strict=True))
    table = [
        [
            str(decide(DEFAULT, sheet(" ".join([at[oral]] * 6)), written, None).overall)
            for written in Level
        ]
        for oral in Level
    ]
    assert table == [row.split() for row in OVERALL.strip().splitlines()]


@pytest.mark.parametrize(
    ("target", "certificate", "code"),
    [
        (Level.B1, Level.B1, StepCode.TARGET_REACHED),
        (Level.A2, Level.A2, StepCode.TARGET_REACHED),
        (Level.B2, None, StepCode.TARGET_MISSED),
        (Level.A1, None, StepCode.TARGET_WITHOUT_CERTIFICATE),
        (None, None, StepCode.NO_TARGET),
    ],
)
def test_certificate_of_an_overall_b1(target, certificate, code):
    verdict = decide(DEFAULT, sheet("B2 B2 B2 B2 B2 B2"), Level.B1, target)
    assert (verdict.overall, verdict.certificate) == (Level.B1, certificate)
    assert verdict.explanation[-2].code == code


def test_a_whole_verdict():
    marks = sheet("C1 – C1 C1 C1 B1")
    verdict = decide(DEFAULT, marks, Level.C1, Level.B2)
    assert verdict.as_json() == {
        "policy": "default-1",
        "digest": digest(DEFAULT, marks, Level.C1, Level.B2),
        "criteria": {
            "listening": "C1",
            "pronunciation": None,
            "vocabulary": "C1",
            "fluency": "C1",
            "grammar": "C1",
            "interaction": "B1",
        },
        "mean": "69/5",
        "value": "12",
        "oral": "B2",
        "written": "C1",
        "overall": "B2",
        "target": "B2",
        "certificate": "B2",
        "explanation": [
            {"code": "marks", "values": {"marks": marks}},
            {"code": "not_assessable", "values": {"criteria": ["pronunciation"]}},
            {
                "code": "mean",
                "values": {
                    "weights": {key: 1 for key in KEYS if key != "pronunciation"},
                    "mean": "69/5",
                },
            },
            {
                "code": "cap_applied",
                "values": {
                    "weakest": ["interaction"],
                    "mark": 9,
                    "cap_thirds": 3,
                    "ceiling": "12",
                    "mean": "69/5",
                    "value": "12",
                },
            },
            {"code": "rounded", "values": {"value": "12", "rounding": "half_up", "level": "B2"}},
            {
                "code": "overall_mean",
                "values": {
                    "oral": "B2",
                    "written": "C1",
                    "oral_weight": 1,
                    "written_weight": 1,
                    "mean": "9/2",
                    "rounding": "down",
                    "level": "B2",
                },
            },
            {
                "code": "overall_cap_not_reached",
                "values": {"lower": "B2", "cap_levels": 1, "ceiling": "C1", "level": "B2"},
            },
            {"code": "target_reached", "values": {"overall": "B2", "target": "B2"}},
            {
                "code": "verdict",
                "values": {
                    "policy": "default-1",
                    "oral": "B2",
                    "written": "C1",
                    "overall": "B2",
                    "target": "B2",
                    "certificate": "B2",
                },
            },
        ],
    }


def test_two_criteria_without_a_mark_go_to_the_coordinator():
    verdict = decide(DEFAULT, sheet("B2 – B1 – B1 B1"), Level.B1, Level.B1)
    assert isinstance(verdict, NeedsCoordinator)
    assert (verdict.policy, verdict.criteria) == ("default-1", ("pronunciation", "fluency"))
    assert [step.code for step in verdict.explanation] == ["marks", "needs_coordinator"]


def test_a_policy_may_allow_more_criteria_without_a_mark():
    tolerant = OralRule(OralKind.WEIGHTED_MEAN, DEFAULT.oral.weights, allowed_not_assessable=2)
    oral = assess(Policy("t-1", tolerant, DEFAULT.overall), sheet("– – B1 B1 B1+ B1+"))
    assert (oral.mean, oral.level) == (Fraction(19, 2), Level.B1)


def test_weights_count():
    weights = tuple((key, 4 if key == "interaction" else 1) for key in KEYS)
    policy = Policy("w-1", OralRule(OralKind.WEIGHTED_MEAN, weights), DEFAULT.overall)
    oral = assess(policy, sheet("B1 B1 B1 B1 B1 C1"))
    assert (oral.mean, oral.value, oral.level) == (Fraction(35, 3), Fraction(35, 3), Level.B2)


@pytest.mark.parametrize(
    ("codes", "level"),
    [
        ("B2 B2 B2 B2 B2 B2-", "B1"),
        ("B2- B2- B2- B2- B2- B2-", "B1"),
        ("B1+ B1 B1 B1 B1 B1", "B1"),
        ("A1 A1 A1 A1 A1 A1+", "A1"),
        ("A1 A1 A1 A1 A1 below_a1", "below_a1"),
        ("C2 C2 C2 C2 C2- C2", "C1"),
    ],
)
def test_rounding_down_asks_for_the_level_itself(codes, level):
    rule = OralRule(OralKind.WEIGHTED_MEAN, DEFAULT.oral.weights, Rounding.DOWN)
    assert assess(Policy("d-1", rule, DEFAULT.overall), sheet(codes)).level == level


@pytest.mark.parametrize(
    ("codes", "none_below", "one_below"),
    [
        ("B2 B2 B2 B2 B2 B2", "B2", "B2"),
        ("B2 B2 B2 B2 B2 B2-", "B1", "B2"),
        ("B2 B2 B2 B2 B2- B2-", "B1", "B1"),
        ("B2 B2 B2 B2 B2 B1+", "B1", "B1"),
        ("C1 C1 C1 C1 – C1-", "B2", "C1"),
        ("A1 A1 A1 A1 A1 below_a1", "below_a1", "A1"),
        ("A1 A1 A1 A1 below_a1 below_a1", "below_a1", "below_a1"),
    ],
)
def test_conjunctive(codes, none_below, one_below):
    levels = [
        assess(
            Policy(
                "c-1",
                OralRule(OralKind.CONJUNCTIVE, DEFAULT.oral.weights, allowed_below=allowed),
                DEFAULT.overall,
            ),
            sheet(codes),
        ).level
        for allowed in (0, 1)
    ]
    assert levels == [none_below, one_below]


HIGHER = tuple(tuple(max(oral, written) for written in Level) for oral in Level)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (OverallRule(OverallKind.LOWEST), Level.B1),
        (OverallRule(OverallKind.MATRIX, matrix=HIGHER), Level.C2),
        (OverallRule(OverallKind.MEAN), Level.B2),
        (OverallRule(OverallKind.MEAN, rounding=Rounding.HALF_UP), Level.C1),
        (OverallRule(OverallKind.ORAL_WEIGHTED, oral_weight=2), Level.B2),
        (OverallRule(OverallKind.ORAL_WEIGHTED, oral_weight=5), Level.B1),
    ],
)
def test_overall_rules_on_oral_b1_and_written_c2(rule, expected):
    policy = Policy("o-1", DEFAULT.oral, rule)
    verdict = decide(policy, sheet("B1 B1 B1 B1 B1 B1"), Level.C2, None)
    assert verdict.overall == expected


def test_marks_averaged_over_two_raters_are_accepted():
    marks = dict.fromkeys(KEYS, Fraction(21, 2))
    verdict = decide(DEFAULT, marks, Level.B2, Level.B2)
    assert (verdict.mean, verdict.oral) == (Fraction(21, 2), Level.B2)
    assert dict(verdict.criteria) == dict.fromkeys(KEYS, Level.B2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"listening": 1}, "listening: 1 is off the scale"),
        ({"fluency": 19}, "fluency: 19 is off the scale"),
        ({"grammar": True}, "grammar: True is off the scale"),
        ({"grammar": "B2"}, "grammar: 'B2' is not a mark"),
        ({"style": 12}, "not those of the policy's criteria: style"),
    ],
)
def test_wrong_marks_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        decide(DEFAULT, sheet("B1 B1 B1 B1 B1 B1") | change, Level.B1, None)


def test_a_missing_criterion_is_refused():
    marks = sheet("B1 B1 B1 B1 B1 B1")
    del marks["fluency"]
    with pytest.raises(ValueError, match="criteria: fluency"):
        assess(DEFAULT, marks)


def test_the_digest_counts_every_input():
    marks = sheet("B1 B1 B1 B1 B1 B1")
    base = digest(DEFAULT, marks, Level.B1, Level.B1)
    others = [
        digest(DEFAULT, marks | {"grammar": 10}, Level.B1, Level.B1),
        digest(DEFAULT, marks, Level.B2, Level.B1),
        digest(DEFAULT, marks, Level.B1, None),
        digest(
            Policy("default-1", DEFAULT.oral, OverallRule(OverallKind.LOWEST)),
            marks,
            Level.B1,
            Level.B1,
        ),
    ]
    assert len({base, *others}) == 5
    # Kept for ever: a verdict stored by an earlier version must still be recognised.
    assert base == "55940c66d6f21c8f7d73418539fd29a4b9ea15729254f08fef99243b8f1ed17d"


# Properties ----------------------------------------------------------------------------------

mark = st.integers(2, 18)
marks_given = st.fixed_dictionaries(dict.fromkeys(KEYS, mark))
level = st.sampled_from(list(Level))
target = st.sampled_from([None, *LEVELS])
weights = st.lists(st.integers(1, 9), min_size=6, max_size=6).map(
    lambda numbers: tuple(zip(KEYS, numbers, strict=True))
)
rounding = st.sampled_from(list(Rounding))
oral_rules = st.one_of(
    st.builds(OralRule, st.just(OralKind.WEIGHTED_MEAN), weights, rounding),
    st.builds(OralRule, st.just(OralKind.CAPPED_MEAN), weights, rounding, st.integers(0, 6)),
    st.builds(OralRule, st.just(OralKind.CONJUNCTIVE), weights, allowed_below=st.integers(0, 5)),
)
caps = st.one_of(st.none(), st.integers(0, 6))
overall_rules = st.one_of(
    st.just(OverallRule(OverallKind.LOWEST)),
    st.just(OverallRule(OverallKind.MATRIX, matrix=HIGHER)),
    st.builds(OverallRule, st.just(OverallKind.MEAN), rounding=rounding, cap_levels=caps),
    st.builds(
        OverallRule,
        st.just(OverallKind.ORAL_WEIGHTED),
        oral_weight=st.integers(2, 9),
        rounding=rounding,
        cap_levels=caps,
    ),
)
policies = st.builds(Policy, st.just("any-1"), oral_rules, overall_rules)


@given(policies, marks_given, level, st.sampled_from(KEYS), mark)
def test_raising_a_mark_never_lowers_a_level(policy, marks, written, key, other):
    low, high = sorted((marks[key], other))
    lower = decide(policy, marks | {key: low}, written, None)
    higher = decide(policy, marks | {key: high}, written, None)
    assert lower.oral <= higher.oral
    assert lower.overall <= higher.overall
    assert lower.mean <= higher.mean


@given(policies, marks_given, level, level)
def test_raising_the_written_level_never_lowers_the_overall(policy, marks, level, other):
    low, high = sorted((level, other))
    assert decide(policy, marks, low, None).overall <= decide(policy, marks, high, None).overall


@given(marks_given, level, target)
def test_the_default_caps_hold(marks, written, target):
    verdict = decide(DEFAULT, marks, written, target)
    assert min(marks.values()) <= verdict.value <= min(marks.values()) + 3
    assert verdict.overall.rank <= min(verdict.oral.rank, verdict.written.rank) + 1
    assert min(verdict.oral, written) <= verdict.overall <= max(verdict.oral, written)


@given(policies, marks_given, level, target)
def test_whatever_cap_a_policy_has_holds(policy, marks, written, target):
    verdict = decide(policy, marks, written, target)
    if policy.oral.cap_thirds is not None:
        assert verdict.value <= min(marks.values()) + policy.oral.cap_thirds
    if policy.overall.cap_levels is not None:
        lower = min(verdict.oral.rank, written.rank)
        assert verdict.overall.rank <= lower + policy.overall.cap_levels


@given(policies, marks_given, level, target)
def test_equal_inputs_give_equal_verdicts_also_read_from_json(policy, marks, written, target):
    """What is kept of the inputs gives the same verdict, to the last step of its explanation."""
    kept = json.loads(json.dumps({"policy": policy.as_json(), "marks": marks}))
    again = decide(read_policy(kept["policy"]), kept["marks"], written, target)
    assert again == decide(policy, marks, written, target)


@given(policies, marks_given, level, target, st.permutations(KEYS))
def test_the_order_of_the_marks_does_not_count(policy, marks, written, target, order):
    shuffled = {key: marks[key] for key in order}
    assert decide(policy, shuffled, written, target) == decide(policy, marks, written, target)


@given(policies, marks_given, level, target)
def test_the_last_step_is_the_verdict(policy, marks, written, target):
    verdict = decide(policy, marks, written, target)
    assert verdict.explanation[-1] == Step(
        StepCode.VERDICT,
        {
            "policy": verdict.policy,
            "oral": verdict.oral.value,
            "written": verdict.written.value,
            "overall": verdict.overall.value,
            "target": verdict.target and verdict.target.value,
            "certificate": verdict.certificate and verdict.certificate.value,
        },
    )


@given(policies, marks_given, level, target)
def test_a_certificate_is_the_target_reached_and_no_other(policy, marks, written, target):
    verdict = decide(policy, marks, written, target)
    reached = target is not None and target in TARGETS and verdict.overall >= target
    assert verdict.certificate == (target if reached else None)


@given(policies, marks_given, level, target)
def test_the_explanation_survives_storage(policy, marks, written, target):
    verdict = decide(policy, marks, written, target)
    assert isinstance(verdict, Verdict)
    stored = json.loads(json.dumps(verdict.as_json()))
    assert tuple(read_step(step) for step in stored["explanation"]) == verdict.explanation


@given(marks_given, st.sampled_from(KEYS), level, target)
def test_a_criterion_without_a_mark_is_left_out(marks, key, written, target):
    verdict = decide(DEFAULT, marks | {key: NOT_ASSESSABLE}, written, target)
    others = [mark for name, mark in marks.items() if name != key]
    assert verdict.mean == Fraction(sum(others), 5)
    assert dict(verdict.criteria)[key] is None
