"""Recordings that wait to be ready, and a media server that died before it could say so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from kernel import clock, retention
from kernel.outbox import OutboxRow
from kernel.retention import RetentionClass
from kernel.storage import from_settings
from rooms.models import InterviewState, Recording, RecordingState, TalkTime
from rooms.reconciling import LONGEST, TOLD_WITHIN, reconcile

ENDED = datetime(2026, 12, 3, 14, 30, tzinfo=UTC)
MANIFEST = "recordings/abc/manifest.json"
DUMP = "recordings/abc/dump-1.rtp"


@pytest.fixture
def waiting(db, make):
    made = make.interview(state=InterviewState.ENDED)
    row = Recording(
        interview_id=made.id,
        name="abc",
        started_at=ENDED - timedelta(minutes=20),
        state=RecordingState.MUXING,
        ended_at=ENDED,
    )
    db.add_all([row, TalkTime(interview_id=made.id, role="candidate", part=1, seconds=9.0)])
    db.flush()
    make.coordinator()
    return row


def looked(db, settings, after: timedelta) -> tuple[int, list[str]]:
    """Return how many were settled so long after the oral, and which failures were told."""
    clock.move(ENDED + after - clock.now())
    settled = reconcile(db, from_settings(settings), settings)
    db.flush()
    letters = db.scalars(select(OutboxRow).order_by(OutboxRow.id))
    return settled, [row.payload["context"]["failure"] for row in letters]


SOON = TOLD_WITHIN + timedelta(seconds=2)
LONG = LONGEST + timedelta(seconds=2)


@pytest.mark.parametrize(
    ("files", "after", "settled", "told", "state"),
    [
        # Its files lie there, and nobody said so.
        ([MANIFEST], SOON, 1, [], RecordingState.READY),
        ([MANIFEST], TOLD_WITHIN - timedelta(seconds=9), 0, [], RecordingState.MUXING),
        # It is being made, or a dead server's next start will make it.
        ([DUMP], SOON, 0, [], RecordingState.MUXING),
        ([DUMP], LONG, 0, ["late"], RecordingState.MUXING),
        ([DUMP, MANIFEST], LONG, 0, ["late"], RecordingState.MUXING),
        # Nothing is left of it.
        ([], SOON, 1, ["missing"], RecordingState.FAILED),
    ],
)
def test_what_waits_is_held_against_the_disk(
    db, settings, waiting, files, after, settled, told, state
):
    for name in files:
        from_settings(settings).put(name, b'{"segments": [], "peaks": {}}')
    assert looked(db, settings, after) == (settled, told)
    assert waiting.state is state
    if after > TOLD_WITHIN:
        assert waiting.purge_after == retention.until(settings, RetentionClass.RECORDING, ENDED)
    assert looked(db, settings, after)[1] == told  # once


def test_a_silent_oral_of_which_nothing_lies_there_is_empty_and_no_failure(db, settings, waiting):
    for row in db.scalars(select(TalkTime)):
        db.delete(row)
    assert looked(db, settings, SOON) == (1, [])
    assert (waiting.state, waiting.manifest["segments"]) == (RecordingState.READY, [])


def test_an_oral_that_runs_is_left_to_the_media_server(db, settings, waiting):
    waiting.state = RecordingState.RUNNING
    assert looked(db, settings, LONG) == (0, [])
