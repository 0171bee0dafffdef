"""A silent observer: who may, when, that both are told, and that the oral goes on untouched."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from memory_engine import MemoryEngine
from sqlalchemy import select

from enrolment.models import Stage
from kernel import clock
from kernel.audit import AuditEntry
from kernel.errors import Forbidden, Invalid, Refused
from kernel.live import LiveEvent
from kernel.storage import from_settings
from rooms import facts, joining, observing, snapshot
from rooms import interview as orals
from rooms.engines import Fact, FactKind
from rooms.models import DeviceClaim, Interview, InterviewState, Observation, PartRun, TalkTime

DEVICE = "device-one"
OFFER = "v=0 offer"


@dataclass
class Watched:
    """An oral that runs with its two people there, and a coordinator who may attend."""

    db: object
    storage: object
    interview: Interview
    coordinator: object
    engine: MemoryEngine = field(default_factory=MemoryEngine)
    seq: int = 0

    def enter(self, device: str = DEVICE) -> joining.Ticket:
        who = (self.db, self.coordinator.actor, self.interview)
        return observing.ticket(*who, device, OFFER)

    def leave(self, device: str = DEVICE) -> joining.Ticket | None:
        return observing.leave(self.db, self.coordinator.actor, self.interview, device)

    def tell(self, kind: FactKind, *, peer: str = "", role: str = "observer", **data) -> None:
        """Tell a fact of this moment; of the observer's first tab unless said."""
        self.seq += 1
        peer = peer or f"o{self.coordinator.id}-{DEVICE}"
        moment = clock.now() - clock.offset()
        fact = Fact(
            self.seq, "run", moment, kind, self.interview.room, peer, {"role": role, **data}
        )
        assert facts.absorb(self.db, self.storage, fact, timedelta(days=1))

    @property
    def notices(self) -> tuple[bool, bool]:
        """What the evaluator's and the candidate's pages are told."""
        states = [
            look(self.db, self.interview, clock.now()).sent()
            for look in (snapshot.for_evaluator, snapshot.for_candidate)
        ]
        return states[0]["observed"], states[1]["observed"]

    @property
    def log(self) -> list[AuditEntry]:
        query = select(AuditEntry).where(AuditEntry.act.like("interview.observe%"))
        self.db.flush()
        return list(self.db.scalars(query.order_by(AuditEntry.id)))


@pytest.fixture
def watched(db, make, settings) -> Watched:
    interview = make.interview(state=InterviewState.RUNNING, part=1, started_at=clock.now())
    people = (
        interview.appointment.evaluator_id,
        interview.appointment.candidacy.candidate.user_id,
    )
    for user_id in people:
        db.add(
            DeviceClaim(
                interview_id=interview.id,
                user_id=user_id,
                device=DEVICE,
                claimed_at=clock.now(),
                seen_at=clock.now(),
                media_up=True,
            )
        )
    db.add(PartRun(interview_id=interview.id, part=1, started_at=clock.now()))
    db.flush()
    return Watched(db, from_settings(settings), interview, make.coordinator())


def test_nobody_but_a_coordinator_may(db, make, watched):
    interview = watched.interview
    strangers = [
        interview.appointment.evaluator,
        interview.appointment.candidacy.candidate.user,
        make.evaluator(senior=True),
        make.manager(interview.appointment.candidacy.organisation),
    ]
    for stranger in strangers:
        with pytest.raises(Forbidden):
            observing.ticket(db, stranger.actor, interview, DEVICE, OFFER)
        with pytest.raises(Forbidden):
            observing.leave(db, stranger.actor, interview, DEVICE)
    assert db.scalars(select(Observation)).all() == []


@pytest.mark.parametrize("state", list(InterviewState))
def test_the_way_in_is_open_while_it_runs(db, watched, state):
    watched.interview.state = state
    db.flush()
    if state is InterviewState.RUNNING:
        assert watched.enter().role == "observer"
        return
    over = state in (InterviewState.ENDED, InterviewState.ABORTED)
    with pytest.raises(Refused, match="terminé" if over else "pas encore commencé"):
        watched.enter()
    assert db.scalars(select(Observation)).all() == []


