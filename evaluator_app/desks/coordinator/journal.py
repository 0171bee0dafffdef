"""The audit log as people read it: acts in words, things by their names, filters, a file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Response, render_template, request, stream_with_context
from sqlalchemy.orm import Session

from enrolment import queries
from enrolment.models import plain
from evaluator_app.desks.coordinator import offer_changes
from evaluator_app.desks.coordinator.journal_subjects import Subject, subjects
from evaluator_app.web.edge import actor, db, house, logged_viewing, needs
from evaluator_app.web.incoming import day, whole
from evaluator_app.words import _, timezone
from evaluator_app.words.acts import ACTS
from evaluator_app.words.vocabulary import ROLES
from kernel import audit, audit_queries
from kernel.audit import AuditEntry
from kernel.audit_queries import Wanted
from kernel.permissions import Permission
from kernel.tables.writing import MEDIA_TYPE, Value, csv_lines
from people import queries as people

MOST_PAGES = 1_000_000
FILTERS = ("q", "who", "candidate", "from", "until")


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in words: who did what, on whom or what, and what changed."""

    entry: AuditEntry
    who: str
    act: str
    subject: Subject
    details: list[str]


@needs(Permission.SEE_AUDIT)
def audit_log() -> str:
    """Show the audit log, newest first."""
    page = min(whole(request.args, "page", 1, least=1), MOST_PAGES)
    entries, total = audit_queries.listing(db(), _wanted(), page)
    return render_template(
        "coordinator/audit.html",
        lines=_lines(db(), entries),
        total=total,
        number=page,
        page_count=max(1, -(-total // audit_queries.PAGE)),
        staff=people.staff(db()),
        asked={name: request.args[name] for name in FILTERS if request.args.get(name)},
    )


@needs(Permission.SEE_AUDIT)
def audit_file() -> Response:
    """Give every entry that the filters leave, as a table; that is logged."""
    database, who, wanted = house().database, actor(), _wanted()
    zone = ZoneInfo(timezone())
    with logged_viewing() as session:
        audit.record(session, who, "audit.download", None)

    def table() -> Iterator[tuple[Value, ...]]:
        yield (
            *(_("Date"), _("Heure"), _("Qui"), _("Rôle"), _("Acte"), _("Sur qui ou quoi")),
            *(_("Précisions"), _("Code"), _("Données"), _("Numéro")),
        )
        with database.session(read_only=True) as session:
            for entries in audit_queries.batches(session, wanted):
                for line in _lines(session, entries):
                    yield _cells(line, zone)

    answer = Response(stream_with_context(csv_lines(table())), mimetype=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{_("journal")}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _cells(line: Line, zone: ZoneInfo) -> tuple[Value, ...]:
    entry, at = line.entry, line.entry.at.astimezone(zone)
    return (
        *(f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}"),
        *(line.who, _role(entry), line.act, line.subject.words, " ; ".join(line.details)),
        *(entry.act, json.dumps(entry.data, ensure_ascii=False, sort_keys=True), entry.id),
    )


def _wanted() -> Wanted:
    """Return what the filters of the address ask for."""
    named = request.args.get("candidate", "")[:80].strip()
    first, last = day(request.args, "from"), day(request.args, "until")
    return Wanted(
        acts=acts_named(request.args.get("q", "")[:60]),
        actor_id=whole(request.args, "who", 0) or None,
        candidacy_ids=queries.ids_named(db(), named) if named else None,
        since=_midnight(first) if first else None,
        until=_midnight(last + timedelta(days=1)) if last else None,
    )


def _lines(session: Session, entries: Sequence[AuditEntry]) -> list[Line]:
    names = people.names(session, _actors(entries))
    about = subjects(session, entries)
    return [
        Line(
            entry,
            names.get(entry.actor_id or 0) or _role(entry),
            str(ACTS.get(entry.act, entry.act)),
            about[entry.id],
            offer_changes.in_words(entry.data) if entry.act == "certification.revise" else [],
        )
        for entry in entries
    ]


def _actors(entries: Sequence[AuditEntry]) -> set[int]:
    return {entry.actor_id for entry in entries if entry.actor_id is not None}


def _role(entry: AuditEntry) -> str:
    return str(ROLES.get(entry.actor_role, entry.actor_role))


def acts_named(words: str) -> list[str] | None:
    """Return the acts whose words hold `words`, in the reader's language; None: every act."""
    wanted = plain(words)
    if not wanted:
        return None
    return [act for act, said in ACTS.items() if wanted in plain(str(said))]


def _midnight(first: date) -> datetime:
    return datetime.combine(first, time(), ZoneInfo(timezone())).astimezone(UTC)
