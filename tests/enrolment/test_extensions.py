"""More time for the oral: asked, granted, refused, given unasked; who may, and what is told."""

from __future__ import annotations

from datetime import timedelta

import letterbox
import pytest
from instants import at_twelve
from query_count import counted
from sqlalchemy import select

from enrolment import extensions, journey, window
from enrolment.models import CandidacyMove, Stage
from kernel import clock
from kernel.audit import AuditEntry
from kernel.errors import Forbidden, Invalid, Refused
from kernel.live import LiveEvent
from kernel.outbox import OutboxRow
from kernel.permissions import SYSTEM

pytestmark = at_twelve  # whatever is counted in hours and days

CLOSED = (Stage.IN_ORAL, Stage.MARKING, Stage.COMPLETE, Stage.VALIDATED, Stage.WITHDRAWN)


@pytest.fixture
def candidacy(make):
    return make.candidacy()


@pytest.fixture
def manager(make, candidacy):
    return make.manager(candidacy.organisation)


@pytest.fixture
def asked(db, settings, candidacy, manager):
    return extensions.ask(
        db, candidacy.candidate.user.actor, settings, candidacy, " Je suis en voyage. "
    )


def told(db) -> list[tuple[str, str]]:
    rows = db.scalars(select(OutboxRow).order_by(OutboxRow.id))
    return [(row.payload["template"], letterbox.address(db, row.payload)) for row in rows]


