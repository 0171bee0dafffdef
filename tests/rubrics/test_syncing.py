"""Operations of several devices: each applied once, nothing lost, the same everywhere."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel import clock
from kernel.errors import Forbidden, Invalid, Refused
from rubrics import assignments, marking, queries, syncing
from rubrics.library import grid
from rubrics.marking import Lack, LackKind
from rubrics.models import Kind, Operation, RaterRole, Scoresheet, SheetState
from rubrics.operations import Wish
from tests.rubrics.marking_rows import Oral
from tests.rubrics.paper_browser import Browser, Memory

KEYS = grid().keys
_versions = count(1)


def opened(oral: Oral) -> Scoresheet:
    assignment = assignments.of_rater(oral.db, oral.performance.id, oral.rater.user_id)
    assert assignment is not None
    sheet = Scoresheet(
        assignment_id=assignment.id,
        performance=oral.performance,
        rater_id=oral.rater.user_id,
        role=RaterRole.FIRST,
        version=next(_versions),
        created_at=clock.now(),
    )
    oral.db.add(sheet)
    oral.db.flush()
    return sheet


def level(name: str, thirds: int, base: int = 0, after: str = "", place: str = "fluency") -> Wish:
    value = {"thirds": thirds, "not_assessable": False, "reason": ""}
    return Wish(name, Kind.LEVEL, place, value, base, after)


def note(name: str, text: str, base: int = 0, after: str = "", place: str = "n1") -> Wish:
    value = {"text": text, "criterion": "grammar", "part": 1, "second": 9.0}
    return Wish(name, Kind.NOTE, place, value, base, after)


def removal(name: str, base: int, after: str = "", place: str = "n1") -> Wish:
    return Wish(name, Kind.REMOVAL, place, {}, base, after)


def take(oral: Oral, sheet: Scoresheet, *wishes: Wish) -> list[syncing.Outcome]:
    return syncing.take(oral.db, oral.rater, sheet, wishes)


def shown(sheet: Scoresheet) -> int | None:
    [mark] = sheet.marks
    return mark.thirds


def choices(sheet: Scoresheet) -> list[int]:
    cells = queries.rivals(sheet).get("fluency", {})
    return [cell.value["thirds"] for cell in cells.get(Kind.LEVEL, [])]


def texts(sheet: Scoresheet) -> list[str]:
    return sorted(note.text for note in queries.live_notes(sheet))


def test_what_is_sent_twice_is_applied_once(oral: Oral) -> None:
    sheet = opened(oral)
    wishes = [level("a", 9), note("b", "tenses"), level("c", 12, after="a")]
    take(oral, sheet, *wishes[:2])
    outcomes = take(oral, sheet, *wishes)
    assert [outcome.refusal for outcome in outcomes] == [None] * 3
    assert (sheet.revision, shown(sheet), choices(sheet), texts(sheet)) == (3, 12, [], ["tenses"])


def test_one_device_that_goes_on_offline_replaces_its_own_values(oral: Oral) -> None:
    sheet = opened(oral)
    take(oral, sheet, level("a", 9), level("b", 10, after="a"), level("c", 11, after="b"))
    assert (shown(sheet), choices(sheet)) == (11, [])


def test_two_devices_that_did_not_know_of_each_other_leave_a_choice(oral: Oral) -> None:
    sheet = opened(oral)
    take(oral, sheet, level("a1", 9))
    take(oral, sheet, level("b1", 12), level("b2", 13, after="b1"))
    assert (shown(sheet), choices(sheet)) == (13, [13, 9])
    assert Lack("fluency", LackKind.CHOICE) in marking.lacks(sheet)
    take(oral, sheet, level("a2", 9, base=sheet.revision))
    assert (shown(sheet), choices(sheet)) == (9, [])
    assert Lack("fluency", LackKind.CHOICE) not in marking.lacks(sheet)


def test_going_on_without_choosing_keeps_the_other_value(oral: Oral) -> None:
    sheet = opened(oral)
    take(oral, sheet, level("a1", 9))
    take(oral, sheet, level("b1", 12))
    take(oral, sheet, level("b2", 14, after="b1"))
    assert choices(sheet) == [14, 9]


def test_two_devices_that_agree_leave_no_choice(oral: Oral) -> None:
    sheet = opened(oral)
    take(oral, sheet, level("a1", 9))
    take(oral, sheet, level("b1", 9))
    assert (shown(sheet), choices(sheet)) == (9, [])


def test_other_cells_never_meet(oral: Oral) -> None:
    sheet = opened(oral)
    nothing = Wish("b1", Kind.NOTHING, "fluency", {"nothing_to_add": True}, 0)
    take(oral, sheet, level("a1", 9), nothing, level("b2", 12, place="grammar"))
    assert queries.rivals(sheet) == {}
    [fluency] = [mark for mark in sheet.marks if mark.criterion == "fluency"]
    assert (fluency.thirds, fluency.nothing_to_add) == (9, True)


def test_a_note_edited_on_two_devices_becomes_two_notes(oral: Oral) -> None:
    sheet = opened(oral)
    take(oral, sheet, note("o", "tenses"))
    take(oral, sheet, note("a1", "past tenses", base=1))
    take(oral, sheet, note("b1", "tense?", base=1), note("b2", "tenses!", base=1, after="b1"))
    assert texts(sheet) == ["past tenses", "tenses!"]
    assert {note.second for note in sheet.notes} == {9.0}


def test_a_note_removed_here_and_edited_there_stays(oral: Oral) -> None:
    for first, second in ((0, 1), (1, 0)):
        sheet = opened(oral)
        take(oral, sheet, note("o", "tenses"))
        both = (removal("r", 1), note("e", "past tenses", base=1))
        take(oral, sheet, both[first])
        take(oral, sheet, both[second])
        assert texts(sheet) == ["past tenses"]


def test_a_note_that_is_removed_knowingly_is_gone(oral: Oral) -> None:
    sheet = opened(oral)
    take(oral, sheet, note("o", "tenses"), note("e", "past", after="o"), removal("r", 0, "e"))
    assert texts(sheet) == []


@pytest.mark.parametrize(
    "wish",
    [
        level("x", 1),
        level("x", 19),
        level("x", 9, place="charm"),
        level("x y", 9),
        level("", 9),
        level("x", 9, base=-1),
        level("x", 9, base=2**40),
        level("x", 9, after="\x00"),
        note("x", "  "),
        note("x", "words", place="n 1"),
        removal("x", 0, place="never"),
    ],
)
def test_what_makes_no_sense_is_refused_alone(oral: Oral, wish: Wish) -> None:
    sheet = opened(oral)
    before, after = level("ok", 9, place="grammar"), note("ok2", "words")
    outcomes = take(oral, sheet, before, wish, after)
    assert [type(outcome.refusal) for outcome in outcomes] == [type(None), Invalid, type(None)]
    assert sheet.revision == 2


def test_a_submitted_sheet_refuses_what_comes_late_and_knows_what_it_has(oral: Oral) -> None:
    sheet = opened(oral)
    had = level("had", 9)
    take(oral, sheet, had)
    sheet.state = SheetState.SUBMITTED
    outcomes = take(oral, sheet, had, level("late", 12, after="had"))
    assert [type(outcome.refusal) for outcome in outcomes] == [type(None), Refused]
    assert shown(sheet) == 9


def test_nobody_else_sends_to_a_sheet(oral: Oral) -> None:
    sheet = opened(oral)
    for outsider in (oral.other, oral.coordinator, oral.candidate, oral.manager):
        with pytest.raises(Forbidden):
            syncing.take(oral.db, outsider, sheet, [level("a", 9)])


def test_only_what_was_on_the_screen_is_submitted(oral: Oral) -> None:
    sheet = opened(oral)
    for key in KEYS:
        marking.set_mark(oral.db, oral.rater, sheet, key, thirds=12, nothing_to_add=True)
    seen = sheet.revision
    take(oral, sheet, level("b", 9, base=seen))
    with pytest.raises(Refused):
        marking.submit(oral.db, oral.rater, sheet, seen=seen)
    marking.submit(oral.db, oral.rater, sheet, seen=sheet.revision)
    assert sheet.state is SheetState.SUBMITTED


def test_a_browser_whose_clock_is_wrong_changes_no_order(oral: Oral) -> None:
    sheet = opened(oral)
    tomorrow, yesterday = clock.now() + timedelta(days=5000), clock.now() - timedelta(days=9000)
    first = Wish("a", Kind.NOTHING, "fluency", {"nothing_to_add": True}, 0, "", tomorrow)
    then = Wish("b", Kind.NOTHING, "fluency", {"nothing_to_add": False}, 1, "", yesterday)
    take(oral, sheet, first)
    take(oral, sheet, then)
    assert [mark.nothing_to_add for mark in sheet.marks] == [False]


DEVICES = st.integers(0, 1)
ACTS = st.one_of(
    st.tuples(DEVICES, st.just("mark"), st.integers(0, 1)),
    st.tuples(DEVICES, st.just("choose"), st.integers(0, 2)),
    st.tuples(DEVICES, st.just("note"), st.integers(0, 2)),
    st.tuples(DEVICES, st.just("note"), st.just(0)),
    st.tuples(DEVICES, st.just("remove"), st.integers(0, 1)),
    st.tuples(DEVICES, st.just("send"), st.integers(1, 4)),
    st.tuples(DEVICES, st.just("lose"), st.integers(1, 4)),
    st.tuples(DEVICES, st.just("refresh"), st.just(0)),
)


def play(browser: Browser, act: str, number: int) -> None:
    match act:
        case "mark":
            browser.mark(KEYS[number])
        case "choose":
            browser.choose(KEYS[0], number)
        case "note":
            browser.note(number)
        case "remove":
            browser.remove(number)
        case "send":
            browser.send(number)
        case "lose":
            browser.send(number, answered=False)
        case _:
            browser.refresh()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, min_size=5, max_size=30))
def test_whatever_the_order_nothing_is_lost_and_all_show_the_same(oral: Oral, acts) -> None:
    sheet, memory = opened(oral), Memory()
    devices = [Browser(oral.db, oral.rater, sheet, memory) for _ in range(2)]
    devices[0].note(0)
    for browser in devices:
        browser.send(1)
    for device, act, number in acts:
        play(devices[device], act, number)
    for browser in devices:
        browser.send(len(browser.pending))
    for browser in devices:
        browser.refresh()
    standing = {cell.value.get("reason") or cell.value.get("text") for cell in sheet.standing}
    assert memory.written - memory.replaced <= standing  # nothing is lost,
    assert standing <= memory.written - memory.replaced | memory.chosen  # nor comes back
    alive = [cell for cell in sheet.standing if cell.kind is Kind.NOTE]
    assert texts(sheet) == sorted(note.value["text"] for note in alive)
    for key in KEYS[:2]:
        values = [cell.value["reason"] for cell in sheet.standing if cell.place == key]
        assert devices[0].marks.get(key) == (values[-1] if values else None)
        many = len(set(values)) > 1
        assert len(devices[0].rivals.get(key, [])) == (len(set(values)) if many else 0)
    assert (devices[1].marks, devices[1].notes, devices[1].rivals) == (
        devices[0].marks,
        devices[0].notes,
        devices[0].rivals,
    )
    kept = oral.db.query(Operation).where(Operation.scoresheet_id == sheet.id).count()
    assert kept == sheet.revision  # and nothing twice
