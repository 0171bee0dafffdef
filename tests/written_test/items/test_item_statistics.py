"""What is said of items comes from the steps that were stored, and from nothing else."""

from __future__ import annotations

import math
from itertools import count

import pytest
from query_count import counted
from sqlalchemy import select

from kernel import clock, storage
from kernel.levels import Level
from people.languages import Language
from written_test.items import bank_queries, banks, importing, item_statistics, states
from written_test.items.bank_queries import Filters, Sort
from written_test.items.fit import Fit, Scored, mean_squares, point_biserial
from written_test.items.importing import Upload
from written_test.items.reading.entries import Defaults
from written_test.models import (
    Basis,
    Item,
    ItemState,
    Release,
    Step,
    StepState,
    WrittenTest,
    WrittenTestState,
)
from written_test.questions.drafts import Parameters, Skill
from written_test.questions.kinds import Kind

TABLE = """code;kind;skill;level;field;prompt;text;options;answer;b
A;single;grammar;B1+;;The café is?;;open|shut;open;0,4
B;single;vocabulary;A2;sales;A price?;;high|low;high;
C;gap_free;grammar;C2;;Write.;I ___ it.;;saw;
D;ordering;expressions;A1;;Order.;;one|two|three;;
"""
_number = count(1)


@pytest.fixture
def who(make):
    return make.coordinator().actor


@pytest.fixture
def bank(db, who, settings):
    made = banks.create(db, who, "General English", Language.EN)
    db.flush()
    given = Upload("t.csv", TABLE.encode(), Defaults(Language.EN))
    importing.bring_in(db, who, storage.from_settings(settings), made, given)
    return made


@pytest.fixture
def items(db, bank) -> dict[str, Item]:
    return {item.code: item for item in db.scalars(select(Item).where(Item.bank_id == bank.id))}


@pytest.fixture
def release(db, bank, items):
    made = Release(
        bank_id=bank.id,
        number=1,
        made_at=clock.now(),
        entries=[[items[code].id, 1.0, items[code].shape] for code in "AB"],
        simulated={},
    )
    db.add(made)
    db.flush()
    return made


def sit(db, make, release, theta: float, *steps: tuple[Item, StepState, bool | None], **values):
    """A test of one candidate, whose ability after each step is that of its end."""
    test = WrittenTest(
        **{
            "candidacy_id": make.candidacy().id,
            "release_id": release.id,
            "rules": {},
            "seed": 1,
            "seen": [],
            "started_at": clock.now(),
            "heard_at": clock.now(),
            "theta": theta,
            "state": WrittenTestState.ENDED,
        }
        | values
    )
    db.add(test)
    db.flush()
    for place, (item, state, right) in enumerate(steps):
        db.add(
            Step(
                test_id=test.id,
                place=place,
                item_id=item.id,
                ticket=f"t{next(_number)}",
                state=state,
                why={},
                shown_at=clock.now(),
                seconds=45,
                spent_s=10.0 + place,
                right=None if right is None else [right],
                theta=theta + place,
            )
        )
    db.flush()
    return test


RIGHT, WRONG = (StepState.ANSWERED, True), (StepState.ANSWERED, False)


def test_an_item_that_nobody_saw(db, items):
    use = item_statistics.of_item(db, items["A"])
    assert (use.shown, use.tests, use.exposure, use.seconds) == (0, 0, None, None)
    assert use.parts[0].share_right is None


def test_counts_shares_and_times(db, make, items, release):
    a, b = items["A"], items["B"]
    sit(db, make, release, 1.0, (a, *RIGHT), (b, *RIGHT))
    sit(db, make, release, -1.0, (b, StepState.SWAPPED, None), (a, *WRONG))
    sit(db, make, release, 0.0, (a, StepState.TIMED_OUT, False))
    sit(db, make, release, 0.0, (b, *RIGHT))
    sit(db, make, release, 3.0, (a, *RIGHT), state=WrittenTestState.VOID)
    use = item_statistics.of_item(db, a)
    assert (use.shown, use.tests, use.swapped, use.timed_out) == (3, 4, 0, 1)
    assert use.exposure == 0.75
    assert use.seconds == 10.5
    part = use.parts[0]
    assert part.share_right == pytest.approx(1 / 3)
    assert (part.theta_right, part.theta_wrong) == (1.0, -0.5)
    assert item_statistics.of_item(db, b).swapped == 1


