"""The personal link, and which device is in the room."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import letterbox
import pytest
from instants import at_twelve
from memory_engine import MemoryEngine
from sqlalchemy import select

from kernel import clock, links, outbox
from kernel.errors import Forbidden, Invalid, NotThere, Refused
from kernel.outbox import OutboxRow
from kernel.permissions import SYSTEM
from kernel.settings import Settings
from people import sessions
from rooms import ended_sessions, jobs, joining, observing, queries, snapshot
from rooms import interview as orals
from rooms.engines import Role
from rooms.models import InterviewState
from scheduling import announcing, personal_links, placing
from scheduling.models import AppointmentState

pytestmark = at_twelve  # whatever is counted in hours and days


@pytest.fixture
def link(db, make, settings):
    """An appointment, and what its personal link bears."""
    appointment = make.appointment()
    orals.create_for(db, SYSTEM, appointment)
    return appointment, announcing.personal_link(settings, appointment).rpartition("/")[2]


def test_the_link_works_as_often_as_needed_and_after_a_move(db, make, settings, link):
    appointment, token = link
    for _ in range(3):
        assert joining.resolve(db, settings, token) is appointment
    later = clock.now() + timedelta(days=3)
    placing.move(
        db, make.coordinator().actor, settings, appointment, make.evaluator(), later, "malade"
    )
    assert joining.resolve(db, settings, token) is appointment


def test_the_link_ends_with_the_oral(db, settings, link):
    appointment, token = link
    interview = queries.of_appointment(db, appointment.id)
    for state in (InterviewState.ENDED, InterviewState.ABORTED):
        interview.state = state
        with pytest.raises(Refused, match="terminé"):
            joining.resolve(db, settings, token)
    appointment.state = AppointmentState.CANCELLED
    with pytest.raises(Refused, match="annulé"):
        joining.resolve(db, settings, token)


def test_the_link_ends_thirty_days_after_its_hour_wherever_that_moved(db, settings, link):
    appointment, token = link
    appointment.ends_at += timedelta(days=5)
    clock.move(appointment.ends_at + timedelta(days=30) - clock.now() - timedelta(minutes=1))
    assert joining.resolve(db, settings, token) is appointment
    clock.move(clock.offset() + timedelta(minutes=2))
    with pytest.raises(Refused, match="trente jours"):
        joining.resolve(db, settings, token)


def test_a_link_that_is_replaced_closes_what_it_opened(db, make, settings, link):
    appointment, token = link
    user = appointment.candidacy.candidate.user
    reach = personal_links.reach(appointment)
    by_link = sessions.begin(db, user, sessions.Browser(), reach=reach)
    by_code = sessions.begin(db, user, sessions.Browser())
    with pytest.raises(Forbidden):
        personal_links.renew(db, user.actor, appointment)
    personal_links.renew(db, make.coordinator().actor, appointment)
    with pytest.raises(Refused, match="remplacé"):
        joining.resolve(db, settings, token)
    fresh = announcing.personal_link(settings, appointment).rpartition("/")[2]
    assert joining.resolve(db, settings, fresh) is appointment
    assert sessions.present(db, settings, by_link) is None
    assert sessions.present(db, settings, by_code) is not None
    [letter] = letterbox.written(db, settings)
    assert letter.context["link"].rpartition("/")[2] == fresh


def test_a_session_that_ends_leaves_its_room_and_no_other(db, make, interview):
    engine = MemoryEngine()
    engine.open(interview.room)
    interview.state = InterviewState.RUNNING
    evaluator = interview.appointment.evaluator
    first, second = _session(db, evaluator), _session(db, evaluator)
    mine = replace(evaluator.actor, session_id=first.id)
    joining.negotiate(db, mine, interview, "device-one", "v=0", engine)
    ended_sessions.let_go(db, [second.id], evaluator.id)
    assert _to_put_out(db) == []
    ended_sessions.let_go(db, [first.id], evaluator.id)
    (gone,) = _to_put_out(db)
    ended_sessions.put_out(engine, gone["room"], gone["peer"])
    assert engine.rooms[interview.room].peers == {}
    ended_sessions.let_go(db, [first.id], evaluator.id)
    assert _to_put_out(db) == [gone]
    assert not ended_sessions.is_taken(db, gone["claim"])
    again = replace(evaluator.actor, session_id=second.id)
    assert joining.claim(db, again, interview, "device-two")
    assert ended_sessions.is_taken(db, gone["claim"])


def test_an_observer_whose_session_ends_hears_nothing_more(db, make, interview):
    engine, watcher = MemoryEngine(), make.coordinator()
    engine.open(interview.room)
    interview.state = InterviewState.RUNNING
    desk, phone = _session(db, watcher), _session(db, watcher)
    mine = replace(watcher.actor, session_id=desk.id)
    ticket = observing.ticket(db, mine, interview, "device-one", "v=0")
    joining.connect(engine, ticket, "v=0")
    assert list(engine.rooms[interview.room].peers.values()) == [Role.OBSERVER]
    ended_sessions.let_go(db, [phone.id], watcher.id)
    assert _to_put_out(db) == []
    assert [row.peer for row in observing.present(db, interview)] == [ticket.peer]
    ended_sessions.let_go(db, [desk.id], watcher.id)
    (gone,) = _to_put_out(db)
    assert gone == {"room": interview.room, "peer": ticket.peer, "claim": None}
    assert not ended_sessions.is_taken(db, None)
    ended_sessions.put_out(engine, gone["room"], gone["peer"])
    assert engine.rooms[interview.room].peers == {}
    assert observing.present(db, interview) == []


def test_a_silent_video_server_holds_up_no_end_of_a_session(
    db, make, database, settings, monkeypatch
):
    """What the database says is committed before the video server is asked; it is asked again."""
    silent = settings.model_copy(update={"media_url": "http://127.0.0.1:9"})
    monkeypatch.setattr(jobs, "load", lambda: silent)
    interview, watcher = make.interview(state=InterviewState.RUNNING), make.coordinator()
    session = _session(db, watcher)
    mine = replace(watcher.actor, session_id=session.id)
    observing.ticket(db, mine, interview, "device-one", "v=0")
    sessions.end(db, session)
    db.commit()
    assert outbox.drain(database) == 2
    assert observing.present(db, interview) == []
    rows = db.scalars(select(OutboxRow).order_by(OutboxRow.id)).all()
    assert [(row.kind, row.done_at is None, row.attempts) for row in rows] == [
        (sessions.OVER, False, 1),
        (ended_sessions.PUT_OUT, True, 1),
    ]


def _to_put_out(db):
    db.flush()
    query = select(OutboxRow.payload).where(OutboxRow.kind == ended_sessions.PUT_OUT)
    return db.scalars(query.order_by(OutboxRow.id)).all()


def _session(db, user):
    sessions.begin(db, user, sessions.Browser())
    return sessions.of(db, Settings(), user)[0]


def test_a_forged_link_opens_nothing(db, settings, link):
    _, token = link
    forged = [
        token[:-2],
        token[1:],
        "",
        links.sign(settings, "entry", {"a": 1}),
        links.sign(settings, "personal", {"a": 999}),
        links.sign(settings, "personal", {"a": "1"}),
        links.sign(settings, "personal", {}),
    ]
    for wrong in forged:
        with pytest.raises(NotThere):
            joining.resolve(db, settings, wrong)


def test_making_an_interview_twice_makes_one(db, make):
    appointment = make.appointment()
    first = orals.create_for(db, SYSTEM, appointment)
    assert orals.create_for(db, SYSTEM, appointment) is first
    other = orals.create_for(db, SYSTEM, make.appointment())
    assert other.room != first.room
    assert first.performance.candidacy_id == appointment.candidacy_id


@pytest.fixture
def interview(make):
    return make.interview(state=InterviewState.IDENTITY, waiting_since=clock.now())


def test_a_browser_that_went_silent_gives_way(db, settings, interview):
    me = interview.appointment.candidacy.candidate.user.actor
    assert joining.claim(db, me, interview, "device-one")
    assert not joining.claim(db, me, interview, "device-two")
    clock.move(timedelta(seconds=9))
    assert joining.claim(db, me, interview, "device-two")
    assert not joining.heartbeat(db, me, interview, "device-one")
    assert joining.heartbeat(db, me, interview, "device-two")


def test_a_third_person_gets_nowhere(db, make, interview):
    engine = MemoryEngine()
    engine.open(interview.room)
    for stranger in (make.evaluator(), make.candidate().user, make.coordinator(), make.manager()):
        who = (db, stranger.actor, interview, "device-one")
        with pytest.raises(Forbidden):
            joining.negotiate(*who, "v=0", engine)
        for act in (joining.claim, joining.heartbeat, joining.leave):
            with pytest.raises(Forbidden):
                act(*who)
    assert engine.rooms[interview.room].peers == {}


@pytest.mark.parametrize("device", ["", "short", "with space", "é" * 10, "x" * 49])
def test_a_device_has_a_usable_name(db, interview, device):
    with pytest.raises(Invalid):
        joining.claim(db, interview.appointment.evaluator.actor, interview, device)


def test_what_a_browser_lacks_is_told_to_the_other_side_once(db, interview):
    candidate = interview.appointment.candidacy.candidate.user.actor
    evaluator = interview.appointment.evaluator.actor

    def seen() -> tuple[list[str], list[str], int]:
        state = snapshot.for_evaluator(db, interview, clock.now()).sent()
        other = snapshot.for_candidate(db, interview, clock.now()).sent()
        assert other["candidate"]["lacks"] == state["candidate"]["lacks"]
        return state["candidate"]["lacks"], other["evaluator"]["lacks"], state["revision"]

    joining.claim(db, candidate, interview, "device-one")
    joining.claim(db, evaluator, interview, "device-two")
    _, _, before = seen()
    for _ in range(2):
        joining.heartbeat(db, candidate, interview, "device-one", ["video", "audio"])
    assert seen() == (["audio", "video"], [], before + 1)
    joining.heartbeat(db, candidate, interview, "device-one")  # says nothing of it
    assert not joining.heartbeat(db, evaluator, interview, "device-six", ["audio"])
    assert seen() == (["audio", "video"], [], before + 1)
    joining.heartbeat(db, candidate, interview, "device-one", ["video"])
    assert seen() == (["video"], [], before + 2)
    joining.claim(db, candidate, interview, "device-new", take_over=True)
    assert seen()[0] == []


def test_a_browser_lacks_nothing_else(db, interview):
    me = interview.appointment.evaluator.actor
    with pytest.raises(Invalid):
        joining.heartbeat(db, me, interview, "device-one", ["screen"])
