"""What the media server tells becomes rows, once, in order."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import letterbox
import pytest
from sqlalchemy import select

from kernel import clock, retention
from kernel.outbox import OutboxRow
from kernel.retention import RetentionClass
from kernel.storage import from_settings
from rooms import facts, recordings, snapshot
from rooms.engines import Fact, FactKind
from rooms.models import (
    DeviceClaim,
    Incident,
    InterviewState,
    PartRun,
    Recording,
    RecordingState,
    TalkTime,
)

START = datetime(2026, 12, 3, 14, 30, tzinfo=UTC)


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def real(second: float) -> datetime:
    """The moment when the clock of the test shows that second."""
    return at(second) - clock.offset()


class Teller:
    """Tells facts of one room as the media server does: in real time, a second apart or as said."""

    def __init__(self, db, settings, interview) -> None:
        self.db, self.settings, self.interview, self.seq = db, settings, interview, 100
        self.storage = from_settings(settings)

    def tell(self, kind: FactKind, second: float = 0, **data: object) -> bool:
        self.seq += 1
        return self.again(kind, second, **data)

    def tell_roomless(self, kind: FactKind, second: float, **data: object) -> bool:
        self.seq += 1
        return self._absorb(Fact(self.seq, "run", real(second), kind, data=data))

    def again(self, kind: FactKind, second: float = 0, **data: object) -> bool:
        room = self.interview.room
        return self._absorb(Fact(self.seq, "run", real(second), kind, room, "peer", data))

    def _absorb(self, fact: Fact) -> bool:
        return facts.absorb(self.db, self.storage, fact, self.settings)


@pytest.fixture
def interview(db, make):
    made = make.interview(state=InterviewState.RUNNING, part=1, started_at=START)
    people = (made.appointment.evaluator_id, made.appointment.candidacy.candidate.user_id)
    for user_id in people:
        db.add(
            DeviceClaim(
                interview_id=made.id,
                user_id=user_id,
                device="device-one",
                claimed_at=START,
                seen_at=START,
            )
        )
    db.add(PartRun(interview_id=made.id, part=1, started_at=START))
    db.add(Recording(interview_id=made.id, name="abc", started_at=START))
    db.flush()
    return made


@pytest.fixture
def told(db, settings, interview) -> Teller:
    return Teller(db, settings, interview)


def _parts(db, interview, now):
    state = snapshot.for_evaluator(db, interview, now).sent()
    first = state["parts"][0]
    return (first["elapsed_s"], first["paused"])


def test_the_part_stands_still_while_somebody_is_lost(db, interview, told):
    told.tell(FactKind.PEER_UP, 0, role="evaluator")
    told.tell(FactKind.PEER_UP, 1, role="candidate")
    told.tell(FactKind.PEER_SILENT, 60, role="candidate")
    assert _parts(db, interview, at(90)) == (60.0, True)
    told.tell(FactKind.PEER_DOWN, 95, role="candidate", why="lost")
    assert _parts(db, interview, at(120)) == (60.0, True)
    told.tell(FactKind.PEER_UP, 130, role="candidate")
    assert _parts(db, interview, at(140)) == (70.0, False)
    told.tell(FactKind.PEER_DOWN, 150, role="candidate", why="replaced")
    assert _parts(db, interview, at(160)) == (90.0, False)


def _both(told, kind: FactKind, second: float, **data: object) -> None:
    for role in ("evaluator", "candidate"):
        told.tell(kind, second, role=role, **data)


def test_the_part_stops_with_the_last_that_was_heard(db, interview, told):
    _both(told, FactKind.PEER_UP, 0)
    told.tell(FactKind.PEER_SILENT, 62.5, role="candidate", seconds=2.5)
    assert _parts(db, interview, at(90)) == (60.0, True)


def test_figures_of_a_silent_connection_bring_nobody_back(db, interview, told):
    _both(told, FactKind.PEER_UP, 0)
    told.tell(FactKind.PEER_SILENT, 60, role="candidate")
    told.tell(FactKind.QUALITY, 65, role="candidate", bars=0)
    assert _parts(db, interview, at(90)) == (60.0, True)
    told.tell(FactKind.QUALITY, 70, role="candidate", bars=4)
    assert _parts(db, interview, at(90)) == (80.0, False)


def test_an_attempt_that_came_to_nothing_takes_nobody_away(db, interview, told):
    _both(told, FactKind.PEER_UP, 0)
    told.tell(FactKind.PEER_DOWN, 30, role="candidate", why="never_connected")
    assert _parts(db, interview, at(40)) == (40.0, False)


def test_time_stands_still_ten_minutes_in_all(db, interview, told):
    _both(told, FactKind.PEER_UP, 0)
    told.tell(FactKind.PEER_SILENT, 60, role="candidate")
    told.tell(FactKind.PEER_HEARD, 420, role="candidate")  # six minutes
    told.tell(FactKind.PEER_SILENT, 480, role="evaluator")

    def pause(second: float) -> tuple:
        shown = snapshot.for_candidate(db, interview, at(second)).sent()["pause"]
        return (shown["taken_s"], shown["left_s"], shown["over"])

    assert _parts(db, interview, at(700)) == (120.0, True)
    assert pause(700) == (580.0, 20.0, False)
    assert pause(720) == (600.0, 0.0, True)
    assert _parts(db, interview, at(730)) == (130.0, False)
    told.tell(FactKind.PEER_HEARD, 900, role="evaluator")
    assert _parts(db, interview, at(900)) == (300.0, False)
    assert pause(900) == (600.0, 0.0, False)


def test_time_goes_on_when_the_evaluator_is_due_elsewhere(db, make, interview, told):
    mine = interview.appointment
    mine.starts_at, mine.ends_at = START, at(1800)
    for minutes in (-30, 3, 60):
        make.appointment(evaluator=mine.evaluator, starts_at=at(60 * minutes))
    _both(told, FactKind.PEER_UP, 0)
    told.tell(FactKind.PEER_SILENT, 60, role="candidate")
    assert _parts(db, interview, at(170)) == (60.0, True)
    assert _parts(db, interview, at(200)) == (80.0, False)
    assert snapshot.for_evaluator(db, interview, at(200)).sent()["pause"]["over"]
    told.tell(FactKind.PEER_HEARD, 240, role="candidate")
    assert _parts(db, interview, at(240)) == (120.0, False)


def test_it_goes_on_when_both_are_back(db, interview, told):
    for role in ("evaluator", "candidate"):
        told.tell(FactKind.PEER_UP, 0, role=role)
    for role in ("evaluator", "candidate"):
        told.tell(FactKind.PEER_DOWN, 10, role=role, why="lost")
    told.tell(FactKind.PEER_UP, 20, role="candidate")
    assert _parts(db, interview, at(30)) == (10.0, True)
    told.tell(FactKind.PEER_UP, 40, role="evaluator")
    assert _parts(db, interview, at(50)) == (20.0, False)


def test_a_restarted_server_has_lost_everybody(db, interview, told):
    for role in ("evaluator", "candidate"):
        told.tell(FactKind.PEER_UP, 0, role=role)
    told.tell(FactKind.SERVER_STARTED, 30)
    state = snapshot.for_evaluator(db, interview, at(60)).sent()
    assert (state["candidate"]["media_up"], state["evaluator"]["media_up"]) == (False, False)
    assert _parts(db, interview, at(60)) == (30.0, True)
    assert [oral.id for oral in facts.running(db)] == [interview.id]
    assert state["media_since"] == at(30).isoformat()


def test_told_twice_counts_once(db, interview, told):
    assert told.tell(FactKind.TALK_TIME, role="candidate", part=1, seconds=4.5)
    assert not told.again(FactKind.TALK_TIME, role="candidate", part=1, seconds=4.5)
    assert told.tell(FactKind.TALK_TIME, role="candidate", part=1, seconds=1.5)
    assert told.tell(FactKind.TALK_TIME, role="observer", part=1, seconds=1.5)
    assert told.tell(FactKind.TALK_TIME, role="candidate", part=None, seconds=1.5)
    rows = db.scalars(select(TalkTime)).all()
    assert [(row.role, row.part, row.seconds) for row in rows] == [("candidate", 1, 6.0)]
    assert facts.cursor(db) == told.seq


def test_numbers_beyond_32_bits(db, told):
    told.seq = 2**40
    assert told.tell(FactKind.ROOM_CLOSED)
    assert facts.cursor(db) == 2**40 + 1


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (FactKind.TALK_TIME, {"role": "candidate", "part": 1, "seconds": "many"}),
        (FactKind.TALK_TIME, {"role": "candidate", "part": [1], "seconds": 2}),
        (FactKind.PEER_UP, {}),
        (FactKind.PEER_DOWN, {"role": "stranger"}),
        (FactKind.RECORDING_READY, {"recording": "of nobody"}),
        (FactKind.QUALITY, {"role": "observer"}),
    ],
)
def test_what_makes_no_sense_stops_nothing(db, interview, told, kind, data):
    assert told.tell(kind, **data)
    assert told.tell(FactKind.TALK_TIME, role="candidate", part=1, seconds=2)
    assert [row.seconds for row in db.scalars(select(TalkTime))] == [2.0]


def test_an_unknown_room_is_passed_over(db, told, interview):
    interview.room = "elsewhere"
    fact = Fact(7, "run", START, FactKind.PEER_UP, "nowhere", "peer", {"role": "candidate"})
    assert facts.absorb(db, told.storage, fact, told.settings)


def test_quality_shows_without_a_new_revision(db, interview, told):
    told.tell(FactKind.PEER_UP, role="candidate")
    before = interview.revision
    figures = {"rtt_ms": 21.5, "loss_up": 0.0, "loss_down": 0.01, "kbps_up": 900.0}
    told.tell(FactKind.QUALITY, role="candidate", **figures, kbps_down=880.0, bars=4)
    state = snapshot.for_evaluator(db, interview, at(5)).sent()
    assert state["candidate"]["quality"] == figures | {"kbps_down": 880.0, "bars": 4}
    assert (state["candidate"]["media_up"], state["revision"]) == (True, before)


def test_a_recording_becomes_ready_and_gets_its_end(db, interview, told):
    recording = db.scalars(select(Recording)).one()
    told.tell(FactKind.RECORDING_STARTED, recording="abc")
    assert recording.state is RecordingState.RUNNING
    interview.state = InterviewState.ENDED
    told.tell(FactKind.RECORDING_STOPPED, 900, recording="abc")
    assert (recording.state, recording.ended_at) == (RecordingState.MUXING, at(900))
    manifest = {
        "segments": [{"key": "recordings/abc/candidate-0.webm"}],
        "peaks": {"candidate": []},
    }
    told.storage.put("recordings/abc/manifest.json", json.dumps(manifest).encode())
    told.tell(FactKind.RECORDING_READY, 905, recording="abc")
    assert recording.state is RecordingState.READY
    assert recording.manifest == {"segments": manifest["segments"]}
    assert recording.purge_after == retention.until(
        told.settings, RetentionClass.RECORDING, at(900)
    )
    told.tell(FactKind.RECORDING_FAILED, 906, recording="abc", why="late")
    assert recording.state is RecordingState.READY


def test_what_a_crash_cut_is_ready_while_it_goes_on(db, interview, told):
    """The media server finishes the first piece when it starts again, and knows no room by then."""
    recording = db.scalars(select(Recording)).one()
    told.storage.put("recordings/abc/manifest.json", b'{"segments": [], "peaks": {}}')
    told.tell_roomless(FactKind.RECORDING_READY, 60, recording="abc")
    assert (recording.state, recording.manifest) == (RecordingState.RUNNING, {"segments": []})
    interview.state = InterviewState.ENDED
    recording.state, recording.ended_at = RecordingState.MUXING, at(900)
    told.tell_roomless(FactKind.RECORDING_READY, 905, recording="abc")
    assert recording.state is RecordingState.READY


def test_a_ready_recording_without_its_files_has_failed(db, interview, told):
    told.tell(FactKind.RECORDING_READY, 905, recording="abc")
    assert db.scalars(select(Recording.state)).all() == [RecordingState.FAILED]


def test_a_recording_that_stops_is_told_and_goes_on(db, interview, told):
    recording = db.scalars(select(Recording)).one()
    told.tell(FactKind.RECORDING_STARTED, recording="abc")
    told.tell(FactKind.RECORDING_FAILED, 60, recording="abc", why="OSError: disk full")
    told.tell(FactKind.RECORDING_FAILED, 61, recording="abc", why="OSError: disk full")
    state = snapshot.for_evaluator(db, interview, at(62)).sent()
    assert (state["state"], state["recording"]["state"]) == ("running", "failed")
    (incident,) = db.scalars(select(Incident))
    assert (incident.kind, incident.fatal, incident.by_id) == ("technical", False, None)
    assert incident.note.startswith("L'enregistrement s'est interrompu")
    told.tell(FactKind.RECORDING_STARTED, 90, recording="abc")
    assert recording.state is RecordingState.RUNNING
    assert snapshot.for_evaluator(db, interview, at(91)).sent()["recording"]["state"] == "running"


def _letters(db) -> list[tuple[str, str, str]]:
    db.flush()
    rows = db.scalars(select(OutboxRow).order_by(OutboxRow.id))
    letters = [(letterbox.address(db, row.payload), row.payload) for row in rows]
    return [
        (email, letter["template"], letter["context"].get("failure", ""))
        for email, letter in letters
    ]


def test_each_coordinator_is_told_once_that_a_recording_failed(db, make, interview, told):
    french, other = make.coordinator(), make.coordinator(locale="en")
    make.coordinator(active=False)
    for second in (60, 65):
        told.tell(FactKind.RECORDING_FAILED, second, recording="abc", why="OSError: disk full")
    told.tell(FactKind.RECORDING_STARTED, 90, recording="abc")
    told.tell(FactKind.RECORDING_FAILED, 120, recording="abc", why="OSError: disk full")
    assert sorted(_letters(db)) == sorted(
        (user.email, "recording_failed", "interrupted") for user in (french, other)
    )
    letter = db.scalars(select(OutboxRow).order_by(OutboxRow.id)).first().payload
    candidacy_id = interview.appointment.candidacy_id
    where = f"http://127.0.0.1:8000/coordinator/candidacies/{candidacy_id}"
    assert letter["context"]["link"] == where


@pytest.mark.parametrize(
    ("kind", "data", "failure"),
    [
        (FactKind.RECORDING_FAILED, {"why": "no key frame"}, "unplayable"),
        (FactKind.RECORDING_READY, {}, "missing"),
    ],
)
def test_what_fails_after_the_oral_is_told_as_such(db, make, interview, told, kind, data, failure):
    coordinator = make.coordinator()
    interview.state = InterviewState.ENDED
    told.tell(FactKind.RECORDING_STOPPED, 900, recording="abc")
    told.tell(kind, 905, recording="abc", **data)
    assert _letters(db) == [(coordinator.email, "recording_failed", failure)]


def test_one_that_is_ready_after_all_alarms_nobody(db, make, interview, told):
    make.coordinator()
    interview.state = InterviewState.ENDED
    told.tell(FactKind.RECORDING_STOPPED, 900, recording="abc")
    told.storage.put("recordings/abc/manifest.json", b'{"segments": []}')
    told.tell(FactKind.RECORDING_READY, 905, recording="abc")
    told.tell(FactKind.RECORDING_FAILED, 906, recording="abc", why="late")
    assert _letters(db) == []


def test_a_recording_that_failed_is_purged_in_time(db, interview, told):
    interview.state = InterviewState.ENDED
    told.tell(FactKind.RECORDING_STOPPED, 900, recording="abc")
    told.tell(FactKind.RECORDING_FAILED, 905, recording="abc", why="no key frame")
    told.storage.put("recordings/abc/0001.rtp", b"what was kept")
    over = retention.until(told.settings, RetentionClass.RECORDING, at(900))
    clock.move(over - timedelta(seconds=1) - clock.now())
    assert recordings.purge(db, told.storage) == 0
    clock.move(over - clock.now())
    assert recordings.purge(db, told.storage) == 1
    assert told.storage.names("recordings/abc") == []
