"""A recording in one file: asked for by a coordinator alone, made by the child, logged, erased."""

from __future__ import annotations

import io
from datetime import timedelta

import av
import pytest
from sqlalchemy import select
from twins import on_sqlite

from kernel import clock
from kernel.audit import AuditEntry
from kernel.errors import Invalid
from kernel.outbox import OutboxRow
from kernel.permissions import Forbidden
from kernel.runs import RunState
from rooms import copies, recordings
from rooms.models import InterviewState, Recording, RecordingCopy, RecordingState
from rooms.recordings import name_of
from tests.evaluator_app.playback.recorded_oral import make_recording


@pytest.fixture
def interview(db, make):
    """An oral that is over, whose recording was made."""
    interview = make.interview(state=InterviewState.ENDED, started_at=clock.now())
    recording = Recording(
        interview_id=interview.id,
        name=name_of(interview),
        started_at=clock.now(),
        state=RecordingState.READY,
        purge_after=clock.now() + timedelta(days=30),
    )
    db.add(recording)
    db.commit()
    return interview


@pytest.fixture
def store(app, interview, settings, monkeypatch):
    """The storage with the recording in it; children find it too."""
    storage = app.extensions["viva"].storage
    make_recording(storage, name_of(interview))
    monkeypatch.setenv("VIVA_STORAGE_ROOT", str(storage.root))
    monkeypatch.setenv("VIVA_STORAGE_KEYS", settings.storage_keys[0].get_secret_value())
    return storage


def acts(db) -> list[str]:
    logged = db.scalars(select(AuditEntry.act).where(AuditEntry.act.like("recording.copy%")))
    return sorted(logged)


@on_sqlite  # either keeps the row of a film that takes its time to be made
def test_a_copy_is_asked_for_made_and_downloaded(db, make, signed_in, database, interview, store):
    browser = signed_in(make.coordinator())
    page = f"/coordinator/candidacies/{interview.appointment.candidacy_id}"
    here = f"/coordinator/interviews/{interview.id}/copies"
    assert "Demander une copie" in browser.get(page).get_data(as_text=True)
    assert browser.post(here, data={"reason": "The candidate's appeal"}).status_code == 302
    copy = db.scalars(select(RecordingCopy)).one()
    (row,) = db.scalars(select(OutboxRow).where(OutboxRow.kind == copies.RUNS.kind))
    assert row.payload == {"run": copy.id}
    shown = browser.get(page).get_data(as_text=True)
    assert "En attente de son tour" in shown
    assert 'hx-trigger="every 2s"' in shown
    number = copy.id
    assert browser.get(f"{here}/{number}.mp4").status_code == 404
    db.commit()

    copies.make(database, store, number)
    copies.make(database, store, number)  # the outbox may say it twice
    assert (copy.state, copy.share) == (RunState.DONE, 1)
    db.commit()
    answer = browser.get(f"{here}/{number}.mp4")
    db.refresh(copy)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert len(answer.data) == copy.size
    with av.open(io.BytesIO(answer.data)) as container:
        assert container.duration == pytest.approx(16e6, abs=2e5)
        assert sum(1 for _ in container.decode(video=0)) == pytest.approx(400, abs=2)
    piece = browser.get(f"{here}/{number}.mp4", headers={"Range": "bytes=100-199"})
    assert (piece.status_code, piece.data) == (206, answer.data[100:200])
    assert "Télécharger la copie" in browser.get(page).get_data(as_text=True)
    assert acts(db) == ["recording.copy_ask", "recording.copy_get"]
    db.commit()
    assert browser.get(f"{here}/{number}.mp4").status_code == 200
    assert acts(db) == ["recording.copy_ask", "recording.copy_get", "recording.copy_get"]


def test_only_a_coordinator_asks_and_only_with_a_reason(db, make, signed_in, interview):
    evaluator = interview.appointment.evaluator
    with pytest.raises(Forbidden):
        copies.ask(db, evaluator.actor, interview, "to keep")
    with pytest.raises(Invalid):
        copies.ask(db, make.coordinator().actor, interview, "  ")
    here = f"/coordinator/interviews/{interview.id}/copies"
    for user in (evaluator, make.manager()):
        assert signed_in(user).post(here, data={"reason": "x"}).status_code in (403, 404)
    assert db.scalars(select(RecordingCopy)).all() == []


def test_one_that_is_being_made_is_given_again(db, make, interview):
    coordinator = make.coordinator().actor
    first = copies.ask(db, coordinator, interview, "appeal")
    assert copies.ask(db, coordinator, interview, "appeal, again") is first
    first.state = RunState.FAILED
    assert copies.ask(db, coordinator, interview, "once more") is not first


def test_a_silent_maker_is_replaced(db, make, interview):
    copy = copies.ask(db, make.coordinator().actor, interview, "appeal")
    copy.state = RunState.RUNNING
    assert copies.RUNS.pick_up(db) == 0
    copy.seen_at = clock.now() - timedelta(minutes=3)
    assert copies.RUNS.pick_up(db) == 1
    assert copies.RUNS.pick_up(db) == 0
    rows = db.scalars(select(OutboxRow).where(OutboxRow.kind == copies.RUNS.kind)).all()
    assert [row.payload for row in rows] == [{"run": copy.id}] * 2


def test_what_cannot_be_made_says_so(db, make, database, app, interview, settings, monkeypatch):
    monkeypatch.setenv("VIVA_STORAGE_ROOT", str(settings.storage))
    monkeypatch.setenv("VIVA_STORAGE_KEYS", settings.storage_keys[0].get_secret_value())
    copy = copies.ask(db, make.coordinator().actor, interview, "appeal")
    number = copy.id
    db.commit()
    copies.make(database, app.extensions["viva"].storage, number)  # its files are gone
    assert (copy.state, copy.key) == (RunState.FAILED, None)


def test_it_goes_with_its_recording(db, make, interview, store):
    copy = copies.ask(db, make.coordinator().actor, interview, "appeal")
    copy.state, copy.key = RunState.DONE, f"recordings/{name_of(interview)}/copy-{copy.id}.mp4"
    store.put(copy.key, b"film")
    db.scalars(select(Recording)).one().purge_after = clock.now()
    assert recordings.purge(db, store) == 1
    db.expire_all()
    assert (copy.state, copy.key) == (RunState.DONE, None)
    assert store.names(f"recordings/{name_of(interview)}") == []
