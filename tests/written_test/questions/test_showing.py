"""What a candidate is shown: whole, in one order a seed, and never what is right."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from written_test.questions.answers import read_answer
from written_test.questions.grading import grade
from written_test.questions.kinds import Kind, parts_of, read_body
from written_test.questions.showing import Choice, Gap, Piece, answer_of, show
from written_test.questions.shuffling import Order, preview

ORDER = Order(7, 3, "Q")


def options(*texts: str) -> list[dict[str, str]]:
    return [{"key": f"k{number}", "text": text} for number, text in enumerate(texts)]


def order(seed: int) -> Order:
    return Order(seed, 0, "Q")


def keys(shown) -> str:
    return "".join(option.key[1:] for option in shown)


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
        "questions": [
            question | {"right": ["k1"]} for question in BODIES[Kind.READING]["questions"]
        ]
    },
}


@pytest.mark.parametrize("kind", Kind)
def test_a_question_with_another_right_answer_is_shown_the_same(kind):
    body, other = read_body(BODIES[kind]), read_body(BODIES[kind] | OTHERWISE[kind])
    assert body != other
    assert show(body, ORDER) == show(other, ORDER)


def test_a_matching_shuffles_its_right_column_alone():
    shown = [show(read_body(BODIES[Kind.MATCHING]), order(seed)) for seed in range(100)]
    assert {keys(view.left) for view in shown} == {"01"}
    assert {keys(view.right) for view in shown} == set(map("".join, permutations("012")))


def test_elements_to_order_come_in_any_order_even_those_called_fixed():
    held = [element | {"fixed": True} for element in BODIES[Kind.ORDERING]["elements"]]
    body = read_body(BODIES[Kind.ORDERING] | {"elements": held})
    shown = {keys(show(body, order(seed)).elements) for seed in range(400)}
    assert shown == set(map("".join, permutations("0123")))


@pytest.mark.parametrize("shuffle", [True, False])
def test_options_of_every_kind_of_choice_are_shuffled_where_the_question_says_so(shuffle):
    said = {"shuffle": shuffle}
    single = read_body(BODIES[Kind.SINGLE] | said)
    multiple = read_body(BODIES[Kind.MULTIPLE] | said)
    gaps = read_body(
        BODIES[Kind.GAP_CHOICE] | {"gaps": [gap | said for gap in BODIES[Kind.GAP_CHOICE]["gaps"]]}
    )
    reading = read_body(
        BODIES[Kind.READING] | {"questions": [q | said for q in BODIES[Kind.READING]["questions"]]}
    )
    orders = [order(seed) for seed in range(100)]
    choices = [
        {keys(show(single, order).options) for order in orders},
        {keys(show(multiple, order).options) for order in orders},
        {keys(show(gaps, order).paragraphs[0][1].gap.options) for order in orders},
        {keys(show(reading, order).questions[1].options) for order in orders},
    ]
    two, three = ["01", "10"], list(map("".join, permutations("012")))
    if shuffle:
        assert [sorted(shown) for shown in choices] == [two, three, two, three]
        texts = [show(reading, order).questions for order in orders]
        assert {tuple(asked.key for asked in questions) for questions in texts} == {("q1", "q2")}
    else:
        assert choices == [{"01"}, {"012"}, {"01"}, {"012"}]


def test_fixed_options_keep_their_place():
    given_ = options("1", "2", "both", "3", "none of them")
    for place in (2, 4):
        given_[place] = given_[place] | {"fixed": True}
    body = read_body({"kind": "single", "prompt": "Which?", "options": given_, "right": "k0"})
    shown = {keys(show(body, order(seed)).options) for seed in range(100)}
    assert shown == {f"{a}{b}2{c}4" for a, b, c in permutations("013")}


def test_where_an_option_stands_in_its_file_does_not_weigh_on_where_it_is_shown():
    body = BODIES[Kind.MULTIPLE]
    turned = body | {"options": body["options"][::-1]}
    assert show(read_body(body), ORDER) == show(read_body(turned), ORDER)


def test_each_option_comes_first_as_often_as_the_others():
    body = read_body(
        BODIES[Kind.MULTIPLE] | {"options": options("a", "b", "c", "d"), "right": ["k0"]}
    )
    first = Counter(show(body, order(seed)).options[0].key for seed in range(4000))
    assert all(900 < first[f"k{place}"] < 1100 for place in range(4))  # 3.7 standard deviations


@given(st.integers(0, 2**62), st.integers(0, 100))
def test_seed_place_and_version_alone_decide(seed, place):
    body = read_body(BODIES[Kind.ORDERING])
    assert show(body, Order(seed, place, "Q")) == show(body, Order(seed, place, "Q", 1))
    assert preview("Q", 2) == Order(0, 0, "Q", 2)


def test_an_order_is_the_same_for_ever():
    body = read_body(BODIES[Kind.ORDERING])
    shown = [
        keys(show(body, Order(seed, place, code, version)).elements)
        for seed, place, code, version in [
            (1, 0, "Q", 1),
            (2, 0, "Q", 1),
            (1, 1, "Q", 1),
            (1, 0, "R", 1),
            (1, 0, "Q", 2),
        ]
    ]
    assert shown == ["2310", "0123", "3021", "3012", "1302"]


def test_gaps_stand_where_the_text_has_them():
    body = read_body(BODIES[Kind.GAP_CHOICE])
    options_of = {
        gap.key: tuple(
            Choice(option.key, option.text, option.text)
            for option in ORDER.of(gap.options, gap.key)
        )
        for gap in body.gaps
    }
    assert show(body, ORDER).paragraphs == (
        (Piece("She "), Piece(gap=Gap("b", 1, options_of["b"])), Piece(" here")),
        (Piece("since "), Piece(gap=Gap("a", 2, options_of["a"])), Piece(".")),
    )


def test_a_passage_comes_in_paragraphs():
    assert show(read_body(BODIES[Kind.SINGLE]), ORDER).passage == ("<p>One.</p>", "<p>Two.</p>")


@pytest.mark.parametrize("kind", Kind)
def test_a_form_is_read_as_the_answer_that_it_is(kind):
    body = read_body(BODIES[kind])
    answer = read_answer(body, answer_of([("csrf_token", "x"), *RIGHT[kind]]))
    assert grade(body, answer) == (True,) * parts_of(body)


def test_an_empty_form_is_an_empty_answer():
    assert read_answer(
        read_body(BODIES[Kind.MATCHING]), answer_of([("pair:k0", ""), ("pair:k1", "")])
    ).is_empty


FORMATTED = {
    "kind": "single",
    "markup": "html",
    "prompt": "She <u>put off</u> it &amp; left.",
    "passage": "<table><tr><td>Ann</td></tr></table>\n\nLook.",
    "options": options("a &lt; b", "10<sup>3</sup>"),
    "right": "k0",
}


def test_formatted_words_reach_the_page_as_they_are_and_plain_ones_where_there_is_no_room():
    view = show(read_body(FORMATTED | {"shuffle": False}), ORDER)
    assert view.prompt.__html__() == FORMATTED["prompt"]
    assert view.passage == ("<table><tr><td>Ann</td></tr></table>", "<p>Look.</p>")
    assert [(choice.text.__html__(), choice.words) for choice in view.options] == [
        ("a &lt; b", "a < b"),
        ("10<sup>3</sup>", "103"),
    ]


def test_plain_words_are_never_taken_for_formatted_ones():
    view = show(read_body(FORMATTED | {"markup": "plain"}), ORDER)
    assert not hasattr(view.prompt, "__html__")
    assert (
        view.passage[0]
        == "<p>&lt;table&gt;&lt;tr&gt;&lt;td&gt;Ann&lt;/td&gt;&lt;/tr&gt;&lt;/table&gt;</p>"
    )


def test_a_picture_is_found_under_the_address_that_is_given():
    name = f"{'a' * 64}.png"
    picture = f'<img src="{name}" alt="a dog" width="8" height="6">'
    view = show(
        read_body(FORMATTED | {"options": options(picture, "none"), "shuffle": False}),
        ORDER,
        "/here/",
    )
    assert view.options[0].text == picture.replace(name, f"/here/{name}")
    assert view.options[0].words == "a dog"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<u onclick='x'>a</u>",
        '<img src="x" onerror="alert(1)">',
        '<img src="https://elsewhere.test/a.png" alt="" width="1" height="1">',
        "<u>a",
        "a</u>",
        "<u><em>a</u></em>",
        "a < b",
        "a & b",
        "<a href=javascript:x>b</a>",
        "<",
        "<!-- -->",
    ],
)
def test_what_no_reader_of_ours_writes_is_no_question(text):
    with pytest.raises(ValueError, match="may not stand in a formatted text"):
        read_body(FORMATTED | {"options": options(text, "b")})
