from __future__ import annotations

import pytest
from sqlalchemy import select

from enrolment import gates
from enrolment.models import GateKind, Stage
from kernel.audit import AuditEntry
from kernel.errors import Forbidden, Invalid, Refused
from people.models import Tie
from rubrics import marking, noting, queries, syncing
from rubrics.library import grid
from rubrics.marking import Incomplete, Lack, LackKind
from rubrics.models import Kind, RaterRole, Scoresheet, SheetState
from tests.rubrics.marking_rows import Oral

KEYS = grid().keys


def opened(oral: Oral) -> Scoresheet:
    return marking.open_sheet(oral.db, oral.rater, oral.performance)


def fill(oral: Oral, sheet: Scoresheet, *, thirds: int = 12) -> None:
    for key in KEYS:
        marking.set_mark(oral.db, oral.rater, sheet, key, thirds=thirds, nothing_to_add=True)


def values(sheet: Scoresheet) -> dict[str, int | None]:
    return {mark.criterion: mark.thirds for mark in sheet.marks}


def acts(oral: Oral) -> list[str]:
    oral.db.flush()
    return list(oral.db.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


# Opening


def test_a_rater_has_one_sheet_however_often_they_open_it(oral: Oral) -> None:
    first, again = opened(oral), opened(oral)
    assert (first.id, first.version, first.state) == (again.id, 1, SheetState.DRAFT)
    assert acts(oral) == ["scoresheet.open"]


def test_only_an_evaluator_opens_a_sheet(oral: Oral) -> None:
    for outsider in (oral.candidate, oral.manager, oral.coordinator):
        with pytest.raises(Forbidden):
            marking.open_sheet(oral.db, outsider, oral.performance)


def test_an_evaluator_tied_to_the_organisation_may_not_mark(oral: Oral) -> None:
    tie = Tie(evaluator_id=oral.rater.user_id, organisation_id=oral.candidacy.organisation_id)
    oral.db.add(tie)
    oral.db.flush()
    with pytest.raises(Forbidden):
        opened(oral)


# Marks


def test_a_mark_is_replaced_not_added(oral: Oral) -> None:
    sheet = opened(oral)
    marking.set_mark(oral.db, oral.rater, sheet, "fluency", thirds=12)
    marking.set_mark(oral.db, oral.rater, sheet, "fluency", not_assessable=True, reason="No sound")
    [mark] = sheet.marks
    assert (mark.thirds, mark.not_assessable, mark.reason) == (None, True, "No sound")
    assert sheet.revision == 2


@pytest.mark.parametrize("thirds", [2, 3, 4, 17, 18])
def test_the_scale_reaches_from_below_a1_to_c2(oral: Oral, thirds: int) -> None:
    sheet = opened(oral)
    assert marking.set_mark(oral.db, oral.rater, sheet, KEYS[0], thirds=thirds).thirds == thirds


@pytest.mark.parametrize("thirds", [-1, 0, 1, 19, 1000])
def test_a_value_off_the_scale_is_refused(oral: Oral, thirds: int) -> None:
    sheet = opened(oral)
    with pytest.raises(Invalid) as caught:
        marking.set_mark(oral.db, oral.rater, sheet, "fluency", thirds=thirds)
    assert (caught.value.field, sheet.marks) == ("fluency", [])


def test_a_criterion_is_marked_or_not_assessable_never_both(oral: Oral) -> None:
    sheet = opened(oral)
    with pytest.raises(Invalid):
        marking.set_mark(
            oral.db, oral.rater, sheet, "fluency", thirds=9, not_assessable=True, reason="x"
        )


def test_a_criterion_that_the_grid_does_not_have_is_refused(oral: Oral) -> None:
    with pytest.raises(Invalid):
        marking.set_mark(oral.db, oral.rater, opened(oral), "charm", thirds=9)


def test_nobody_writes_on_anothers_sheet(oral: Oral) -> None:
    sheet = opened(oral)
    for outsider in (oral.other, oral.coordinator, oral.candidate, oral.manager):
        with pytest.raises(Forbidden):
            marking.set_mark(oral.db, outsider, sheet, "fluency", thirds=9)
        with pytest.raises(Forbidden):
            noting.add_note(oral.db, outsider, sheet, "n1", "well said")
        with pytest.raises(Forbidden):
            marking.submit(oral.db, outsider, sheet)


# Notes


def test_a_note_sent_twice_is_kept_once(oral: Oral) -> None:
    sheet = opened(oral)
    for _ in range(2):
        noting.add_note(
            oral.db, oral.rater, sheet, "n1", " tenses ", criterion="grammar", part=1, second=130.5
        )
    [note] = queries.live_notes(sheet)
    assert (note.text, note.criterion, note.part, note.second) == ("tenses", "grammar", 1, 130.5)


def test_notes_stand_in_the_order_of_the_recording(oral: Oral) -> None:
    sheet = opened(oral)
    for name, second in (("a", None), ("b", 70.0), ("c", 3.0)):
        noting.add_note(oral.db, oral.rater, sheet, name, name, second=second)
    assert [note.text for note in queries.live_notes(sheet)] == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("client_id", "text", "more"),
    [
        ("", "text", {}),
        ("a" * 65, "text", {}),
        ("a b", "text", {}),
        ("n1", "  \x00 ", {}),
        ("n1", "x" * 501, {}),
        ("n1", "text", {"criterion": "charm"}),
        ("n1", "text", {"part": 4}),
        ("n1", "text", {"second": -1.0}),
        ("n1", "text", {"second": float("nan")}),
        ("n1", "text", {"second": 1e9}),
    ],
)
def test_a_note_that_makes_no_sense_is_refused(
    oral: Oral, client_id: str, text: str, more: dict[str, object]
) -> None:
    sheet = opened(oral)
    with pytest.raises(Invalid):
        noting.add_note(oral.db, oral.rater, sheet, client_id, text, **more)  # type: ignore[arg-type]
    assert sheet.notes == []


