"""A recording in one file, to hand over: asked for with a reason, followed, downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from enrolment.models import Candidacy
from evaluator_app.desks.shared.oral_edge import load_interview
from evaluator_app.web.edge import actor, db, house, logged_viewing, needs
from evaluator_app.web.ranges import send_stored
from evaluator_app.words import _
from kernel import audit
from kernel.permissions import Permission
from rooms import copies, recordings, viewings
from rooms import queries as room_queries
from rooms.models import Interview, RecordingCopy, RecordingState


@dataclass(frozen=True)
class Recorded:
    """An oral of the page that was recorded."""

    interview: Interview
    at: datetime
    ready: bool
    failed: bool
    purged: bool
    copies: list[RecordingCopy]

    @property
    def open(self) -> bool:
        """Tell whether a copy is being made."""
        return any(copy.is_open for copy in self.copies)


def recorded_of(candidacy: Candidacy) -> list[Recorded]:
    """Return the orals of a candidacy that were recorded, with the copies asked for."""
    recorded = []
    for interview in room_queries.of_candidacy(db(), candidacy.id):
        made = recordings.of_interview(db(), interview)
        states = {copy.state for copy in made}
        if made:
            recorded.append(
                Recorded(
                    interview,
                    made[0].started_at,
                    RecordingState.READY in states,
                    RecordingState.FAILED in states,
                    states == {RecordingState.PURGED},
                    copies.of_interview(db(), interview),
                )
            )
    return recorded


def _interview(session: Session, interview_id: int, **_rest: object) -> Interview | None:
    return load_interview(session, interview_id)


@needs(Permission.COPY_RECORDING, load=_interview)
def ask_copy(interview: Interview) -> ResponseReturnValue:
    """Ask for the recording in one file."""
    copies.ask(db(), actor(), interview, request.form.get("reason", ""))
    flash(_("La copie se prépare ; elle se télécharge ici dès qu'elle est prête."), "good")
    back = url_for(".candidacy_page", candidacy_id=interview.appointment.candidacy_id)
    return redirect(f"{back}#recordings")


@needs(Permission.COPY_RECORDING, load=_interview)
def copy_file(interview: Interview) -> ResponseReturnValue:
    """Download a copy; that is logged."""
    copy = db().get(RecordingCopy, (request.view_args or {})["copy_id"])
    key = copies.file(interview, copy)
    who = actor()
    with logged_viewing() as session:
        act, candidacy_id = "recording.copy_get", interview.appointment.candidacy_id
        if request.headers.get("Range", "bytes=0-").startswith("bytes=0-"):
            audit.record(session, who, act, copy, candidacy_id=candidacy_id)
        else:  # the same download goes on, unless none began within the hour
            viewings.log(session, who, act, copy, candidacy_id)
    answer = send_stored(house().storage, key, "video/mp4")
    name = f"entretien-{interview.id}-{copy.id}.mp4" if copy else ""
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
