"""A whole test through its verbs: time, swaps, two tabs, leaving, lost connections, replay."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import numpy as np
import pytest
from answers import right_answer, wrong_answer
from sqlalchemy import select

from enrolment import gates
from enrolment.models import GateKind, Stage
from kernel import clock
from kernel.errors import Forbidden, Invalid, Refused
from kernel.levels import LEVELS, Level
from written_test import jobs, recording, replaying, sitting, steps, voiding
from written_test.engine.timing import GRACE, PULSE
from written_test.items import pools
from written_test.models import (
    EndReason,
    Item,
    ItemState,
    Source,
    Standing,
    Step,
    StepState,
    WrittenResult,
    WrittenTestState,
)
from written_test.questions.drafts import Draft, Parameters, Skill
from written_test.questions.kinds import Kind, read_body
from written_test.questions.library import bank_drafts
from written_test.scene import Scene

PAGE = "tab-one"
pytestmark = pytest.mark.usefixtures("settings")  # whose clock may move


@pytest.fixture
def candidacy(make):
    made = make.candidacy()
    make.blueprint(made.certification)
    return made


@pytest.fixture
def actor(candidacy):
    return candidacy.candidate.user.actor


@pytest.fixture
def test(db, candidacy, actor):
    return sitting.begin(db, actor, candidacy)


def later(seconds: float) -> None:
    clock.move(timedelta(seconds=seconds))


def live_for(db, actor, test, seconds: float) -> Scene:
    """Let the page live for so long: it speaks every few seconds."""
    scene = sitting.pulse(db, actor, test, PAGE)
    while seconds > 0:
        later(min(PULSE, seconds))
        seconds -= PULSE
        scene = sitting.pulse(db, actor, test, PAGE)
    return scene


def reply(db, actor, test, scene, *, right: bool = True) -> Scene:
    body = scene.step.item.body
    given = right_answer(body) if right else wrong_answer(body)
    return sitting.answer(db, actor, test, PAGE, scene.step.ticket, given)


def sit(db, actor, test, truth: float, seed: int = 1) -> None:
    """Sit to the end as somebody of ability `truth`, each part of a text right or wrong at once."""
    chance = np.random.default_rng(seed)
    scene = sitting.present(db, actor, test, PAGE)
    while scene.step is not None:
        later(5)
        a, b, c = scene.step.item.shape[0]
        right = chance.random() < c + (1 - c) / (1 + np.exp(-a * (truth - b)))
        scene = reply(db, actor, test, scene, right=bool(right))


@pytest.mark.parametrize(("truth", "least", "most"), [(-1.6, 1, 3), (0.2, 3, 5), (2.2, 5, 6)])
def test_a_whole_test_gives_a_level_and_can_be_replayed(
    db, candidacy, actor, test, truth, least, most
):
    sit(db, actor, test, truth)
    assert test.state is WrittenTestState.ENDED
    assert least <= test.level.rank <= most
    assert set(test.skills) == {str(skill) for skill in Skill}
    result = recording.current(db, candidacy.id)
    assert (result.source, result.level, result.test_id) == (Source.TEST, test.level, test.id)
    assert result.ability == test.theta
    assert gates.is_open(db, candidacy, GateKind.WRITTEN_RESULT)
    db.commit()
    replay = replaying.replay(db, test)
    assert replay.is_faithful
    assert replay.theta == pytest.approx(test.theta, abs=1e-9)
    if test.end_reason is EndReason.CONFIDENT:
        assert test.probability >= 0.8
    else:
        assert test.end_reason is EndReason.LONGEST


def test_a_tampered_answer_is_found_by_the_replay(db, actor, test):
    sit(db, actor, test, 0.0)
    step = db.scalars(select(Step).where(Step.test_id == test.id, Step.place == 3)).one()
    step.right = [not right for right in step.right]
    db.flush()
    assert not replaying.replay(db, test).is_faithful


def test_the_same_question_comes_back_with_the_time_that_was_left(db, actor, test):
    first = sitting.present(db, actor, test, PAGE)
    scene = live_for(db, actor, test, 12)
    again = sitting.present(db, actor, test, "tab-two")
    assert again.step.id == first.step.id
    assert again.left == pytest.approx(first.left - 12, abs=2)
    assert scene.step.id == first.step.id


def test_what_is_left_of_the_test_is_told_with_each_question(db, actor, test):
    scene = sitting.present(db, actor, test, PAGE)
    assert (scene.questions_left, scene.minutes_left) == ((12, 40), 45)
    test.spent_s = 61.0
    scene = reply(db, actor, test, scene)
    scored = scene.step.why["scored"]
    assert scene.questions_left == (12 - scored, 40 - scored)
    assert scene.minutes_left == 44


def test_no_answer_in_time_is_wrong_and_moves_on(db, actor, test):
    first = sitting.present(db, actor, test, PAGE)
    scene = live_for(db, actor, test, first.left + GRACE + 1)
    assert scene.step.id != first.step.id
    assert first.step.state is StepState.TIMED_OUT
    assert not any(first.step.right)
    assert scene.left == pytest.approx(scene.step.seconds, abs=PULSE + 2)


def test_an_answer_on_its_way_when_time_ends_counts_and_a_late_one_does_not(db, actor, test):
    first = sitting.present(db, actor, test, PAGE)
    live_for(db, actor, test, first.left - 1)
    later(GRACE - 0.5)
    second = reply(db, actor, test, first)
    assert (first.step.state, first.step.right) == (
        StepState.ANSWERED,
        [True] * len(first.step.right),
    )
    live_for(db, actor, test, second.left - 1)
    later(GRACE + 5)
    reply(db, actor, test, second)
    assert second.step.state is StepState.TIMED_OUT
    assert not any(second.step.right)
    assert second.step.answer == right_answer(second.step.item.body)


def test_a_lost_connection_stops_the_clock_up_to_its_budget(db, actor, test):
    first = sitting.present(db, actor, test, PAGE)
    later(30)
    scene = sitting.present(db, actor, test, PAGE)
    assert scene.step.id == first.step.id
    assert scene.left == pytest.approx(first.left, abs=1)
    assert test.lost_s == pytest.approx(30, abs=1)
    assert "lost_connection" in scene.step.flags
    later(3600)
    scene = sitting.present(db, actor, test, PAGE)
    assert test.lost_s == pytest.approx(300, abs=1)
    assert scene.step.id != first.step.id
    assert first.step.state is StepState.SWAPPED
    later(40)
    held = sitting.present(db, actor, test, PAGE)
    assert held.left == pytest.approx(scene.left - 40, abs=1)
    assert test.lost_s == pytest.approx(300, abs=1)


def test_extra_time_applies_by_itself(db, make):
    candidacy = make.candidacy(time_factor=4 / 3)
    make.blueprint(candidacy.certification)
    actor = candidacy.candidate.user.actor
    scene = sitting.present(db, actor, sitting.begin(db, actor, candidacy), PAGE)
    assert scene.step.seconds == pytest.approx(scene.step.item.seconds * 4 / 3)


def test_two_questions_may_be_replaced_and_no_third(db, actor, test):
    scene = sitting.present(db, actor, test, PAGE)
    shown = [scene.step.item_id]
    for left in (1, 0):
        scene = sitting.swap(db, actor, test, PAGE, scene.step.ticket)
        assert scene.swaps_left == left
        shown.append(scene.step.item_id)
    assert len(set(shown)) == 3
    with pytest.raises(Refused):
        sitting.swap(db, actor, test, PAGE, scene.step.ticket)
    assert scene.step.state is StepState.OPEN
    sit(db, actor, test, 0.0)
    shown = steps.steps_of(db, test)
    assert [step.right for step in shown[:2]] == [None, None]
    assert len({step.item_id for step in shown}) == len(shown)
    assert replaying.replay(db, test).is_faithful


def test_a_swap_in_the_last_seconds_is_flagged(db, actor, test):
    scene = sitting.present(db, actor, test, PAGE)
    live_for(db, actor, test, scene.left - 2)
    sitting.swap(db, actor, test, PAGE, scene.step.ticket)
    assert "late_swap" in scene.step.flags


def test_answers_that_do_not_fit_are_refused_and_cost_nothing(db, actor, test, make):
    scene = sitting.present(db, actor, test, PAGE)
    for given in (None, 7, {"choices": ["no such key"]}, {"order": ["a"]}, {"gaps": {"x": "y"}}):
        with pytest.raises(Invalid):
            sitting.answer(db, actor, test, PAGE, scene.step.ticket, given)
    with pytest.raises(Invalid):
        sitting.answer(db, actor, test, PAGE, "no such ticket", {})
    assert scene.step.state is StepState.OPEN
    other = make.candidacy()
    make.blueprint(other.certification)
    others = sitting.begin(db, other.candidate.user.actor, other)
    theirs = sitting.present(db, other.candidate.user.actor, others, PAGE)
    with pytest.raises(Invalid):
        sitting.answer(db, actor, test, PAGE, theirs.step.ticket, {})
    with pytest.raises(Forbidden):
        sitting.answer(db, actor, others, PAGE, theirs.step.ticket, {})


def test_the_same_answer_twice_is_one(db, actor, test):
    first = sitting.present(db, actor, test, PAGE)
    second = reply(db, actor, test, first)
    again = reply(db, actor, test, first, right=False)
    assert again.step.id == second.step.id
    assert all(first.step.right)
    assert len(steps.steps_of(db, test)) == 2


def test_an_answer_to_a_replaced_question_is_refused(db, actor, test):
    first = sitting.present(db, actor, test, PAGE)
    sitting.swap(db, actor, test, PAGE, first.step.ticket)
    with pytest.raises(Refused):
        reply(db, actor, test, first)
    with pytest.raises(Refused):
        sitting.swap(db, actor, test, PAGE, first.step.ticket)


def test_only_the_tab_that_came_last_may_answer(db, actor, test):
    scene = sitting.present(db, actor, test, PAGE)
    sitting.present(db, actor, test, "tab-two")
    for act in (sitting.pulse, sitting.leave):
        with pytest.raises(Refused):
            act(db, actor, test, PAGE)
    with pytest.raises(Refused):
        reply(db, actor, test, scene)
    assert scene.step.state is StepState.OPEN


@pytest.mark.parametrize("leaves", [True, False])
def test_leaving_costs_no_more_than_a_closed_page(db, actor, test, leaves):
    """By « Quitter » or by closing it: the question and its time, then another one, then wrong."""

    def away(seconds: float) -> Scene:
        if leaves:
            sitting.leave(db, actor, test, PAGE)
        later(seconds)
        return sitting.present(db, actor, test, PAGE)

    first = sitting.present(db, actor, test, PAGE)
    back = away(60)
    assert (back.step.id, test.swaps) == (first.step.id, 0)
    assert back.left == pytest.approx(first.left, abs=1)
    states, scene = [], back
    for _ in range(3):
        left = scene.step
        scene = away(3600)
        states.append(left.state)
        assert scene.left == pytest.approx(scene.step.seconds, abs=1)
    assert states == [StepState.SWAPPED, StepState.SWAPPED, StepState.TIMED_OUT]
    assert test.swaps == 2
    sit(db, actor, test, 0.5)
    assert replaying.replay(db, test).is_faithful


def test_the_clock_stands_while_help_is_open(db, actor, test):
    first = sitting.present(db, actor, test, PAGE)
    live_for(db, actor, test, 5)
    before = sitting.pause(db, actor, test, PAGE)
    later(4)  # shorter than what counts as a cut
    paused = sitting.pause(db, actor, test, PAGE)
    assert paused.left == pytest.approx(before.left, abs=1)
    assert paused.lost_left == pytest.approx(296, abs=1)
    later(56)
    scene = sitting.pulse(db, actor, test, PAGE)
    assert scene.step.id == first.step.id
    assert scene.left == pytest.approx(before.left, abs=1)
    assert test.lost_s == pytest.approx(60, abs=1)
    assert scene.step.flags == [steps.HELPED]
    later(9)
    assert sitting.pulse(db, actor, test, PAGE).left == pytest.approx(before.left - 9, abs=1)


def test_help_stops_the_clock_as_far_as_lost_time_reaches(db, actor, test):
    sitting.present(db, actor, test, PAGE)
    before = sitting.pause(db, actor, test, PAGE)
    later(305)
    paused = sitting.pause(db, actor, test, PAGE)
    assert (paused.left, paused.lost_left) == (pytest.approx(before.left - 5, abs=1), 0)
    assert test.lost_s == 0  # nothing is settled while it is open
    later(3600)
    paused = sitting.pause(db, actor, test, PAGE)
    assert (paused.step.state, paused.left) == (StepState.OPEN, 0)


def test_no_question_begins_behind_open_help(db, actor, test):
    first = sitting.present(db, actor, test, PAGE)
    given = right_answer(first.step.item.body)
    scene = sitting.answer(db, actor, test, PAGE, first.step.ticket, given, waits=True)
    assert (scene.step, test.state) == (None, WrittenTestState.RUNNING)
    assert all(first.step.right)
    later(30)
    assert sitting.pause(db, actor, test, PAGE).step is None
    assert sitting.answer(db, actor, test, PAGE, first.step.ticket, given, waits=True).step is None
    scene = sitting.pulse(db, actor, test, PAGE)
    assert scene.left == pytest.approx(scene.step.seconds, abs=1)
    assert len(steps.steps_of(db, test)) == 2


def test_time_ends_the_test_and_its_level_stands(db, make):
    candidacy = make.candidacy()
    make.blueprint(candidacy.certification, minutes=3, confidence=0.999)
    actor = candidacy.candidate.user.actor
    test = sitting.begin(db, actor, candidacy)
    scene = sitting.present(db, actor, test, PAGE)
    while scene.step is not None:
        live_for(db, actor, test, min(20, max(scene.left - 2, 1)))
        scene = reply(db, actor, test, scene, right=scene.step.place % 2 == 0)
    assert test.end_reason is EndReason.TIME
    assert test.spent_s == pytest.approx(180, abs=2)
    assert test.level in (Level.BELOW, *LEVELS)


def test_nothing_seen_before_is_shown_again(db, make, candidacy, actor, test):
    sit(db, actor, test, 0.0)
    first = {step.item_id for step in steps.steps_of(db, test)}
    voiding.void(db, make.coordinator().actor, test, "Autre personne à l'écran")
    again = sitting.begin(db, actor, candidacy)
    assert again.number == 2
    sit(db, actor, again, 0.0, seed=2)
    assert not first & {step.item_id for step in steps.steps_of(db, again)}


def keys_first(draft: Draft) -> Draft:
    """The same question as its author's file often has it: the right option first."""
    body = draft.body
    first = sorted(body.options, key=lambda option: option.key != body.right)
    return dataclasses.replace(draft, body=body.model_copy(update={"options": tuple(first)}))