# Submitting


def test_an_empty_grid_names_every_criterion(oral: Oral) -> None:
    sheet = opened(oral)
    with pytest.raises(Incomplete) as caught:
        marking.submit(oral.db, oral.rater, sheet)
    assert caught.value.lacks == [
        Lack(key, want) for key in KEYS for want in (LackKind.MARK, LackKind.EVIDENCE)
    ]
    assert str(caught.value) == (
        "La grille est incomplète. À compléter\u00a0: Compréhension orale, "
        "Prononciation et intonation, Vocabulaire, Aisance, Grammaire et syntaxe, Interaction."
    )
    assert sheet.state is SheetState.DRAFT


def test_a_mark_wants_a_note_or_nothing_to_add(oral: Oral) -> None:
    sheet = opened(oral)
    fill(oral, sheet)
    marking.set_mark(oral.db, oral.rater, sheet, "vocabulary", thirds=12)
    assert marking.lacks(sheet) == [Lack("vocabulary", LackKind.EVIDENCE)]
    noting.add_note(oral.db, oral.rater, sheet, "n1", "collocations", criterion="vocabulary")
    assert marking.lacks(sheet) == []
    syncing.write(oral.db, oral.rater, sheet, Kind.REMOVAL, "n1", {})
    assert marking.lacks(sheet) == [Lack("vocabulary", LackKind.EVIDENCE)]


def test_not_assessable_wants_a_reason_and_the_reason_is_evidence(oral: Oral) -> None:
    sheet = opened(oral)
    fill(oral, sheet)
    marking.set_mark(oral.db, oral.rater, sheet, "listening", not_assessable=True)
    assert marking.lacks(sheet) == [
        Lack("listening", LackKind.REASON),
        Lack("listening", LackKind.EVIDENCE),
    ]
    marking.set_mark(oral.db, oral.rater, sheet, "listening", not_assessable=True, reason="Mute")
    assert marking.lacks(sheet) == []


def test_submitting_locks_and_twice_is_once(oral: Oral) -> None:
    sheet = opened(oral)
    fill(oral, sheet)
    marking.submit(oral.db, oral.rater, sheet)
    moment = sheet.submitted_at
    assert marking.submit(oral.db, oral.rater, sheet).submitted_at == moment
    assert acts(oral).count("scoresheet.submit") == 1
    with pytest.raises(Refused):
        marking.set_mark(oral.db, oral.rater, sheet, "fluency", thirds=3)
    with pytest.raises(Refused):
        noting.add_note(oral.db, oral.rater, sheet, "late", "too late")
    assert values(sheet) == dict.fromkeys(KEYS, 12)


def test_marks_complete_a_candidacy_whose_written_result_is_in(oral: Oral) -> None:
    gates.put(oral.db, oral.candidacy, GateKind.WRITTEN_RESULT, is_open=True)
    sheet = opened(oral)
    fill(oral, sheet)
    marking.submit(oral.db, oral.rater, sheet)
    assert oral.candidacy.stage is Stage.COMPLETE