def test_mean_squares_are_those_of_their_formula():
    shape = Parameters(1.2, 0.3, 0.2)
    answers = [Scored(place % 3 == 0, place / 4 - 2) for place in range(16)]
    squares, variances = [], []
    for answer in answers:
        chance = 0.2 + 0.8 / (1 + math.exp(-1.2 * (answer.theta - 0.3)))
        squares.append((answer.right - chance) ** 2)
        variances.append(chance * (1 - chance))
    assert mean_squares(shape, answers) == Fit(
        pytest.approx(sum(s / v for s, v in zip(squares, variances, strict=True)) / 16),
        pytest.approx(sum(squares) / sum(variances)),
    )
    assert mean_squares(shape, answers[:9]) is None


def test_point_biserial_is_the_correlation():
    answers = [Scored(place > 5, float(place)) for place in range(12)]
    mean = 5.5
    cov = sum((answer.theta - mean) * (answer.right - 0.5) for answer in answers)
    both = math.sqrt(sum((answer.theta - mean) ** 2 for answer in answers) * 12 * 0.25)
    assert point_biserial(answers) == pytest.approx(cov / both)
    assert point_biserial([Scored(True, float(place)) for place in range(12)]) is None


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        (Filters(), ["A", "B", "C", "D"]),
        (Filters(skill=Skill.GRAMMAR), ["A", "C"]),
        (Filters(kind=Kind.ORDERING), ["D"]),
        (Filters(level=Level.B1), ["A"]),
        (Filters(uncalibrated=True), ["B", "C", "D"]),
        (Filters(words="CAFÉ open"), ["A"]),
        (Filters(words="100%"), []),
        (Filters(states=frozenset({ItemState.RETIRED})), []),
        (Filters(sort=Sort.LEVEL), ["D", "B", "A", "C"]),
        (Filters(sort=Sort.LEVEL, down=True), ["C", "A", "B", "D"]),
        (Filters(sort=Sort.SHOWN, down=True), ["B", "A", "C", "D"]),
    ],
)
def test_a_list_keeps_to_its_filters(db, make, bank, items, release, asked, codes):
    sit(db, make, release, 0.0, (items["B"], *RIGHT))
    page = bank_queries.listing(db, bank.id, asked)
    assert [row.item.code for row in page.rows] == codes
    assert page.total == len(codes)


def test_a_map_counts_what_is_in_use(db, who, bank, items):
    for code in "BD":
        items[code].basis, items[code].state = Basis.ASSUMED, ItemState.IN_USE
    counts = bank_queries.heat(db, bank.id)
    assert {
        (skill, level): number
        for skill, row in counts.items()
        for level, number in row.items()
        if number
    } == {
        (Skill.GRAMMAR, Level.B1): 1,
        (Skill.VOCABULARY, Level.A2): 1,
        (Skill.EXPRESSIONS, Level.A1): 1,
    }
    states.move(db, who, items["C"], ItemState.RETIRED, "Too hard")
    row = bank_queries.banks(db)[0]
    assert (row.items, row.uncalibrated, row.pilots, row.retired) == (3, 2, 0, 1)


def test_a_list_takes_as_many_statements_for_many_as_for_one(db, bank, database):
    db.flush()
    with counted(db.get_bind()) as single:
        bank_queries.listing(db, bank.id, Filters(kind=Kind.ORDERING))
    with counted(db.get_bind()) as many:
        bank_queries.listing(db, bank.id, Filters())
    assert (single.count, many.count) == (3, 3)


@pytest.mark.parametrize("sort", Sort)
def test_each_order_says_in_how_many_tests_an_item_was_shown(db, make, bank, items, release, sort):
    for _ in range(2):
        sit(db, make, release, 0.0, (items["B"], *RIGHT))
    page = bank_queries.listing(db, bank.id, Filters(sort=sort))
    assert {row.item.code: row.shown for row in page.rows} == {"A": 0, "B": 2, "C": 0, "D": 0}
