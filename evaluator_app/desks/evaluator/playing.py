"""A recording as a player needs it: what it is made of, and its files by ranges."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from flask.typing import ResponseReturnValue

from evaluator_app.web.edge import actor, db, house, logged_viewing
from evaluator_app.web.ranges import send_stored
from kernel.shown import Moment, Shown
from rooms import recordings, viewings
from rooms.media.manifest import Gap, Manifest, Part, SegmentFile
from rooms.models import Interview, Recording, RecordingState

NO_DAY: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""When every oral began, for whoever must not know which one it is."""


class ManifestShown(Shown):
    """What a recording is made of, as the player needs it; see `rooms.media.manifest`."""

    started_at: Moment
    duration_s: float
    segments: list[SegmentFile]
    parts: list[Part]
    gaps: list[Gap]
    peak_s: float
    peaks: dict[str, list[float]]

    @classmethod
    def of(cls, manifest: Manifest, earlier: timedelta) -> ManifestShown:
        """Return what the player needs of a whole manifest, its time of day moved."""
        values = {name: getattr(manifest, name) for name in cls.model_fields}
        return cls.model_validate(values | {"started_at": manifest.started_at - earlier})


class RecordingShown(Shown):
    """A recording: what it is made of, and the address of each of its segments."""

    id: int
    state: RecordingState
    started_at: Moment
    manifest: ManifestShown | None
    files: list[str]


class TalkShown(Shown):
    """How long one side spoke in a part."""

    part: int
    role: str
    seconds: float


class RecordingsShown(Shown):
    """All that was recorded of an oral, in order; `state`: of the newest, "off" without any."""

    state: str
    recordings: list[RecordingShown]
    talk: list[TalkShown]


def shown(
    interview: Interview, address: Callable[[Recording, int], str], *, blind: bool = False
) -> RecordingsShown:
    """Return what was recorded of an oral; `blind`: not when.

    Args:
        interview: the oral.
        address: where a file of a recording is served, by its place.
        blind: the day and hour would say which oral it is.
    """
    made = recordings.of_interview(db(), interview)
    earlier = made[0].started_at - NO_DAY if blind and made else timedelta()
    talk = [TalkShown.model_validate(row) for row in recordings.talk(db(), interview)]
    return RecordingsShown(
        state=made[-1].state if made else "off",
        recordings=[_one(recording, address, earlier) for recording in made],
        talk=talk,
    )


def _one(
    recording: Recording, address: Callable[[Recording, int], str], earlier: timedelta
) -> RecordingShown:
    content = recordings.manifest(house().storage, recording)
    manifest = ManifestShown.of(Manifest.model_validate(content), earlier) if content else None
    return RecordingShown(
        id=recording.id,
        state=recording.state,
        started_at=recording.started_at - earlier,
        manifest=manifest,
        files=[address(recording, index) for index in range(len(manifest.segments))]
        if manifest
        else [],
    )


def play(interview: Interview, recording_id: int, index: int) -> ResponseReturnValue:
    """Send one file of a recording, by ranges; the viewing is logged."""
    recording, key = recordings.segment(db(), interview, recording_id, index)
    log_viewing("recording.view", recording, interview)
    return send_stored(house().storage, key, "video/webm")


def log_viewing(act: str, subject: object, interview: Interview) -> None:
    """Write the viewing, without waiting for the database's writer at every range."""
    who = actor()
    if viewings.is_logged(db(), who, act, subject):
        return
    with logged_viewing() as session:
        viewings.log(session, who, act, subject, interview.appointment.candidacy_id)