def test_marks_alone_wait_for_the_written_result(oral: Oral) -> None:
    sheet = opened(oral)
    fill(oral, sheet)
    marking.submit(oral.db, oral.rater, sheet)
    assert (oral.candidacy.stage, gates.is_open(oral.db, oral.candidacy, GateKind.MARKS)) == (
        Stage.MARKING,
        True,
    )


def test_two_criteria_not_assessable_wait_for_the_coordinator(oral: Oral) -> None:
    gates.put(oral.db, oral.candidacy, GateKind.WRITTEN_RESULT, is_open=True)
    sheet = opened(oral)
    fill(oral, sheet)
    for key in ("fluency", "listening"):
        marking.set_mark(oral.db, oral.rater, sheet, key, not_assessable=True, reason="Sound lost")
    marking.submit(oral.db, oral.rater, sheet)
    assert oral.candidacy.stage is Stage.SUSPENDED
    assert gates.is_open(oral.db, oral.candidacy, GateKind.WITHHELD)


# Corrections


def submitted(oral: Oral) -> Scoresheet:
    gates.put(oral.db, oral.candidacy, GateKind.WRITTEN_RESULT, is_open=True)
    sheet = opened(oral)
    fill(oral, sheet)
    noting.add_note(oral.db, oral.rater, sheet, "n1", "tenses", criterion="grammar", second=9.0)
    return marking.submit(oral.db, oral.rater, sheet)


def test_a_correction_keeps_both_versions(oral: Oral) -> None:
    old = submitted(oral)
    new = marking.reopen(oral.db, oral.coordinator, old, "Two criteria were swapped")
    assert oral.candidacy.stage is Stage.MARKING
    assert (old.state, new.state, new.version) == (SheetState.SUBMITTED, SheetState.DRAFT, 2)
    assert values(new) == values(old)
    assert [note.text for note in new.notes] == ["tenses"]
    assert queries.in_force(oral.db, oral.performance.id) == {RaterRole.FIRST: old}
    assert opened(oral) is new

    marking.set_mark(oral.db, oral.rater, new, "fluency", thirds=9, nothing_to_add=True)
    marking.submit(oral.db, oral.rater, new)
    assert (old.state, new.state) == (SheetState.SUPERSEDED, SheetState.SUBMITTED)
    assert queries.in_force(oral.db, oral.performance.id) == {RaterRole.FIRST: new}
    assert (values(old)["fluency"], values(new)["fluency"]) == (12, 9)
    assert oral.candidacy.stage is Stage.COMPLETE


def test_reopening_twice_gives_the_same_correction(oral: Oral) -> None:
    old = submitted(oral)
    first = marking.reopen(oral.db, oral.coordinator, old, "Swapped")
    oral.db.flush()
    assert marking.reopen(oral.db, oral.coordinator, old, "Swapped") is first


def test_only_a_coordinator_reopens_and_says_why(oral: Oral) -> None:
    old = submitted(oral)
    for outsider in (oral.rater, oral.other, oral.manager, oral.candidate):
        with pytest.raises(Forbidden):
            marking.reopen(oral.db, outsider, old, "Please")
    with pytest.raises(Invalid):
        marking.reopen(oral.db, oral.coordinator, old, "  ")


def test_a_draft_is_not_reopened_and_validated_results_stay(oral: Oral) -> None:
    with pytest.raises(Refused):
        marking.reopen(oral.db, oral.coordinator, opened(oral), "Why not")
    old = submitted(oral)
    oral.candidacy.stage = Stage.VALIDATED
    with pytest.raises(Refused):
        marking.reopen(oral.db, oral.coordinator, old, "Too late")


def test_a_superseded_sheet_is_not_submitted_again(oral: Oral) -> None:
    old = submitted(oral)
    new = marking.reopen(oral.db, oral.coordinator, old, "Swapped")
    oral.db.flush()
    marking.submit(oral.db, oral.rater, new)
    with pytest.raises(Refused):
        marking.submit(oral.db, oral.rater, old)


def test_the_log_holds_codes_and_never_words(oral: Oral) -> None:
    submitted(oral)
    oral.db.flush()
    texts = [str(entry.data) for entry in oral.db.scalars(select(AuditEntry))]
    assert [text for text in texts if "tenses" in text or "Delaunay" in text] == []