def acts(db) -> list[str]:
    return list(db.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def later(candidacy, days: int = 14):
    return candidacy.window_end + timedelta(days=days)


def test_asking_tells_each_manager_who_is_there(db, make, settings, candidacy, manager):
    other = make.manager(candidacy.organisation)
    make.manager(candidacy.organisation, active=False)
    make.manager()
    request = extensions.ask(
        db, candidacy.candidate.user.actor, settings, candidacy, " Je suis en voyage. "
    )
    assert (request.words, request.by_candidate, request.decided_at) == (
        "Je suis en voyage.",
        True,
        None,
    )
    assert told(db) == [("extension_asked", manager.email), ("extension_asked", other.email)]
    letter = db.scalars(select(OutboxRow)).first().payload["context"]
    assert letter["words"] == "Je suis en voyage."
    assert letter["link"].endswith(f"/organisation/candidacies/{candidacy.id}")
    assert acts(db) == ["extension.ask"]
    assert set(db.scalars(select(LiveEvent.topic))) == {
        f"candidacy:{candidacy.id}",
        f"organisation:{candidacy.organisation_id}",
        "plan",
    }


def test_only_one_request_waits_at_a_time(db, settings, candidacy, asked):
    with pytest.raises(Refused):
        extensions.ask(db, candidacy.candidate.user.actor, settings, candidacy, "encore")
    assert extensions.of_candidacy(db, candidacy.id) == [asked]


def test_after_an_answer_one_may_ask_again(db, settings, candidacy, manager, asked):
    extensions.refuse(db, manager.actor, asked, "La formation est close.")
    again = extensions.ask(db, candidacy.candidate.user.actor, settings, candidacy, "")
    assert extensions.latest(db, candidacy) is again
    assert extensions.open_of(db, candidacy.organisation_id) == [again]


@pytest.mark.parametrize("stage", CLOSED)
def test_nothing_is_extended_once_no_oral_is_awaited(
    db, make, settings, candidacy, manager, asked, stage
):
    candidacy.stage = stage
    db.flush()
    with pytest.raises(Refused):
        extensions.grant(db, manager.actor, asked, later(candidacy))
    with pytest.raises(Refused):
        extensions.extend(db, manager.actor, candidacy, later(candidacy), "voyage")
    assert extensions.open_of(db, candidacy.organisation_id) == []
    other = make.candidacy(stage=stage)
    with pytest.raises(Refused):
        extensions.ask(db, other.candidate.user.actor, settings, other, "")


def test_a_grant_moves_the_window_and_tells_the_candidate(db, settings, candidacy, manager, asked):
    until = later(candidacy)
    extensions.grant(db, manager.actor, asked, until, "Bon voyage.")
    closes = window.closing(until)
    assert (candidacy.window_end, asked.window_end, asked.granted) == (closes, closes, True)
    assert (asked.decided_by_id, asked.reason) == (manager.id, "Bon voyage.")
    assert candidacy.stage is Stage.ENROLLED
    assert told(db)[1:] == [("extension_granted", candidacy.candidate.user.email)]
    assert acts(db) == ["extension.ask", "extension.grant"]


def test_an_expired_candidacy_may_book_again(db, settings, candidacy, manager, asked):
    candidacy.window_end = clock.now() - timedelta(days=3)
    candidacy.window_start = candidacy.window_end - timedelta(days=30)
    journey.move(db, SYSTEM, candidacy, Stage.EXPIRED)
    extensions.grant(db, manager.actor, asked, clock.now() + timedelta(days=14))
    assert candidacy.stage is Stage.ENROLLED
    move = db.scalars(select(CandidacyMove).order_by(CandidacyMove.id.desc())).first()
    assert (move.to_stage, move.by_id, move.reason) == (Stage.ENROLLED, manager.id, "extension")


def test_who_was_enrolled_anew_meanwhile_is_not_brought_back(
    db, make, settings, candidacy, manager
):
    candidacy.stage = Stage.EXPIRED
    make.candidacy(candidacy.candidate, certification=candidacy.certification)
    with pytest.raises(Refused):
        extensions.ask(db, candidacy.candidate.user.actor, settings, candidacy, "")
    with pytest.raises(Refused):
        extensions.extend(db, manager.actor, candidacy, later(candidacy), "voyage")
    assert candidacy.stage is Stage.EXPIRED


@pytest.mark.parametrize(
    ("days", "ended"), [(0, False), (-1, False), (367, False), (1, True), (368 + 3, True)]
)
def test_the_new_end_is_later_in_the_future_and_within_a_year(
    db, settings, candidacy, manager, asked, days, ended
):
    if ended:
        candidacy.window_start = clock.now() - timedelta(days=60)
        candidacy.window_end = clock.now() - timedelta(days=2)
    with pytest.raises(Invalid) as caught:
        extensions.grant(db, manager.actor, asked, later(candidacy, days))
    assert caught.value.field == "until"


def test_a_refusal_says_why(db, settings, candidacy, manager, asked):
    before = candidacy.window_end
    with pytest.raises(Invalid):
        extensions.refuse(db, manager.actor, asked, "  ")
    extensions.refuse(db, manager.actor, asked, "La formation est close.")
    assert (asked.granted, asked.reason, candidacy.window_end) == (
        False,
        "La formation est close.",
        before,
    )
    letter = db.scalars(select(OutboxRow).order_by(OutboxRow.id.desc())).first().payload
    assert letter["template"] == "extension_refused"
    assert (letter["context"]["reason"], letter["context"]["over"]) == (
        "La formation est close.",
        False,
    )


def test_an_answer_is_given_once(db, settings, candidacy, manager, asked):
    extensions.refuse(db, manager.actor, asked, "La formation est close.")
    with pytest.raises(Refused):
        extensions.grant(db, manager.actor, asked, later(candidacy))
    with pytest.raises(Refused):
        extensions.refuse(db, manager.actor, asked, "Encore.")
    assert [name for name, _ in told(db)] == ["extension_asked", "extension_refused"]


def test_more_time_may_be_given_unasked(db, make, settings, candidacy):
    until = later(candidacy)
    given = extensions.extend(db, make.coordinator().actor, candidacy, until, "Peu de créneaux.")
    closes = window.closing(until)
    assert (given.by_candidate, given.granted, given.window_end) == (False, True, closes)
    assert candidacy.window_end == closes
    assert told(db) == [("extension_granted", candidacy.candidate.user.email)]
    assert acts(db) == ["extension.give"]
    assert extensions.open_of(db, candidacy.organisation_id) == []


def test_giving_time_answers_the_request_that_waits(db, settings, candidacy, manager, asked):
    given = extensions.extend(db, manager.actor, candidacy, later(candidacy), "Bien sûr.")
    assert given is asked
    assert extensions.of_candidacy(db, candidacy.id) == [asked]
    assert (asked.granted, asked.reason) == (True, "Bien sûr.")


@pytest.mark.parametrize("words", ["x" * 501, ""])
def test_unasked_needs_a_reason_of_some_length(db, settings, candidacy, manager, words):
    with pytest.raises(Invalid) as caught:
        extensions.extend(db, manager.actor, candidacy, later(candidacy), words)
    assert caught.value.field == "reason"


def test_too_many_words_are_refused(db, settings, candidacy):
    with pytest.raises(Invalid) as caught:
        extensions.ask(db, candidacy.candidate.user.actor, settings, candidacy, "x" * 501)
    assert caught.value.field == "words"


def test_outsiders_may_neither_ask_nor_decide(db, make, settings, candidacy, manager, asked):
    for user in (manager, make.candidate().user, make.evaluator(), make.coordinator()):
        with pytest.raises(Forbidden):
            extensions.ask(db, user.actor, settings, candidacy, "")
    for user in (make.manager(), candidacy.candidate.user, make.evaluator()):
        with pytest.raises(Forbidden):
            extensions.grant(db, user.actor, asked, later(candidacy))
        with pytest.raises(Forbidden):
            extensions.refuse(db, user.actor, asked, "non")
        with pytest.raises(Forbidden):
            extensions.extend(db, user.actor, candidacy, later(candidacy), "oui")
    assert asked.decided_at is None


def test_an_organisation_sees_its_own_requests_in_one_query(
    db, database, make, settings, candidacy, asked
):
    other = make.candidacy()
    extensions.ask(db, other.candidate.user.actor, settings, other, "")
    assert extensions.open_of(db, candidacy.organisation_id) == [asked]
    db.expire_all()
    with counted(database.engine) as sent:
        rows = extensions.open_of(db, None)
        names = [(r.candidacy.candidate.name, r.candidacy.certification.code) for r in rows]
    assert (len(names), sent.count) == (2, 1)
