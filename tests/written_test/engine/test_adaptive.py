"""The choice of questions: shares, exposure, never twice, and the same again when replayed."""

from __future__ import annotations

import dataclasses
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from written_test.engine.adaptive import Course, Entry, Pilot, Pool, Rules, Stop
from written_test.engine.exposure import calibrate, simulate

SKILLS = ("vocabulary", "grammar", "expressions", "reading")
RULES = Rules(dict.fromkeys(SKILLS, 0.25), (-2.0, -1.1, -0.2, 0.7, 1.6))


def bank(size: int = 300, *, seed: int = 3, fields: tuple[str, ...] = ("",)) -> Pool:
    """A bank as the field simulates them: a ~ lognormal(0.15, 0.3), b ~ N(0, 1.3), c = 0.2."""
    chance = np.random.default_rng(seed)
    a, b = chance.lognormal(0.15, 0.3, size), chance.normal(0, 1.3, size)
    return Pool(
        [
            Entry(
                number + 1,
                SKILLS[number % 4],
                ((float(a[number]), float(b[number]), 0.2),),
                fields[number // 4 % len(fields)],
            )
            for number in range(size)
        ]
    )


def play(course: Course, truth: float, seed: int) -> list[tuple[int, tuple[bool, ...] | None]]:
    """Let somebody of ability `truth` sit the course; every seventh question is replaced."""
    chance = np.random.default_rng(seed)
    steps: list[tuple[int, tuple[bool, ...] | None]] = []
    while course.stop() is None and (choice := course.next()) is not None:
        if len(steps) % 7 == 6:
            course.skip(choice.id)
            steps.append((choice.id, None))
            continue
        parts = course.pool.entries[course.pool.place[choice.id]].parts
        right = tuple(
            bool(chance.random() < c + (1 - c) / (1 + np.exp(-a * (truth - b))))
            for a, b, c in parts
        )
        course.record(choice.id, right)
        steps.append((choice.id, right))
    return steps


@given(st.floats(-3, 3), st.integers(0, 2**62))
@settings(max_examples=60, deadline=None)
def test_a_replay_gives_the_same_questions_and_estimates(truth, seed):
    pool = bank()
    first, again = Course(pool, RULES, seed), Course(pool, RULES, seed)
    steps = play(first, truth, seed)
    for item, right in steps:
        chosen = again.next()
        assert chosen is not None
        assert chosen.id == item
        if right is None:
            again.skip(item)
        else:
            again.record(item, right)
    assert again.posterior.theta == first.posterior.theta
    assert again.posterior.standard_error == first.posterior.standard_error
    assert again.stop() is first.stop()


@given(st.floats(-3, 3), st.integers(0, 2**62))
@settings(max_examples=40, deadline=None)
def test_shares_hold_and_nothing_is_shown_twice(truth, seed):
    course = Course(bank(), RULES, seed, seen=[1, 2, 3, 4, 5])
    steps = play(course, truth, seed)
    shown = [item for item, _ in steps]
    assert len(set(shown)) == len(shown)
    assert not {1, 2, 3, 4, 5} & set(shown)
    assert max(course.counts.values()) - min(course.counts.values()) <= 1
    assert 12 <= course.scored <= 40


def test_a_test_stops_once_a_level_is_probable_enough_or_at_its_longest():
    course = Course(bank(), RULES, 11)
    play(course, 0.25, 11)
    reached = float(course.levels().max())
    if course.stop() is Stop.CONFIDENT:
        assert reached >= 0.8
        assert course.scored >= 12
    else:
        assert course.scored == 40
        assert reached < 0.8


def answered_alike(course: Course, seed: int) -> list[tuple[int, float, float]]:
    """Sit a course, each item answered as its own draw says; return what was known after each."""
    steps = []
    while course.stop() is None and (choice := course.next()) is not None:
        drawn = np.random.default_rng([seed, choice.id]).random()
        if drawn < 0.1:
            course.skip(choice.id)
        else:
            course.record(choice.id, [bool(drawn < 0.6)])
        steps.append((choice.id, course.posterior.theta, course.posterior.standard_error))
    return steps


@given(st.integers(0, 2**62))
@settings(max_examples=40, deadline=None)
def test_pilots_change_nothing_but_the_length(seed):
    pool = bank()
    pilots = [Pilot(1000 + number, SKILLS[number % 4]) for number in range(12)]
    share = dataclasses.replace(RULES, pilot_share=0.2)
    without = Course(pool, RULES, seed)
    plain = answered_alike(without, seed)
    course = Course(Pool(pool.entries, pilots), share, seed, seen=[1000])
    mixed = answered_alike(course, seed)
    assert [step for step in mixed if step[0] < 1000] == plain
    tried = [item for item, _, _ in mixed if item >= 1000]
    assert len(set(tried)) == len(tried)
    assert 1000 not in tried
    assert course.stop() is without.stop()
    assert (course.scored, course.counts, course.answers) == (
        without.scored,
        without.counts,
        without.answers,
    )
    known = [(0, 0.0, 1.2), *mixed]
    assert all(
        before[1:] == after[1:] or before[0] == 0
        for before, after in pairwise(known)
        if after[0] >= 1000
    )
    again = Course(Pool(pool.entries, pilots), share, seed, seen=[1000])
    assert answered_alike(again, seed) == mixed


def test_pilots_take_their_share_of_the_questions_on_average():
    pilots = [Pilot(1000 + number, SKILLS[number % 4]) for number in range(60)]
    pool = Pool(bank().entries, pilots)
    rules = dataclasses.replace(RULES, pilot_share=0.1)
    shown = [answered_alike(Course(pool, rules, seed), seed) for seed in range(150)]
    tried = [item for steps in shown for item, _, _ in steps if item >= 1000]
    assert 0.085 < len(tried) / sum(map(len, shown)) < 0.115
    assert len(set(tried)) == 60


def test_a_pilot_of_a_skill_or_field_that_the_test_has_not_is_not_shown():
    pilots = [
        Pilot(1000, "listening"),
        Pilot(1001, "reading", "finance"),
        Pilot(1002, "reading", "health"),
    ]
    pool = Pool(bank().entries, pilots)
    rules = dataclasses.replace(RULES, pilot_share=0.3)
    tried = {
        item
        for seed in range(30)
        for item, _, _ in answered_alike(Course(pool, rules, seed, field="health"), seed)
        if item >= 1000
    }
    assert tried == {1002}


def test_the_first_question_is_not_the_same_for_all():
    pool = bank()
    firsts = Counter(Course(pool, RULES, seed).next().id for seed in range(200))
    assert max(firsts.values()) <= 20


def test_what_is_written_for_ones_field_comes_before_other_fields():
    pool = bank(fields=("", "health", "finance"))
    fields: Counter[str] = Counter()
    for seed in range(40):
        course = Course(pool, RULES, seed, field="health")
        fields += Counter(
            pool.entries[pool.place[item]].field for item, _ in play(course, 0.3, seed)
        )
    assert fields["health"] > 1.3 * fields[""]
    assert fields[""] > 1.3 * fields["finance"]


def test_the_first_question_is_of_a_middling_difficulty_where_the_rules_say_so():
    pilots = [Pilot(1000 + number, SKILLS[number % 4]) for number in range(8)]
    plain = bank()
    pool = Pool(plain.entries, pilots)
    rules = dataclasses.replace(RULES, opening=(-2.0, -0.2), pilot_share=0.3)
    firsts = [Course(pool, rules, seed).next() for seed in range(60)]
    difficulty = [pool.entries[pool.place[first.id]].parts[0][1] for first in firsts]
    assert (min(difficulty) >= -2.0, max(difficulty) < -0.2) == (True, True)
    assert len({first.id for first in firsts}) > 8
    assert [first.why["scored"] for first in firsts] == [0] * 60
    hard = Pool([entry for entry in plain.entries if entry.parts[0][1] > 0.5])
    assert Course(hard, rules, 1).next() is not None


def test_a_bank_that_runs_out_says_so():
    course = Course(bank(12), Rules(RULES.shares, RULES.cuts, shortest=30, longest=40), 5)
    play(course, 0.0, 5)
    assert course.next() is None
    assert course.stop() is None


def test_a_text_counts_each_of_its_questions():
    parts = ((1.0, 0.0, 0.25), (1.2, 0.4, 0.25), (0.9, -0.4, 0.25))
    pool = Pool([Entry(1, "reading", parts), Entry(2, "grammar", ((1.0, 0.0, 0.2),))])
    course = Course(pool, Rules({"reading": 0.75, "grammar": 0.25}, (0.0,)), 1)
    course.record(1, (True, False, True))
    assert course.counts == {"reading": 3, "grammar": 0}
    assert course.next().id == 2


def test_exposure_stays_near_its_target():
    pool, figures = calibrate(bank(), RULES, 0.25, candidates=300, rounds=5)
    figures, rates = simulate(pool, RULES, 400, seed=99)
    assert figures.max_exposure <= 0.33  # 0.25, and what chance does to 400 tests
    assert rates.sum() == pytest.approx(figures.mean_length)


def test_shares_and_cuts_must_make_sense():
    with pytest.raises(ValueError, match="add up to 1"):
        Rules({"grammar": 0.5}, (0.0,))
    with pytest.raises(ValueError, match="rise"):
        Rules({"grammar": 1.0}, (1.0, 0.0))
    with pytest.raises(ValueError, match="each once"):
        Pool([])
