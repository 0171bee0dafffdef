"""What a candidate is shown: whole, in one order a seed, and never what is right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from written_test.questions.grading import grade
from written_test.questions.kinds import Kind, parts_of, read_answer, read_body
from written_test.questions.showing import Gap, Piece, answer_of, show


def options(*texts: str) -> list[dict[str, str]]:
    return [{"key": f"k{number}", "text": text} for number, text in enumerate(texts)]


BODIES = {
    Kind.SINGLE: {
        "kind": "single",
        "prompt": "Choose.",
        "passage": "One.\n\nTwo.",
        "options": options("red", "blue"),
        "right": "k1",
    },
    Kind.MULTIPLE: {
        "kind": "multiple",
        "prompt": "Choose.",
        "options": options("red", "blue", "green"),
        "right": ["k0", "k2"],
    },
    Kind.GAP_CHOICE: {
        "kind": "gap_choice",
        "prompt": "Fill.",
        "text": "She [[b]] here\n\nsince [[a]].",
        "gaps": [
            {"key": "a", "options": options("May", "two days"), "right": "k0"},
            {"key": "b", "options": options("is", "has been"), "right": "k1"},
        ],
    },
    Kind.GAP_FREE: {
        "kind": "gap_free",
        "prompt": "Fill.",
        "text": "I [[1]] it.",
        "gaps": [{"key": "1", "accepted": ["have seen", "saw"]}],
    },
    Kind.ORDERING: {
        "kind": "ordering",
        "prompt": "Order.",
        "elements": options("first", "second", "third", "fourth"),
    },
    Kind.MATCHING: {
        "kind": "matching",
        "prompt": "Match.",
        "left": options("big", "small"),
        "right": options("large", "little", "odd"),
        "pairs": {"k0": "k0", "k1": "k1"},
    },
    Kind.READING: {
        "kind": "reading",
        "prompt": "Read.",
        "title": "A letter",
        "passage": "Dear all,\n\nGoodbye.",
        "questions": [
            {"key": "q1", "prompt": "Who?", "options": options("all", "none"), "right": ["k0"]},
            {
                "key": "q2",
                "prompt": "Which?",
                "options": options("a", "b", "c"),
                "right": ["k0", "k2"],
                "several": True,
            },
        ],
    },
}
RIGHT = {
    Kind.SINGLE: [("choices", "k1")],
    Kind.MULTIPLE: [("choices", "k0"), ("choices", "k2")],
    Kind.GAP_CHOICE: [("gap:b", "k1"), ("gap:a", "k0")],
    Kind.GAP_FREE: [("gap:1", "Saw")],
    Kind.ORDERING: [("order", "k0"), ("order", "k1"), ("order", "k2"), ("order", "k3")],
    Kind.MATCHING: [("pair:k0", "k0"), ("pair:k1", "k1")],
    Kind.READING: [("question:q1", "k0"), ("question:q2", "k0"), ("question:q2", "k2")],
}


OTHERWISE = {
    Kind.SINGLE: {"right": "k0"},
    Kind.MULTIPLE: {"right": ["k1"]},
    Kind.GAP_CHOICE: {"gaps": [gap | {"right": "k1"} for gap in BODIES[Kind.GAP_CHOICE]["gaps"]]},
    Kind.GAP_FREE: {"gaps": [{"key": "1", "accepted": ["an answer much longer than the other"]}]},
    Kind.ORDERING: {"elements": BODIES[Kind.ORDERING]["elements"][::-1]},
    Kind.MATCHING: {"pairs": {"k0": "k2", "k1": "k0"}},
    Kind.READING: {
        "questions": [one | {"right": ["k1"]} for one in BODIES[Kind.READING]["questions"]]
    },
}


@pytest.mark.parametrize("kind", Kind)
def test_a_question_with_another_right_answer_is_shown_the_same(kind):
    body, other = read_body(BODIES[kind]), read_body(BODIES[kind] | OTHERWISE[kind])
    assert body != other
    assert show(body, 7) == show(other, 7)


def test_the_seed_alone_decides_the_order():
    body = read_body(BODIES[Kind.ORDERING])
    assert show(body, 3) == show(body, 3)
    assert {one.key for one in show(body, 3).elements} == {"k0", "k1", "k2", "k3"}
    assert len({tuple(one.key for one in show(body, seed).elements) for seed in range(400)}) == 24


@given(st.integers())
def test_options_of_a_choice_stay_and_the_left_column_too(seed):
    assert [one.key for one in show(read_body(BODIES[Kind.SINGLE]), seed).options] == ["k0", "k1"]
    shown = show(read_body(BODIES[Kind.MATCHING]), seed)
    assert [one.key for one in shown.left] == ["k0", "k1"]
    assert sorted(one.key for one in shown.right) == ["k0", "k1", "k2"]


def test_gaps_stand_where_the_text_has_them():
    body = read_body(BODIES[Kind.GAP_CHOICE])
    options_of = {gap.key: gap.options for gap in body.gaps}
    assert show(body, 0).paragraphs == (
        (Piece("She "), Piece(gap=Gap("b", 1, options_of["b"])), Piece(" here")),
        (Piece("since "), Piece(gap=Gap("a", 2, options_of["a"])), Piece(".")),
    )


def test_a_passage_comes_in_paragraphs():
    assert show(read_body(BODIES[Kind.SINGLE]), 0).passage == ("One.", "Two.")


@pytest.mark.parametrize("kind", Kind)
def test_a_form_is_read_as_the_answer_that_it_is(kind):
    body = read_body(BODIES[kind])
    answer = read_answer(body, answer_of([("csrf_token", "x"), *RIGHT[kind]]))
    assert grade(body, answer) == (True,) * parts_of(body)


def test_an_empty_form_is_an_empty_answer():
    assert read_answer(
        read_body(BODIES[Kind.MATCHING]), answer_of([("pair:k0", ""), ("pair:k1", "")])
    ).is_empty
