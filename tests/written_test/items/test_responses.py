"""What is exported for a calibration: what was chosen, how long it took, and whether it counted."""

from __future__ import annotations

import csv
from itertools import count

import pytest
from query_count import counted
from sqlalchemy import select

from kernel import clock
from kernel.errors import Forbidden
from kernel.tables.writing import csv_lines, data_lines
from written_test.blueprints import latest_release
from written_test.items.responses import COLUMNS, responses
from written_test.models import Item, ItemState, Step, StepState, WrittenTest, WrittenTestState
from written_test.questions.drafts import Draft, Parameters, Skill
from written_test.questions.kinds import read_body
from written_test.questions.telling import Given, Teller

_number = count(1)


def options(*texts: str) -> list[dict[str, str]]:
    return [{"key": f"k{number}", "text": text} for number, text in enumerate(texts)]


SINGLE = {"kind": "single", "prompt": "?", "options": options("=open", "shut"), "right": "k0"}
READING = {
    "kind": "reading",
    "prompt": "Read.",
    "passage": "Text.",
    "questions": [
        {"key": "q1", "prompt": "?", "options": options("yes", "no"), "right": ["k0"]},
        {
            "key": "q2",
            "prompt": "?",
            "options": options("x", "y"),
            "right": ["k0"],
            "several": True,
        },
    ],
}


@pytest.fixture
def who(make):
    return make.coordinator().actor


@pytest.fixture
def bank(make):
    single = Draft("=A", read_body(SINGLE), Skill.GRAMMAR, "B1", parameters=(Parameters(1, 2, 0),))
    return make.bank([single, Draft("R", read_body(READING), Skill.READING, "B1")])


def bank_items(db, bank) -> list[Item]:
    return list(db.scalars(select(Item).where(Item.bank_id == bank.id).order_by(Item.code)))


def sit(db, make, bank, *steps: dict, **values) -> WrittenTest:
    test = WrittenTest(
        candidacy_id=make.candidacy().id,
        release_id=latest_release(db, bank.id).id,
        rules={},
        seed=1,
        seen=[],
        started_at=clock.now(),
        heard_at=clock.now(),
        **{"state": WrittenTestState.ENDED} | values,
    )
    db.add(test)
    db.flush()
    for place, step in enumerate(steps):
        made = {"state": StepState.ANSWERED, "spent_s": 10.5 + place, "theta": place / 4} | step
        db.add(
            Step(
                test_id=test.id,
                place=place,
                ticket=f"t{next(_number)}",
                why={},
                shown_at=clock.now(),
                seconds=45,
                **made,
            )
        )
    db.flush()
    return test


def test_every_answer_is_exported_with_what_was_chosen(db, make, who, bank):
    single, reading = bank_items(db, bank)
    pilot = make.item(
        bank, Draft("P", read_body(SINGLE), Skill.GRAMMAR, "B1"), state=ItemState.PILOT
    )
    test = sit(
        db,
        make,
        bank,
        {"item_id": single.id, "right": [False], "answer": {"choices": ["k1"]}},
        {"item_id": single.id, "right": None, "state": StepState.SWAPPED},
        {"item_id": pilot.id, "right": [True], "answer": {"choices": ["k0"]}, "pilot": True},
        {
            "item_id": reading.id,
            "right": [True, False],
            "answer": {"questions": {"q1": ["k0"], "q2": ["k1", "k0"]}},
        },
        {"item_id": single.id, "right": [False], "state": StepState.TIMED_OUT},
    )
    sit(db, make, bank, {"item_id": single.id, "right": [True]}, state=WrittenTestState.VOID)
    single.shape = [[9, 9, 0.5]]  # measured since: the test used what its release kept
    db.flush()
    lines = list(responses(db, who, bank))
    assert lines[0] == COLUMNS
    number, shape = test.id, reading.shape
    assert lines[1:] == [
        (
            *(number, 0, "=A", 1, "single", 0, "scored", 0, "answered", 10.5),
            *("k1", "shut", None, 1, 2, 0, "assumed"),
        ),
        (
            *(number, 2, "P", 1, "single", 0, "pilot", 1, "answered", 12.5),
            *("k0", "=open", 0.25, *pilot.shape[0], "assumed"),
        ),
        (
            *(number, 3, "R", 1, "reading", 0, "scored", 1, "answered", 13.5),
            *("k0", "yes", 0.5, *shape[0], "assumed"),
        ),
        (
            *(number, 3, "R", 1, "reading", 1, "scored", 0, "answered", 13.5),
            *("k1 | k0", "y | x", 0.5, *shape[1], "assumed"),
        ),
        (
            *(number, 4, "=A", 1, "single", 0, "scored", 0, "timed_out", 14.5),
            *("", "", 0.75, 1, 2, 0, "assumed"),
        ),
    ]