@pytest.mark.parametrize(
    ("device", "offer"), [(DEVICE, " "), ("no", OFFER), ("a b c d e f", OFFER)]
)
def test_what_cannot_be_read_opens_nothing(db, watched, device, offer):
    who = (db, watched.coordinator.actor, watched.interview)
    with pytest.raises(Invalid):
        observing.ticket(*who, device, offer)
    assert db.scalars(select(Observation)).all() == []


def test_both_are_told_before_the_first_picture_and_until_the_last_leaves(db, watched):
    assert watched.notices == (False, False)
    watched.enter()
    assert watched.notices == (True, True)
    watched.enter("device-two")
    watched.tell(FactKind.PEER_UP)
    watched.tell(FactKind.PEER_UP, peer=f"o{watched.coordinator.id}-device-two")
    db.flush()
    told = [event.topic for event in db.scalars(select(LiveEvent).order_by(LiveEvent.id))]
    assert told == [f"interview:{watched.interview.id}"] * 4
    clock.move(timedelta(minutes=3))
    watched.leave("device-two")
    assert watched.notices == (True, True)
    watched.leave()
    assert watched.notices == (False, False)
    assert watched.leave() is None


def test_a_reload_does_not_make_the_notice_flicker(watched):
    watched.enter()
    watched.tell(FactKind.PEER_UP)
    clock.move(timedelta(minutes=1))
    watched.tell(FactKind.PEER_DOWN, why="left")
    clock.move(timedelta(seconds=5))
    assert watched.notices == (True, True)
    watched.enter()
    watched.tell(FactKind.PEER_UP)
    watched.tell(FactKind.PEER_DOWN, why="replaced")
    clock.move(timedelta(minutes=1))
    assert watched.notices == (True, True)
    watched.tell(FactKind.PEER_DOWN, why="left")
    clock.move(timedelta(seconds=9))
    assert watched.notices == (False, False)
    assert [entry.act for entry in watched.log] == ["interview.observe"]


def test_the_log_says_who_from_when_to_when(watched):
    watched.enter()
    assert watched.log == []  # let in, but nothing was seen yet
    came = clock.now()
    watched.tell(FactKind.PEER_UP)
    clock.move(timedelta(minutes=4))
    watched.leave()
    begun, ended = watched.log
    assert (begun.act, ended.act) == ("interview.observe", "interview.observe_end")
    for entry in (begun, ended):
        assert entry.actor_id == watched.coordinator.id
        assert entry.subject_id == watched.interview.id
        assert entry.candidacy_id == watched.interview.appointment.candidacy_id
    row = watched.db.scalars(select(Observation)).one()
    assert abs(row.came_at - came) < timedelta(seconds=5)
    assert ended.data == {
        "observation": row.id,
        "since": row.came_at.isoformat(),
        "until": row.left_at.isoformat(),
    }


def test_whoever_went_without_a_word_is_ended_by_the_clock(db, watched):
    watched.enter()
    watched.tell(FactKind.PEER_UP)
    assert observing.end_silent(db) == 0
    clock.move(timedelta(minutes=2))
    assert observing.end_silent(db) == 0  # they are connected all the while
    watched.tell(FactKind.PEER_DOWN, why="lost")
    gone = clock.now()
    clock.move(timedelta(seconds=20))
    assert observing.end_silent(db) == 0
    clock.move(timedelta(seconds=20))
    assert observing.end_silent(db) == 1
    assert observing.end_silent(db) == 0
    row = db.scalars(select(Observation)).one()
    assert abs(row.left_at - gone) < timedelta(seconds=5)
    assert [entry.act for entry in watched.log] == ["interview.observe", "interview.observe_end"]


def test_whoever_never_saw_anything_is_not_in_the_log(db, watched):
    watched.enter()
    watched.tell(FactKind.PEER_DOWN, why="never_connected")
    clock.move(timedelta(minutes=1))
    assert watched.notices == (False, False)
    assert observing.end_silent(db) == 1
    assert watched.log == []


