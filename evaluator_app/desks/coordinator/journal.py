"""The audit log as people read it: acts in words, things by their names, filters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import render_template, request

from enrolment import queries
from enrolment.models import plain
from evaluator_app.web.edge import db, needs, person
from evaluator_app.web.incoming import whole
from evaluator_app.words.acts import ACTS
from kernel import audit_queries
from kernel.audit import AuditEntry
from kernel.permissions import Permission
from people import queries as people

MOST_PAGES = 1_000_000
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 30)


@needs(Permission.SEE_AUDIT)
def audit_log() -> str:
    """Show the audit log, newest first."""
    page = min(whole(request.args, "page", 1, least=1), MOST_PAGES)
    named = request.args.get("candidate", "")[:80].strip()
    first, last = _day("from"), _day("until")
    entries, total = audit_queries.listing(
        db(),
        acts=acts_named(request.args.get("q", "")[:60]),
        actor_id=whole(request.args, "who", 0) or None,
        candidacy_ids=queries.ids_named(db(), named) if named else None,
        since=_midnight(first) if first else None,
        until=_midnight(last + timedelta(days=1)) if last else None,
        number=page,
    )
    return render_template(
        "coordinator/audit.html",
        entries=entries,
        total=total,
        number=page,
        page_count=max(1, -(-total // audit_queries.PAGE)),
        staff=people.staff(db()),
        people=people.names(db(), _people(entries)),
        candidates=queries.candidates_of(db(), _candidacies(entries)),
    )


def acts_named(words: str) -> list[str] | None:
    """Return the acts whose words hold `words`, in the reader's language; None: every act."""
    wanted = plain(words)
    if not wanted:
        return None
    return [act for act, said in ACTS.items() if wanted in plain(str(said))]


def _people(entries: Sequence[AuditEntry]) -> set[int]:
    """Return whose names the entries need: who acted, and accounts that were acted upon."""
    acted = {entry.actor_id for entry in entries}
    upon = {entry.subject_id for entry in entries if entry.subject_kind == "User"}
    return {number for number in acted | upon if number is not None}


def _candidacies(entries: Iterable[AuditEntry]) -> set[int]:
    return {entry.candidacy_id for entry in entries if entry.candidacy_id is not None}


def _day(name: str) -> date | None:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return min(max(day, FIRST_DAY), LAST_DAY)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(person().timezone)).astimezone(UTC)
