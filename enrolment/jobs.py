"""What the jobs process does for candidacies: say which windows close soon, close what ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from enrolment import extensions, journey
from enrolment.models import Candidacy, Candidate, GateKind, Stage
from kernel import clock, live, outbox
from kernel.db import Database
from kernel.permissions import SYSTEM
from people import entry, letters

SOON: Final = timedelta(days=7)
"""How long before the end a candidate without a booking is told."""
FRESH: Final = timedelta(days=2)
"""Whose window began less long ago was told its end just now."""
MOST: Final = 200
"""In one transaction; the next minute goes on."""


def close_windows(database: Database) -> int:
    """Tell those whose window closes soon, close those that ended; return how many were closed."""
    with database.transaction() as db:
        warn(db)
    with database.transaction() as db:
        return expire(db)


def warn(db: Session) -> int:
    """Tell each candidate without a booking once, a week before the end; return how many."""
    moment = clock.now()
    query = _without_oral().where(
        Candidacy.window_end > moment,
        Candidacy.window_end <= moment + SOON,
        Candidacy.window_start <= moment - FRESH,
    )
    keys = {_key("window_closes", candidacy): candidacy for candidacy in db.scalars(query)}
    told = outbox.known(db, list(keys))
    due = [candidacy for key, candidacy in keys.items() if key not in told][:MOST]
    for candidacy in due:
        written = any(g.kind is GateKind.WRITTEN_RESULT and g.open for g in candidacy.gates)
        _tell(db, candidacy, "window_closes", written=written)
    return len(due)


def expire(db: Session) -> int:
    """Close each candidacy whose window ended without an oral, once; return how many."""
    query = _without_oral().where(Candidacy.window_end <= clock.now())
    closed = 0
    for candidacy in db.scalars(query.order_by(Candidacy.window_end).limit(MOST)).all():
        journey.lock(db, candidacy)
        db.refresh(candidacy, attribute_names=["window_end"])
        if candidacy.stage is not Stage.ENROLLED or candidacy.window_end > clock.now():
            continue  # booked or extended meanwhile
        journey.move(db, SYSTEM, candidacy, Stage.EXPIRED)
        asked = extensions.open_request(db, candidacy) is not None
        _tell(db, candidacy, "window_expired", asked=asked)
        live.publish(db, f"organisation:{candidacy.organisation_id}")
        closed += 1
    return closed


def _without_oral() -> Select[Candidacy]:
    return (
        select(Candidacy)
        .where(Candidacy.stage == Stage.ENROLLED)
        .options(
            joinedload(Candidacy.candidate).joinedload(Candidate.user),
            joinedload(Candidacy.certification),
            joinedload(Candidacy.organisation),
            selectinload(Candidacy.gates),
        )
    )


def _key(template: str, candidacy: Candidacy) -> str:
    return f"{template}:{candidacy.id}:{candidacy.window_end.isoformat()}"


def _tell(db: Session, candidacy: Candidacy, template: str, **more: Any) -> None:
    user = candidacy.candidate.user
    context = {
        "organisation": candidacy.organisation.name,
        "certification": letters.in_each_language(candidacy.certification.name),
        "window_end": candidacy.last_moment.isoformat(),
    }
    letters.to(
        db,
        user,
        template,
        context | more,
        opens=entry.leads_to("candidate_home"),
        dedupe=_key(template, candidacy),
    )