def test_whoever_always_ticks_the_first_option_lands_near_guessing(db, make):
    drafts = [keys_first(draft) for draft in bank_drafts() if draft.body.kind is Kind.SINGLE]
    candidacy = make.candidacy()
    make.blueprint(
        candidacy.certification,
        make.bank(drafts),
        shares={"vocabulary": 0.4, "grammar": 0.3, "expressions": 0.3},
        confidence=0.999,
    )
    actor = candidacy.candidate.user.actor
    test = sitting.begin(db, actor, candidacy)
    test.seed = 20261127
    scene = sitting.present(db, actor, test, PAGE)
    shown = []
    while scene.step is not None:
        later(5)
        again = sitting.present(db, actor, test, PAGE)  # a reload
        view = steps.view_of(test, again.step)
        assert view == steps.view_of(test, scene.step)
        shown.append(view)
        given = {"choices": [view.options[0].key]}
        scene = sitting.answer(db, actor, test, PAGE, again.step.ticket, given)
    asked = steps.steps_of(db, test)
    assert len(asked) == 40
    assert 3 <= sum(step.right[0] for step in asked) <= 17  # 10 ± 2.6 of a blind guess
    assert test.level in (Level.BELOW, Level.A1)
    assert [steps.view_of(test, step) for step in asked] == shown
    assert replaying.replay(db, test).is_faithful


