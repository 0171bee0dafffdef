"""Another rule over past verdicts: who would change, and which part of the rule does it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from kernel.levels import LEVELS, Level
from results.policy import (
    DEFAULT,
    OralKind,
    OralRule,
    OverallKind,
    OverallRule,
    Policy,
    Rounding,
)
from results.trying import Part, Past, Tally, between, moved_by, outcome
from results.verdict import Verdict, decide
from rubrics.scale import NOT_ASSESSABLE

KEYS = DEFAULT.oral.criteria
CONJUNCTIVE = replace(DEFAULT, oral=OralRule(OralKind.CONJUNCTIVE, DEFAULT.oral.weights))


def past(marks: list[int | str], written: Level, target: Level, policy: Policy = DEFAULT) -> Past:
    """A verdict that was given under a policy."""
    given = dict(zip(KEYS, marks, strict=True))
    verdict = decide(policy, given, written, target)
    assert isinstance(verdict, Verdict)
    come_to = (verdict.oral, verdict.overall, verdict.certificate is not None)
    return Past(1, 7, policy, given, written, target, come_to)


def rule(**changes) -> Policy:
    return replace(DEFAULT, name="next-1", oral=replace(DEFAULT.oral, **changes))


def overall(**changes) -> Policy:
    return replace(DEFAULT, name="next-1", overall=replace(DEFAULT.overall, **changes))


def test_the_same_rule_changes_nobody():
    tally = Tally()
    tally.add(replace(DEFAULT, name="next-1"), [past([11] * 6, Level.B2, Level.B2)] * 3)
    assert tally.as_json() == {
        "tried": 3,
        "unlike": 0,
        "higher": 0,
        "lower": 0,
        "more": 0,
        "fewer": 0,
        "undecided": 0,
        "parts": {},
        "changes": [],
    }
    assert between(DEFAULT, replace(DEFAULT, name="next-1")) == ()


def test_who_changes_is_counted_with_the_part_that_does_it():
    near = past([11, 11, 11, 11, 11, 11], Level.B2, Level.B2)  # 11 thirds round to B2
    uneven = past([16, 16, 16, 16, 16, 9], Level.C1, Level.C1)  # held to 12 by the cap
    blank = past([12, 12, 12, 12, 12, NOT_ASSESSABLE], Level.B2, Level.B2)
    for policy, expected in (
        (rule(rounding=Rounding.DOWN), [(near, (Part.ROUNDING,))]),
        (rule(kind=OralKind.WEIGHTED_MEAN, cap_thirds=None), [(uneven, (Part.CAP,))]),
        (rule(cap_thirds=6), [(uneven, (Part.CAP,))]),
        (rule(allowed_not_assessable=0), [(blank, (Part.NOT_ASSESSABLE,))]),
        (
            rule(weights=tuple((key, 1 + 99 * (key == "interaction")) for key in KEYS)),
            [(uneven, (Part.WEIGHTS,))],
        ),
        (overall(cap_levels=0), []),
    ):
        tally = Tally()
        tally.add(policy, [near, uneven, blank])
        assert [(c.past, c.parts) for c in tally.changes] == expected, policy
    tally = Tally()
    tally.add(replace(CONJUNCTIVE, name="next-1"), [near, uneven])
    counted = tally.as_json()
    assert (counted["lower"], counted["higher"], counted["fewer"], counted["more"]) == (2, 0, 1, 0)
    assert counted["parts"] == {"oral": 2}
    assert counted["changes"][0] == [7, ["B2", "B2", True], ["B1", "B1", False], ["oral"]]
    tally = Tally()
    tally.add(rule(allowed_not_assessable=0), [blank])
    assert (tally.undecided, tally.fewer, tally.changes[0].as_json()[2]) == (1, 1, None)


def test_the_overall_part_of_a_rule_is_told_from_the_oral_one():
    apart = past([9] * 6, Level.C1, Level.B2)  # B1 and C1: B2
    lowest = replace(DEFAULT, name="next-1", overall=OverallRule(OverallKind.LOWEST))
    assert moved_by(lowest, apart) == (Part.OVERALL,)
    assert moved_by(overall(cap_levels=0), apart) == (Part.OVERALL_CAP,)
    one_apart = past([9] * 6, Level.B2, Level.B2)
    assert moved_by(overall(rounding=Rounding.HALF_UP), one_apart) == (Part.OVERALL_ROUNDING,)
    both = replace(rule(rounding=Rounding.DOWN), overall=lowest.overall)
    assert moved_by(both, past([10] * 6, Level.B1, Level.B1)) == ()


def test_other_criteria_are_not_tried():
    other = replace(DEFAULT, oral=OralRule(OralKind.WEIGHTED_MEAN, (("charm", 1), ("wit", 1))))
    tally = Tally()
    tally.add(other, [past([9] * 6, Level.B1, Level.B1)])
    assert (tally.tried, tally.unlike, tally.changes) == (0, 1, [])


marks = st.lists(st.integers(2, 18), min_size=6, max_size=6)
rounding = st.sampled_from(list(Rounding))
weights = st.lists(st.integers(1, 9), min_size=6, max_size=6).map(
    lambda numbers: tuple(zip(KEYS, numbers, strict=True))
)
orals = st.one_of(
    st.builds(OralRule, st.just(OralKind.WEIGHTED_MEAN), weights, rounding),
    st.builds(OralRule, st.just(OralKind.CAPPED_MEAN), weights, rounding, st.integers(0, 6)),
    st.builds(OralRule, st.just(OralKind.CONJUNCTIVE), weights, allowed_below=st.integers(0, 5)),
)
overalls = st.one_of(
    st.just(OverallRule(OverallKind.LOWEST)),
    st.builds(
        OverallRule,
        st.just(OverallKind.MEAN),
        rounding=rounding,
        cap_levels=st.one_of(st.none(), st.integers(0, 5)),
    ),
    st.builds(
        OverallRule, st.just(OverallKind.ORAL_WEIGHTED), st.integers(2, 9), rounding=rounding
    ),
)
policies = st.builds(Policy, st.just("any-1"), orals, overalls)


@given(policies, policies, marks, st.sampled_from(list(Level)), st.sampled_from(list(LEVELS)))
def test_the_way_ends_at_the_rule_that_is_tried(was, now, given_marks, written, target):
    """Whoever changes has a part that does it; the way ends where the tried rule stands."""
    before = past(given_marks, written, target, was)
    steps = between(was, now)
    last = steps[-1][1] if steps else was
    assert (last.oral, last.overall) == (now.oral, now.overall)
    if outcome(now, before) != before.outcome:
        assert moved_by(now, before) != ()
