"""A watch as its candidate and a coordinator see it: loaded, its snapshots shown."""

from __future__ import annotations

from flask import Response, request
from sqlalchemy.orm import Session

from evaluator_app.web.edge import actor, db, house, logged_viewing
from kernel.errors import NotThere
from proctor import queries, snapshots
from proctor.models import ProctorSession, Snapshot
from rooms import viewings


def load_session(session: Session, watch_id: int, **_rest: object) -> ProctorSession | None:
    """Load one watch with its signals and snapshots."""
    return queries.whole(session, watch_id)


def send_snapshot(session: ProctorSession) -> Response:
    """Answer the snapshot that the address names, and log that it was looked at."""
    snapshot = db().get(Snapshot, (request.view_args or {})["snapshot_id"])
    if snapshot is None or snapshot.session_id != session.id:
        raise NotThere
    data = snapshots.picture(house().storage, snapshot)
    who = actor()
    with logged_viewing() as log:
        viewings.log(log, who, "proctoring.look", snapshot, session.candidacy_id)
    return Response(data, mimetype="image/jpeg")