def test_no_cell_of_either_form_is_a_formula(db, make, who, bank):
    single, _reading = bank_items(db, bank)
    sit(db, make, bank, {"item_id": single.id, "right": [True], "answer": {"choices": ["k0"]}})
    plain = "".join(data_lines(responses(db, who, bank)))
    excel = "".join(csv_lines(responses(db, who, bank)))
    rows = list(csv.DictReader(plain.splitlines()))
    french = list(csv.DictReader(excel.removeprefix("\ufeff").splitlines(), delimiter=";"))
    assert (excel[0], rows[0]["seconds"], french[0]["seconds"]) == ("\ufeff", "10.5", "10,5")
    for line in (rows[0], french[0]):
        assert (line["item"], line["chosen_words"]) == ("'=A", "'=open")


def test_only_coordinators_export(db, make, bank):
    with pytest.raises(Forbidden):
        next(responses(db, make.evaluator().actor, bank))


def test_as_many_statements_for_many_answers_as_for_one(db, make, who, bank):
    single, reading = bank_items(db, bank)
    sit(db, make, bank, {"item_id": single.id, "right": [True]})
    with counted(db.get_bind()) as few:
        list(responses(db, who, bank))
    for _ in range(3):
        sit(db, make, bank, *({"item_id": reading.id, "right": [True, True]} for _ in range(4)))
    with counted(db.get_bind()) as many:
        list(responses(db, who, bank))
    assert (few.count, many.count) == (3, 3)


@pytest.mark.parametrize(
    ("body", "answer", "given"),
    [
        (SINGLE, {}, Given()),
        (SINGLE, {"choices": ["k0"]}, Given("k0", "=open")),
        (
            {
                "kind": "gap_choice",
                "prompt": "?",
                "text": "A [[1]] b [[2]].",
                "gaps": [
                    {"key": "1", "options": options("is", "are"), "right": "k0"},
                    {"key": "2", "options": options("in", "at"), "right": "k0"},
                ],
            },
            {"gaps": {"1": "k1", "2": ""}},
            Given("k1 | ", "are | "),
        ),
        (
            {
                "kind": "gap_free",
                "prompt": "?",
                "text": "A [[1]].",
                "gaps": [{"key": "1", "accepted": ["is"]}],
            },
            {"gaps": {"1": "was  not"}},
            Given("", "was  not"),
        ),
        (
            {"kind": "ordering", "prompt": "?", "elements": options("a", "b")},
            {"order": ["k1", "k0"]},
            Given("k1 | k0", "b | a"),
        ),
        (
            {
                "kind": "matching",
                "prompt": "?",
                "left": options("big", "small"),
                "right": options("large", "little", "odd"),
                "pairs": {"k0": "k0", "k1": "k1"},
            },
            {"pairs": {"k1": "k2", "k0": "k0"}},
            Given("k0=k0 | k1=k2", "big = large | small = odd"),
        ),
    ],
)
def test_an_answer_of_every_kind_is_told(body, answer, given):
    assert Teller(read_body(body)).parts(answer) == (given,)