def test_pilots_are_shown_graded_and_never_counted(db, make):
    certification = make.certification()
    bank = make.bank()
    pilots = [
        make.item(bank, dataclasses.replace(draft, code=f"P-{draft.code}"), state=ItemState.PILOT)
        for draft in bank_drafts()[:40]
    ]
    in_use = db.scalars(select(Item).where(Item.state == ItemState.IN_USE)).all()
    make.release(bank, in_use, pilots=[item.id for item in pilots])
    make.blueprint(certification, bank, pilot_share=0.3)
    candidacy = make.candidacy(certification=certification)
    actor = candidacy.candidate.user.actor
    test = sitting.begin(db, actor, candidacy)
    test.seed = 20261127
    sit(db, actor, test, 0.0)
    asked = steps.steps_of(db, test)
    tried = [step for step in asked if step.pilot]
    assert {step.item.code[:2] for step in tried} == {"P-"}
    assert len(tried) == 7
    assert all(step.right is not None and step.answer is not None for step in tried)
    known = [(0.0, pytest.approx(1.2, abs=1e-3))]
    known += [(step.theta, step.standard_error) for step in asked]
    assert [known[step.place + 1] == known[step.place] for step in asked] == [
        step.pilot for step in asked
    ]
    counted = sum(len(step.right) for step in asked if not step.pilot)
    assert counted == sum(skill["answers"] for skill in test.skills.values())
    assert test.spent_s == pytest.approx(sum(s.spent_s for s in asked if not s.pilot))
    replay = replaying.replay(db, test)
    assert replay.is_faithful
    # Nothing of the level comes from a pilot: without their answers, the same.
    for step in tried:
        step.right = [not right for right in step.right]
    db.flush()
    assert replaying.replay(db, test) == replay


