"""An oral over HTTP through the real media server: two people meet, are recorded, and played."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable

import pytest
from media_client import Client
from sqlalchemy import select
from twins import on_sqlite

from evaluator_app.processes.facts_reader import FactsReader
from kernel import clock
from people import consents
from proctor.models import IdentityState
from rooms.models import InterviewState, TalkTime

DEVICE = "device-one"


class Meeting(Client):
    """A client that joins as a browser does: by the page's address."""

    def meet(self, browser, base: str) -> None:
        offer = {"device": DEVICE, "sdp": self._pc.localDescription.sdp}
        answer = browser.post(f"{base}/offer", json=offer)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        self._do(self._answered(answer.get_json()["sdp"]))


@pytest.fixture
def house(app, media, storage):
    """The application with the real media server and its storage."""
    before = app.extensions["viva"]
    made = dataclasses.replace(before, engine=media.engine, storage=storage)
    app.extensions["viva"] = made
    yield made
    app.extensions["viva"] = before


@pytest.fixture
def reader(house) -> FactsReader:
    return FactsReader(house.settings, house.database, house.storage, house.engine)


def _until(reader: FactsReader, reached: Callable[[], bool], within: float = 40) -> None:
    """Read facts until `found`; the media server waits for them, so that nothing spins."""
    end = time.monotonic() + within
    while True:
        if reached():
            return
        assert time.monotonic() < end
        reader.read(1.0)


@on_sqlite
def test_two_people_meet_and_are_recorded(db, make, signed_in, house, reader):
    interview = make.interview(state=InterviewState.READY, waiting_since=clock.now())
    candidacy = interview.appointment.candidacy
    candidacy.stage = "in_oral"
    check = make.identity_check(candidacy, state=IdentityState.CONFIRMED)
    interview.identity_check_id = check.id
    interview.opened_at = clock.now()
    consents.record(db, candidacy.candidate.user.actor, consents.VERSIONS, "fr")
    db.commit()
    house.engine.open(interview.room)
    inside, own = f"/evaluator/interviews/{interview.id}", f"/candidate/oral/{interview.id}"
    evaluator = signed_in(interview.appointment.evaluator)
    candidate = signed_in(candidacy.candidate.user)

    def state() -> dict:
        return evaluator.get(f"{inside}/state?device={DEVICE}").get_json()

    with Meeting() as evaluator_side, Meeting() as other:
        evaluator_side.meet(evaluator, inside)
        other.meet(candidate, own)
        evaluator_side.await_frames(audio=20, video=10)
        other.await_frames(audio=20, video=10)
        _until(reader, lambda: state()["candidate"]["media_up"])
        assert state()["evaluator"]["media_up"]
        began = evaluator.post(f"{inside}/start", json={"device": DEVICE})
        assert began.get_json()["recording"]["state"] == "running"
        _until(reader, lambda: state()["candidate"]["quality"].get("kbps_up", 0) > 0)
        threading.Event().wait(2.0)  # something to play
        assert evaluator.post(f"{inside}/next", json={"part": 1}).get_json()["part"] == 2
        assert evaluator.post(f"{inside}/end", json={}).get_json()["state"] == "ended"

    _until(reader, lambda: state()["recording"]["state"] == "ready")
    recording = evaluator.get(f"{inside}/recording").get_json()["recordings"][0]
    manifest = recording["manifest"]
    assert {segment["role"] for segment in manifest["segments"]} == {"candidate", "evaluator"}
    assert [part["number"] for part in manifest["parts"]] == [1, 2]
    assert manifest["duration_s"] > 2
    for address, segment in zip(recording["files"], manifest["segments"], strict=True):
        piece = evaluator.get(address, headers={"Range": "bytes=0-3"})
        assert (piece.status_code, piece.data) == (206, b"\x1a\x45\xdf\xa3")  # EBML
        assert piece.headers["Content-Range"] == f"bytes 0-3/{segment['size']}"
    assert db.scalars(select(TalkTime)).all() == []  # the sound is silence
