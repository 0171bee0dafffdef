"""Each reason for a second marking: where it begins and where it ends."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.levels import LEVELS, TARGETS, Level
from results import risks
from results.policy import DEFAULT, OralKind, OralRule, OverallKind, OverallRule, Rounding
from results.risks import Known, SecondRule
from results.verdict import Oral, assess, overall_level
from rubrics.library import grid
from rubrics.models import AssignmentReason as Reason
from rubrics.scale import HIGHEST, LOWEST

KEYS = grid().keys
WEIGHTS = tuple((key, 1) for key in KEYS)
DOWN = replace(DEFAULT, name="down-1", oral=replace(DEFAULT.oral, rounding=Rounding.DOWN))
EVERY = replace(DEFAULT, name="every-1", oral=OralRule(OralKind.CONJUNCTIVE, WEIGHTS))
ALL = frozenset({Reason.BOUNDARY, Reason.DISCREPANCY, Reason.RATER, Reason.INCIDENT, Reason.SAMPLE})
levels, targets = st.sampled_from(list(Level)), st.sampled_from(TARGETS)


def oral(*thirds: int, policy=DEFAULT) -> Oral:
    """What marks come to; the last of them is that of every criterion left."""
    given = [*thirds, *[thirds[-1]] * (len(KEYS) - len(thirds))]
    assessed = assess(policy, dict(zip(KEYS, given, strict=True)))
    assert isinstance(assessed, Oral)
    return assessed


def known(**other) -> Known:
    """An oral that gives no reason for a second marking."""
    facts = {
        "policy": DEFAULT,
        "oral": oral(12),
        "target": Level.B2,
        "written": Level.B2,
        "marked": 50,
        "flagged": False,
        "incidents": 0,
        "draw": Fraction(99, 100),
    }
    return Known(**facts | other)


def at(value: Fraction | int, policy=DEFAULT) -> Oral:
    """An oral whose mean is exactly this."""
    return replace(oral(12, policy=policy), mean=Fraction(value), value=Fraction(value))


@pytest.mark.parametrize(
    ("policy", "target", "written", "begins"),
    [
        (DEFAULT, Level.B2, None, Fraction(21, 2)),  # half a level under B2
        (DEFAULT, Level.B2, Level.B2, Fraction(21, 2)),
        (DEFAULT, Level.B2, Level.C1, Fraction(15, 2)),  # with C1 written, B1 suffices
        (DEFAULT, Level.B2, Level.B1, Fraction(27, 2)),  # with B1 written, C1 is needed
        (DEFAULT, Level.B2, Level.A2, None),  # the cap: no oral can reach it
        (DEFAULT, Level.C2, Level.C2, Fraction(33, 2)),
        (DOWN, Level.B2, Level.B2, Fraction(12)),
        (EVERY, Level.B2, Level.B2, Fraction(12)),
        (DEFAULT, Level.A1, None, Fraction(5, 2)),
    ],
)
def test_where_the_target_begins(policy, target, written, begins):
    assert risks.boundary(policy, target, written) == begins


@given(target=targets, written=levels, thirds=st.integers(LOWEST, HIGHEST))
def test_the_boundary_is_where_the_certificate_is_decided(target, written, thirds):
    edge = risks.boundary(DEFAULT, target, written)
    reached = overall_level(DEFAULT.overall, oral(thirds).level, written) >= target
    if edge is None:
        sides = {overall_level(DEFAULT.overall, level, written) >= target for level in Level}
        assert len(sides) == 1
    else:
        assert reached is (thirds >= edge)


@pytest.mark.parametrize(
    ("value", "near"),
    [
        (Fraction(19, 2) - Fraction(1, 100), False),
        (Fraction(19, 2), True),  # a third of a level under it
        (Fraction(21, 2), True),
        (Fraction(23, 2), True),  # a third of a level above
        (Fraction(23, 2) + Fraction(1, 100), False),
        (12, False),  # the middle of the target
    ],
)
def test_near_ends_at_a_third_of_a_level(value, near):
    risk = risks.near_boundary(known(oral=at(value)))
    assert (risk is not None) is near
    if risk:
        assert risk.as_json() == {
            "reason": "boundary",
            "facts": {"value": str(Fraction(value)), "boundary": "21/2", "target": "B2"},
        }


def test_the_capped_mean_is_what_lies_near():
    capped = oral(8, 15)  # a mean of 13.8, held to 11 by the weakest
    assert (capped.mean, capped.value) == (Fraction(83, 6), 11)
    assert risks.near_boundary(known(oral=capped)) is not None
    assert (
        risks.near_boundary(known(policy=EVERY, oral=replace(capped, value=Fraction(12)))) is None
    )


@given(first=levels, second=levels)
def test_a_level_apart_is_another_level(first, second):
    risk = risks.apart(known(oral=replace(oral(12), level=first), written=second))
    assert (risk is not None) is (abs(first.rank - second.rank) >= 1)


def test_without_a_written_level_nothing_is_apart():
    assert risks.apart(known(written=None, oral=oral(18))) is None


@pytest.mark.parametrize(
    ("marked", "flagged", "watched"),
    [(9, False, True), (10, False, False), (10, True, True), (0, False, True)],
)
def test_a_rater_is_new_until_ten_or_drifts(marked, flagged, watched):
    risk = risks.rater_watched(known(marked=marked, flagged=flagged), 10)
    assert (risk is not None) is watched


def test_an_incident_is_a_reason():
    assert risks.disturbed(known()) is None
    assert risks.disturbed(known(incidents=2)).facts == {"incidents": 2}


@given(draw=st.fractions(0, 1).filter(lambda draw: draw < 1), share=st.integers(0, 100))
def test_the_lot_falls_on_its_share(draw, share):
    risk = risks.drawn(known(draw=draw), share)
    assert (risk is not None) is (draw < Fraction(share, 100))


def test_the_lot_is_the_same_each_time_and_another_with_another_key():
    draws = [risks.lot("key", number) for number in range(2000)]
    assert draws == [risks.lot("key", number) for number in range(2000)]
    assert draws != [risks.lot("other", number) for number in range(2000)]
    assert all(0 <= draw < 1 for draw in draws)
    assert 160 <= sum(draw < Fraction(1, 10) for draw in draws) <= 240


def test_every_reason_that_is_asked_for_is_given_in_order():
    troubled = known(oral=at(11), written=Level.C2, marked=0, incidents=1, draw=Fraction(0))
    rule = SecondRule(ALL, share=10, new_below=10)
    reasons = [risk.reason for risk in risks.of(rule, troubled)]
    assert reasons == [Reason.DISCREPANCY, Reason.RATER, Reason.INCIDENT, Reason.SAMPLE]
    assert risks.of(rule, known()) == []
    only = SecondRule(frozenset({Reason.INCIDENT}), share=10, new_below=10)
    assert [risk.reason for risk in risks.of(only, troubled)] == [Reason.INCIDENT]


def test_a_rule_by_matrix_has_its_boundary_too():
    matrix = tuple(tuple(min(row, column) for column in Level) for row in Level)
    lowest = replace(DEFAULT, overall=OverallRule(OverallKind.MATRIX, matrix=matrix))
    assert risks.boundary(lowest, Level.B1, LEVELS[5]) == Fraction(15, 2)