def test_a_pilot_can_be_replaced_like_any_other(db, make):
    bank = make.bank()
    pilots = [
        make.item(bank, dataclasses.replace(draft, code=f"P-{draft.code}"), state=ItemState.PILOT)
        for draft in bank_drafts()[:10]
    ]
    in_use = db.scalars(select(Item).where(Item.state == ItemState.IN_USE)).all()
    make.release(bank, in_use, pilots=[item.id for item in pilots])
    candidacy = make.candidacy()
    make.blueprint(candidacy.certification, bank, pilot_share=0.3)
    actor = candidacy.candidate.user.actor
    test = sitting.begin(db, actor, candidacy)
    test.seed = 20261127
    scene = sitting.present(db, actor, test, PAGE)
    while not scene.step.pilot:
        scene = reply(db, actor, test, scene)
    pilot = scene.step
    after = sitting.swap(db, actor, test, PAGE, pilot.ticket)
    assert (pilot.state, pilot.right, test.swaps) == (StepState.SWAPPED, None, 1)
    assert not after.step.pilot
    sit(db, actor, test, 0.0)
    assert replaying.replay(db, test).is_faithful


def test_parameters_measured_later_leave_a_test_as_it_was(db, actor, test):
    sit(db, actor, test, 0.0)
    for item in db.scalars(select(Item)):
        item.shape = [[a, b + 1.0, c] for a, b, c in item.shape]
    db.commit()
    pools.forget()  # as another process, which reads the release anew
    assert replaying.replay(db, test).is_faithful