def test_facts_that_come_late_are_in_the_log_all_the_same(watched):
    """The jobs process may be down while somebody comes and goes."""
    watched.enter()
    came = clock.now() - clock.offset()
    clock.move(timedelta(minutes=2))
    watched.leave()
    peer = f"o{watched.coordinator.id}-{DEVICE}"
    late = Fact(
        7, "run", came, FactKind.PEER_UP, watched.interview.room, peer, {"role": "observer"}
    )
    assert facts.absorb(watched.db, watched.storage, late, timedelta(days=1))
    assert [entry.act for entry in watched.log] == ["interview.observe", "interview.observe_end"]
    assert watched.notices == (False, False)


def test_the_end_of_the_oral_ends_every_observation(db, watched):
    watched.interview.appointment.candidacy.stage = Stage.IN_ORAL
    ticket = watched.enter()
    watched.tell(FactKind.PEER_UP)
    orals.end(db, watched.interview.appointment.evaluator.actor, watched.interview)
    assert watched.notices == (False, False)
    assert [entry.act for entry in watched.log] == ["interview.observe", "interview.observe_end"]
    with pytest.raises(Refused, match="terminé"):
        watched.enter()
    # An offer that was let in just before does not open the room that the end has closed.
    with pytest.raises(Refused):
        joining.connect(watched.engine, ticket, OFFER)
    assert watched.engine.rooms == {}


def test_a_restarted_media_server_carries_nobody(db, watched):
    watched.enter()
    watched.tell(FactKind.PEER_UP)
    clock.move(timedelta(minutes=1))
    watched.tell(FactKind.SERVER_STARTED)
    assert [row.media_up for row in db.scalars(select(Observation))] == [False]
    watched.enter()
    watched.tell(FactKind.PEER_UP)
    clock.move(timedelta(minutes=1))
    assert watched.notices == (True, True)
    assert len(watched.log) == 1


def test_the_oral_goes_on_untouched(db, watched):
    before = snapshot.for_evaluator(db, watched.interview, clock.now()).sent()["parts"][0]
    watched.enter()
    for kind, data in (
        (FactKind.PEER_UP, {}),
        (FactKind.TALK_TIME, {"part": 1, "seconds": 3.0}),
        (FactKind.QUALITY, {"bars": 0, "kbps_up": 1.0}),
        (FactKind.PEER_SILENT, {"seconds": 2.0}),
        (FactKind.PEER_HEARD, {"seconds": 2.0}),
        (FactKind.PEER_DOWN, {"why": "lost"}),
    ):
        watched.tell(kind, **data)
    state = snapshot.for_evaluator(db, watched.interview, clock.now()).sent()
    first = state["parts"][0]
    assert (before["paused"], first["paused"], first["running"]) == (False, False, True)
    assert (state["pause"]["since"], state["pause"]["taken_s"]) == (None, 0.0)
    assert (state["candidate"]["media_up"], state["candidate"]["quality"]) == (True, {})
    assert db.scalars(select(TalkTime)).all() == []
    assert len(db.scalars(select(DeviceClaim)).all()) == 2


def test_an_observer_sees_the_course_and_nothing_of_marks_cards_or_words(db, watched):
    state = snapshot.for_observer(db, watched.interview, clock.now(), DEVICE).sent()
    assert sorted(state) == sorted(
        [
            *("interview", "revision", "now", "role", "state", "part", "parts", "total_s", "pause"),
            *("media_since", "recording", "observed", "appointment", "ended_by"),
            *("candidate", "evaluator"),
        ]
    )
    for role in ("candidate", "evaluator"):
        assert sorted(state[role]) == ["lacks", "media_up", "name", "present", "quality"]


def test_one_person_takes_two_of_the_places_at_most(watched):
    for tab in ("tab-number-one", "tab-number-two", "tab-number-one"):
        watched.enter(tab)
    with pytest.raises(Refused, match="dans deux onglets"):
        watched.enter("tab-number-three")
