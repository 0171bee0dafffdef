"""What a coordinator decides, what the candidate says before, and what follows from it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from enrolment import gates
from enrolment.models import GateKind, Stage
from kernel import clock
from kernel.audit import AuditEntry
from kernel.errors import Forbidden, Invalid, Refused
from kernel.levels import Level
from kernel.outbox import OutboxRow
from proctor import commenting, deciding, watching
from proctor.models import Decision
from written_test import recording, sitting
from written_test.models import WrittenTestState


@pytest.fixture
def session(make):
    return make.proctor_session(closed_at=clock.now())


@pytest.fixture
def me(session):
    return session.candidacy.candidate.user.actor


@pytest.fixture
def decide(db, make, session):
    who = make.coordinator().actor

    def act(decision, reason="", watch=session, actor=who):
        return deciding.decide(db, actor, watch, decision, reason)

    return act


def gate(db, session):
    kept = gates.find(db, session.candidacy, GateKind.PROCTORING)
    return (kept.open, kept.detail)


def letters(db) -> list[tuple[str, str]]:
    rows = db.scalars(select(OutboxRow).where(OutboxRow.kind == "mail").order_by(OutboxRow.id))
    return [(row.payload["template"], row.payload["context"]["decision"]) for row in rows]


def test_clear_needs_no_reason_and_lets_the_result_count(db, session, decide):
    assert decide(Decision.CLEAR)
    assert not decide(Decision.CLEAR)
    assert gate(db, session) == (True, "clear")
    assert letters(db) == []
    assert session.decided_at is not None


@pytest.mark.parametrize(
    ("decision", "standing"),
    [(Decision.INCIDENT, (True, "incident")), (Decision.VOID, (False, "void"))],
)
def test_an_incident_and_a_void_test_have_a_reason_that_the_candidate_reads(
    db, session, decide, decision, standing
):
    with pytest.raises(Invalid):
        decide(decision, "  ")
    assert session.decision is Decision.UNDECIDED
    assert decide(decision, "Une autre personne répondait.")
    assert gate(db, session) == standing
    assert letters(db) == [("proctoring_decided", str(decision))]
    entries = db.scalars(select(AuditEntry).where(AuditEntry.act == "proctoring.decide")).all()
    assert [entry.data for entry in entries] == [{"decision": str(decision), "before": "undecided"}]


def test_it_changes_with_a_reason_until_the_results_are_published(db, session, decide):
    decide(Decision.CLEAR)
    with pytest.raises(Invalid):
        decide(Decision.INCIDENT)
    decide(Decision.INCIDENT, "Une voix dictait.")
    with pytest.raises(Invalid):
        decide(Decision.CLEAR)
    decide(Decision.CLEAR, "C'était la radio du voisin.")
    assert letters(db) == [("proctoring_decided", "incident"), ("proctoring_decided", "clear")]
    session.candidacy.stage = Stage.VALIDATED
    with pytest.raises(Refused):
        decide(Decision.VOID, "Trop tard.")
    assert gate(db, session) == (True, "clear")


def test_a_void_watch_voids_its_test_whoever_calls(db, make, session, decide, me):
    candidacy = session.candidacy
    make.blueprint(candidacy.certification)
    clock.move(timedelta(minutes=1))
    test = sitting.begin(db, me, candidacy)
    test.level = Level.B2
    recording.record_test(db, test)
    assert gates.is_open(db, candidacy, GateKind.WRITTEN_RESULT)
    second = watching.open_session(db, me, candidacy, {})
    session.closed_at = clock.now()
    decide(Decision.VOID, "Une autre personne répondait.")
    assert (test.state, test.void_reason) == (
        WrittenTestState.VOID,
        "Une autre personne répondait.",
    )
    assert recording.current(db, candidacy.id) is None
    assert not gates.is_open(db, candidacy, GateKind.WRITTEN_RESULT)
    assert second.watched_until is not None  # nobody is watched whose test is void
    decide(Decision.VOID, "Une autre personne répondait.")
    acts = db.scalars(select(AuditEntry.act).where(AuditEntry.act == "written_test.void")).all()
    assert acts == ["written_test.void"]


def test_a_void_watch_that_no_test_was_sat_under_is_void_alone(db, session, decide):
    assert decide(Decision.VOID, "Une autre personne répondait.")
    assert gate(db, session) == (False, "void")


def test_void_is_final(db, session, decide):
    decide(Decision.VOID, "Une autre personne répondait.")
    with pytest.raises(Refused):
        decide(Decision.CLEAR, "Finalement non.")
    assert gate(db, session) == (False, "void")


def test_nothing_is_decided_while_it_runs_nor_by_others(db, make, session, decide, me):
    session.closed_at = None
    with pytest.raises(Refused):
        decide(Decision.VOID, "Vite.")
    session.closed_at = clock.now()
    for stranger in (me, make.evaluator().actor, make.manager().actor):
        with pytest.raises(Forbidden):
            decide(Decision.CLEAR, actor=stranger)
    with pytest.raises(Invalid):
        decide(Decision.UNDECIDED, "Encore.")


def test_every_session_of_a_test_must_be_decided(db, make, me, session, decide):
    later = make.proctor_session(session.candidacy, minutes=10, closed_at=clock.now())
    decide(Decision.CLEAR)
    assert gate(db, session) == (False, "undecided")
    decide(Decision.INCIDENT, "Un téléphone.", watch=later)
    assert gate(db, session) == (True, "incident")
    decide(Decision.VOID, "Un second appareil.", watch=later)
    assert gate(db, session) == (False, "void")
    clock.move(timedelta(hours=1))
    anew = watching.open_session(db, me, session.candidacy, {})
    assert gate(db, session) == (False, "undecided")
    watching.leave(db, me, anew)
    decide(Decision.CLEAR, watch=anew)
    assert gate(db, session) == (True, "clear")


def test_the_candidate_comments_until_all_is_decided(db, make, me, session, decide):
    later = make.proctor_session(session.candidacy, closed_at=clock.now())
    sittings = [session, later]
    commenting.comment(db, me, sittings, " On a sonné. ")
    assert [sitting.words for sitting in sittings] == ["On a sonné."] * 2
    with pytest.raises(Invalid):
        commenting.comment(db, me, sittings, "x" * 1001)
    with pytest.raises(Forbidden):
        commenting.comment(db, make.coordinator().actor, sittings, "x")
    with pytest.raises(Forbidden):
        commenting.comment(db, me, [*sittings, make.proctor_session()], "x")
    decide(Decision.CLEAR)
    commenting.comment(db, me, sittings, "Le facteur.")
    assert commenting.said(sittings) == "On a sonné.\n\nLe facteur."
    decide(Decision.CLEAR, watch=later)
    with pytest.raises(Refused):
        commenting.comment(db, me, sittings, "Encore un mot.")