def test_a_new_version_in_a_new_release_is_no_new_question(db, make, candidacy, actor, test):
    sit(db, actor, test, 0.0)
    bank = test.release.bank
    old = db.scalars(select(Item).where(Item.bank_id == bank.id)).all()
    drafts = {draft.code: draft for draft in bank_drafts()}
    for item in old:
        item.replaced_at = clock.now()
    new = [make.item(bank, drafts[item.code], version=item.version + 1) for item in old]
    make.release(bank, new)
    voiding.void(db, make.coordinator().actor, test, "Autre personne à l'écran")
    # As another candidacy of the same person, on the new release.
    candidate = make.candidate(user=candidacy.candidate.user)
    other = make.candidacy(candidate=candidate, certification=candidacy.certification)
    again = sitting.begin(db, actor, other)
    assert again.release_id != test.release_id
    sit(db, actor, again, 0.0, seed=2)
    codes = [{step.item.code for step in steps.steps_of(db, attempt)} for attempt in (test, again)]
    assert codes[0] & codes[1] == set()
    assert min(map(len, codes)) >= 12
    assert replaying.replay(db, again).is_faithful


def test_a_void_test_takes_its_result_away(db, make, candidacy, actor, test):
    sit(db, actor, test, 0.0)
    coordinator = make.coordinator().actor
    candidacy.stage = Stage.COMPLETE
    with pytest.raises(Forbidden):
        voiding.void(db, actor, test, "moi-même")
    with pytest.raises(Invalid):
        voiding.void(db, coordinator, test, " ")
    voiding.void(db, coordinator, test, "Aide extérieure")
    assert recording.current(db, candidacy.id) is None
    assert not gates.is_open(db, candidacy, GateKind.WRITTEN_RESULT)
    assert candidacy.stage is Stage.MARKING
    rows = db.scalars(select(WrittenResult).where(WrittenResult.test_id == test.id)).all()
    assert [row.standing for row in rows] == [Standing.VOID]


