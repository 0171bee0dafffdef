"""What a question is used for: every way there is, none beside, and how a file brings it in."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import select

from kernel import storage
from kernel.audit import AuditEntry
from kernel.errors import Forbidden, Invalid, Refused
from people.languages import Language
from written_test.items import banks, importing, states
from written_test.items.importing import Effect, Upload
from written_test.items.reading.entries import Defaults
from written_test.models import Basis, Item, ItemState
from written_test.questions.drafts import Draft, Parameters, Skill
from written_test.questions.kinds import read_body

DRAFT, PILOT, IN_USE, RETIRED = ItemState
BODY = read_body(
    {
        "kind": "single",
        "prompt": "Which?",
        "options": [{"key": "a", "text": "this"}, {"key": "b", "text": "that"}],
        "right": "a",
    }
)
TABLE = """code;kind;skill;level;prompt;options;answer;b
A;single;grammar;B1;First?;yes|no;yes;0,4
B;single;grammar;B1;Second?;yes|no;yes;
"""


@pytest.fixture
def who(make):
    return make.coordinator().actor


@pytest.fixture
def bank(db, who):
    made = banks.create(db, who, "General English", Language.EN)
    db.flush()
    return made


@pytest.fixture
def store(settings):
    return storage.from_settings(settings)


def question(**values) -> Draft:
    return Draft("Q", BODY, Skill.GRAMMAR, "B1", **values)


def test_a_state_changes_along_its_ways_alone_and_audited(db, make, who, bank):
    ways = {
        DRAFT: {PILOT, IN_USE, RETIRED},
        PILOT: {DRAFT, IN_USE, RETIRED},
        IN_USE: {PILOT, RETIRED},
        RETIRED: {PILOT, IN_USE},
    }
    item = make.item(bank, question(), basis=Basis.GIVEN)
    changed = []
    for was, to in product(ItemState, ItemState):
        item.state = was
        if to in ways[was]:
            states.move(db, who, item, to, "  Because   of it ")
            assert (item.state, item.state_reason) == (to, "Because of it")
            changed.append({"was": was, "to": to, "bank": bank.id})
        else:
            with pytest.raises(Refused):
                states.move(db, who, item, to, "Because")
            assert item.state is was
    acts = select(AuditEntry.data).where(AuditEntry.act == "item.state").order_by(AuditEntry.id)
    assert db.scalars(acts).all() == changed


def test_without_parameters_nothing_is_put_in_use(db, make, who, bank):
    item = make.item(bank, question(), state=PILOT, basis=Basis.EXPECTED)
    with pytest.raises(Refused, match="Personne n'a donné de paramètres"):
        states.move(db, who, item, IN_USE, "Good")
    item.basis = Basis.ASSUMED
    states.move(db, who, item, IN_USE, "Plausible, says the author")
    assert item.state is IN_USE


def test_a_change_needs_a_reason_the_latest_version_and_a_coordinator(db, make, who, bank):
    old = make.item(bank, question(), version=1)
    new = make.item(bank, question(), version=2)
    old.replaced_at = new.created_at
    with pytest.raises(Invalid):
        states.move(db, who, new, RETIRED, " ")
    with pytest.raises(Refused, match="plus récente"):
        states.move(db, who, old, RETIRED, "Old")
    with pytest.raises(Forbidden):
        states.move(db, make.evaluator().actor, new, RETIRED, "Mine")


def test_of_many_those_that_can_change_do_and_the_others_say_why(db, make, who, bank):
    draft = Draft("R", BODY, Skill.GRAMMAR, "B1")
    bare = make.item(bank, question(), state=PILOT, basis=Basis.EXPECTED)
    ready = make.item(bank, draft, state=PILOT, basis=Basis.MEASURED)
    moved = states.move_many(db, who, [bare, ready], IN_USE, "Measured")
    assert moved.changed == (ready,)
    assert [(item, why.message) for item, why in moved.kept] == [(bare, states.WITHOUT)]
    assert (bare.state, ready.state) == (PILOT, IN_USE)


def test_a_file_with_parameters_is_in_use_and_without_on_trial(db, who, bank, store):
    given = Upload("t.csv", TABLE.encode(), Defaults("en"))
    report = importing.examine(db, who, bank, given)
    assert [line.state for line in report.lines] == [IN_USE, PILOT]
    importing.bring_in(db, who, store, bank, given)
    rows = db.execute(select(Item.code, Item.state, Item.basis).order_by(Item.code)).all()
    assert [tuple(row) for row in rows] == [
        ("A", IN_USE, Basis.GIVEN),
        ("B", PILOT, Basis.EXPECTED),
    ]


@pytest.mark.parametrize(
    ("values", "state", "basis"),
    [
        ({}, PILOT, Basis.EXPECTED),
        ({"hidden": True}, DRAFT, Basis.EXPECTED),
        ({"parameters": (Parameters(1, 0, 0),)}, IN_USE, Basis.ASSUMED),
        ({"parameters": (Parameters(1, 0, 0),), "calibrated": True}, IN_USE, Basis.GIVEN),
        ({"parameters": (Parameters(1, 0, 0),), "hidden": True}, DRAFT, Basis.ASSUMED),
    ],
)
def test_what_a_draft_says_decides_what_it_comes_in_as(db, who, bank, store, values, state, basis):
    importing.bring_in_drafts(db, who, store, bank, "own", [question(**values)])
    item = db.scalars(select(Item)).one()
    assert (item.state, item.basis) == (state, basis)


@pytest.mark.parametrize(
    ("was", "values", "state"),
    [
        (PILOT, {"parameters": (Parameters(1, 0, 0),)}, PILOT),  # somebody puts it in use
        (IN_USE, {"parameters": (Parameters(1, 0, 0),)}, IN_USE),
        (IN_USE, {}, PILOT),
        (IN_USE, {"hidden": True}, DRAFT),
        (DRAFT, {"parameters": (Parameters(1, 0, 0),)}, DRAFT),
        (RETIRED, {"parameters": (Parameters(1, 0, 0),)}, RETIRED),
    ],
)
def test_a_next_version_never_counts_more_than_the_one_before(
    db, make, who, bank, store, was, values, state
):
    make.item(bank, question(), state=was)
    other = BODY.model_copy(update={"prompt": "Which one?"})
    changed = Draft("Q", other, Skill.GRAMMAR, "B1", **values)
    report, _row = importing.bring_in_drafts(db, who, store, bank, "own", [changed])
    assert report.counts[Effect.CHANGED] == 1
    assert db.scalar(select(Item.state).where(Item.version == 2)) is state
