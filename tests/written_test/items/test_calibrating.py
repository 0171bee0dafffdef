"""Parameters alone: read by line, given in one go, without a new version and without forgetting."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from kernel import storage
from kernel.audit import AuditEntry
from kernel.errors import Forbidden, Invalid, Refused
from people.languages import Language
from written_test.items import banks, calibrating, grounds, importing, releasing, states
from written_test.items.calibrating import Change, Table
from written_test.items.grounds import Grounds, Measure
from written_test.items.importing import Effect, Upload
from written_test.items.reading.entries import Defaults
from written_test.models import Basis, Calibration, Item, ItemState
from written_test.questions.library import bank_drafts

QUESTIONS = """code;kind;skill;level;prompt;options;answer;b
A;single;grammar;B1;First?;yes|no;yes;0,4
B;single;grammar;B1;Second?;yes|no;yes;
"""
SOURCE = "Étude de mars"


@pytest.fixture
def who(make):
    return make.coordinator().actor


@pytest.fixture
def bank(db, who, settings):
    made = banks.create(db, who, "General English", Language.EN)
    db.flush()
    drafts = {draft.body.kind: draft for draft in bank_drafts()}
    store = storage.from_settings(settings)
    given = Upload("t.csv", QUESTIONS.encode(), Defaults(Language.EN))
    importing.bring_in(db, who, store, made, given)
    reading = drafts["reading"]
    importing.bring_in_drafts(db, who, store, made, "own", [reading])
    db.flush()
    return made


def items(db) -> dict[str, Item]:
    db.flush()
    return {item.code: item for item in db.scalars(select(Item).where(Item.replaced_at.is_(None)))}


def table(*lines: str, titles: str = "code;a;b;c;se_a;se_b;se_c;answers", source=SOURCE) -> Table:
    return Table("p.csv", "\n".join([titles, *lines]).encode(), source)


def test_looking_changes_nothing_and_tells_each_question(db, who, bank):
    given = table("A;1,2;-0,35;0.2;0,1;0.05;;512", "B;1;0,5;;;;;", "Z;1;0;0;;;;")
    report = calibrating.examine(db, who, bank, given)
    told = [(line.line, line.code, line.change, line.before, line.after) for line in report.lines]
    assert told == [
        (2, "A", Change.MEASURED, ((1.0, 0.4, 0.0),), ((1.2, -0.35, 0.2),)),
        (3, "B", Change.MEASURED, ((1.0, -0.65, 0.5),), ((1.0, 0.5, 0.0),)),
        (4, "Z", Change.REFUSED, (), ()),
    ]
    assert report.lines[0].errors == ((0.1, 0.05, None),)
    assert (report.lines[0].answers, report.lines[1].answers) == (512, None)
    assert (report.pilots, report.left_out) == (1, ())
    assert db.scalar(select(func.count()).select_from(Calibration)) == 0
    assert items(db)["A"].shape == [[1.0, 0.4, 0.0]]


def test_parameters_come_without_a_new_version_and_their_history_stays(db, who, bank):
    before = items(db)
    calibrating.bring_in(db, who, bank, table("A;1,2;-0,35;0.2;0,1;0.05;;512"), in_use=True)
    calibrating.bring_in(db, who, bank, table("A;1,3;-0,3;0.2;;;;900", source="Juin"), in_use=True)
    now = items(db)
    item = now["A"]
    assert (item.id, item.version, len(now)) == (before["A"].id, 1, 3)
    assert (item.shape, item.basis, item.state) == (
        [[1.3, -0.3, 0.2]],
        Basis.MEASURED,
        ItemState.IN_USE,
    )
    rows = grounds.history(db, item)
    assert [(row.before, row.shape, row.errors, row.answers, row.source) for row in rows] == [
        ([[1.2, -0.35, 0.2]], [[1.3, -0.3, 0.2]], [[None, None, None]], 900, "Juin"),
        ([[1.0, 0.4, 0.0]], [[1.2, -0.35, 0.2]], [[0.1, 0.05, None]], 512, SOURCE),
    ]
    acts = select(AuditEntry.data).where(AuditEntry.act == "bank.calibrate")
    facts = [(sorted(told), told["measured"]) for told in db.scalars(acts)]
    assert facts == [(["measured", "refused", "sha256", "unchanged"], 1)] * 2


def test_the_same_file_again_changes_nothing(db, who, bank):
    given = table("A;1,2;-0,35;0.2;0,1;0.05;;512")
    calibrating.bring_in(db, who, bank, given, in_use=False)
    report = calibrating.bring_in(db, who, bank, given, in_use=False)
    assert report.counts == {Change.MEASURED: 0, Change.UNCHANGED: 1, Change.REFUSED: 0}
    assert db.scalar(select(func.count()).select_from(Calibration)) == 1


def test_the_file_of_questions_again_is_no_new_version_and_keeps_what_was_measured(
    db, who, bank, settings
):
    calibrating.bring_in(db, who, bank, table("A;1;2;0;;;;", "B;1;1;0;;;;"), in_use=False)
    given = Upload("t.csv", QUESTIONS.encode(), Defaults(Language.EN))
    report, _row = importing.bring_in(db, who, storage.from_settings(settings), bank, given)
    assert report.counts[Effect.UNCHANGED] == 2
    assert {code: item.shape for code, item in items(db).items() if code in "AB"} == {
        "A": [[1.0, 2.0, 0.0]],
        "B": [[1.0, 1.0, 0.0]],
    }


@pytest.mark.parametrize(("in_use", "state"), [(False, ItemState.PILOT), (True, ItemState.IN_USE)])
def test_pilots_are_put_in_use_only_when_that_was_said(db, who, bank, in_use, state):
    calibrating.bring_in(db, who, bank, table("B;1;0,5;0,2;;;;300"), in_use=in_use)
    assert items(db)["B"].state is state
    if not in_use:  # said afterwards, with nothing else to change
        calibrating.bring_in(db, who, bank, table("B;1;0,5;0,2;;;;300"), in_use=True)
        assert items(db)["B"].state is ItemState.IN_USE


def test_what_is_refused_does_not_put_a_pilot_in_use(db, who, bank):
    calibrating.bring_in(db, who, bank, table("B;1;x;0;;;;"), in_use=True)
    assert items(db)["B"].state is ItemState.PILOT


def test_a_bad_line_is_refused_with_its_reason(db, who, bank):
    for line, why in [
        (";1;0;0;;;;", "pas de code"),
        ("Z;1;0;0;;;;", "Aucune question de cette banque"),
        ("A;1;;0;;;;", "La difficulté b manque"),
        ("A;1;1/2;0;;;;", "n'est pas un nombre"),
        ("A;1;1.250,5;0;;;;", "n'est pas un nombre"),
        ("A;1;nan;0;;;;", "n'est pas un nombre"),
        ("A;1;9;0;;;;", "pas plausibles"),
        ("A;1;0;0,9;;;;", "pas plausibles"),
        ("A;1;0;0;-1;;;", "erreur type"),
        ("A;1;0;0;;;;many", "nombre de réponses"),
        ("A;1;0;0;;;;\nA;1;0;0;;;;", "se répète"),
    ]:
        (told,) = calibrating.examine(db, who, bank, table(*line.split("\n"))).lines
        assert told.change is Change.REFUSED
        assert why in told.why.message % told.why.params


def test_a_source_is_needed_from_the_file_or_beside_it(db, who, bank):
    (told,) = calibrating.examine(db, who, bank, table("A;1;0;0;;;;", source=" ")).lines
    assert "la source manque" in told.why.message
    given = table("A;0;Lille", titles="Item;Difficulté;Source", source=" ")
    (told,) = calibrating.examine(db, who, bank, given).lines
    assert (told.change, told.source, told.after) == (Change.MEASURED, "Lille", ((1.0, 0.0, 0.0),))


def test_parts_of_a_text_come_one_a_line_in_any_order(db, who, bank):
    code, item = next((code, item) for code, item in items(db).items() if len(item.shape) > 1)
    parts = len(item.shape)
    lines = [f"{code};{number};{number / 10}" for number in range(parts, 0, -1)]
    given = table(*lines, titles="code;part;b")
    (told,) = calibrating.examine(db, who, bank, given).lines
    assert [b for _a, b, _c in told.after] == [number / 10 for number in range(1, parts + 1)]
    for wrong in (lines[1:], [*lines[1:], lines[1]]):
        (told,) = calibrating.examine(db, who, bank, table(*wrong, titles="code;part;b")).lines
        assert told.change is Change.REFUSED


@pytest.mark.parametrize("titles", ["code;a", "a;b", "code;b;difficulty"])
def test_a_table_without_its_columns_is_refused_whole(db, who, bank, titles):
    with pytest.raises(Invalid):
        calibrating.examine(db, who, bank, table("A;1;0", titles=titles))


def test_only_coordinators_measure(db, make, bank):
    with pytest.raises(Forbidden):
        calibrating.bring_in(db, make.evaluator().actor, bank, table("A;1;0;0;;;;"), in_use=False)


def test_a_release_keeps_its_parameters_and_says_on_what_they_rest(db, make, who):
    bank = make.bank()
    some = list(db.scalars(select(Item).where(Item.bank_id == bank.id).limit(3)))
    some = [item for item in some if len(item.shape) == 1]
    quick = {"candidates": 6, "rounds": 1}
    first = releasing.make(db, who, bank, **quick)
    with pytest.raises(Refused):
        states.move(db, who, some[0], ItemState.DRAFT, "It counted")
    lines = [f"{item.code};1;0,5;0,2;;;;{100 + place}" for place, item in enumerate(some)]
    calibrating.bring_in(db, who, bank, table(*lines), in_use=False)
    assert releasing.difference(db, bank.id) == releasing.Difference(0, 0, len(some), 0)
    second = releasing.make(db, who, bank, **quick)
    shapes = [{item: shape for item, _, shape in release.entries} for release in (first, second)]
    changed = {item for item in shapes[0] if shapes[0][item] != shapes[1][item]}
    assert changed == {item.id for item in some}
    rests = Grounds.read(second.rests)
    at = grounds.history(db, some[0])[0].at.isoformat()
    name = grounds.history(db, some[0])[0].by.name
    count = len(some)
    assert rests == Grounds(
        measured=count,
        given=0,
        assumed=len(shapes[1]) - count,
        measures=(Measure(SOURCE, at, name, count, 100, 99 + count),),
    )