def test_an_undecided_watch_holds_the_candidacy_back(db, make, candidacy, actor, test):
    candidacy.stage = Stage.MARKING
    gates.put(db, candidacy, GateKind.MARKS, is_open=True)
    gates.put(db, candidacy, GateKind.PROCTORING, is_open=False, detail="undecided")
    sit(db, actor, test, 0.0)
    assert candidacy.stage is Stage.MARKING
    gates.put(db, candidacy, GateKind.PROCTORING, is_open=True, detail="clear")
    recording.settle(db, make.coordinator().actor, candidacy)
    assert candidacy.stage is Stage.COMPLETE


def test_no_test_outside_the_window_nor_beside_a_result(db, make):
    moment = clock.now()
    closed = make.candidacy(
        window_start=moment - timedelta(days=40), window_end=moment - timedelta(days=9)
    )
    known = make.candidacy()
    recording.enter(db, make.coordinator().actor, known, Level.B1)
    bare = make.candidacy()
    for candidacy in (closed, known):
        make.blueprint(candidacy.certification)
    for candidacy in (closed, known, bare):
        with pytest.raises(Refused):
            sitting.begin(db, candidacy.candidate.user.actor, candidacy)
    with pytest.raises(Forbidden):
        sitting.begin(db, make.candidate().user.actor, bare)


def test_a_text_is_one_page_whose_questions_all_count(db, make):
    body = read_body(
        {
            "kind": "reading",
            "prompt": "Read the note and answer.",
            "passage": "The shop opens at nine.",
            "questions": [
                {
                    "key": f"q{number}",
                    "prompt": "When?",
                    "options": [{"key": "a", "text": "At nine"}, {"key": "b", "text": "At ten"}],
                    "right": ["a"],
                }
                for number in (1, 2)
            ],
        }
    )
    drafts = [
        Draft(
            code=f"T{number}",
            body=body,
            skill=Skill.READING,
            level="A1",
            parameters=(Parameters(1.0, -2.0, 0.5), Parameters(1.2, -1.5, 0.5)),
        )
        for number in range(30)
    ]
    candidacy = make.candidacy()
    make.blueprint(candidacy.certification, make.bank(drafts), shares={"reading": 1.0})
    actor = candidacy.candidate.user.actor
    test = sitting.begin(db, actor, candidacy)
    scene = sitting.present(db, actor, test, PAGE)
    assert scene.step.item.kind is Kind.READING
    given = {"questions": {"q1": ["a"], "q2": ["b"]}}
    sitting.answer(db, actor, test, PAGE, scene.step.ticket, given)
    assert scene.step.right == [True, False]
    assert steps.follow(db, test).scored == 2


def test_a_test_left_behind_ends_with_the_window(database, db, make):
    kept = []
    for answers in (2, 30):
        candidacy = make.candidacy()
        make.blueprint(candidacy.certification, confidence=0.9999)
        actor = candidacy.candidate.user.actor
        test = sitting.begin(db, actor, candidacy)
        scene = sitting.present(db, actor, test, PAGE)
        for number in range(answers):
            scene = reply(db, actor, test, scene, right=number % 2 == 0)
        sitting.leave(db, actor, test, PAGE)
        kept.append(test)
    db.commit()
    assert jobs.close_abandoned(database) == 0
    clock.move(timedelta(days=40))
    assert jobs.close_abandoned(database) == 2
    assert jobs.close_abandoned(database) == 0
    for test in kept:
        db.refresh(test)
    few, many = kept
    assert (few.end_reason, few.level) == (EndReason.WINDOW, None)
    assert recording.current(db, few.candidacy_id) is None
    assert recording.current(db, many.candidacy_id).level is many.level
    actor = many.candidacy.candidate.user.actor
    assert sitting.begin(db, actor, many.candidacy).id == many.id
    assert sitting.present(db, actor, many, PAGE).step is None
