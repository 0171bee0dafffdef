"""What happened to a candidacy, in one line of time: its stages, its appointments, its window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from sqlalchemy.orm import Session

from enrolment import extensions
from enrolment.models import Candidacy, CandidacyMove, ExtensionRequest, Stage
from evaluator_app.words import _, locale, timezone
from evaluator_app.words.vocabulary import INCIDENTS, STAGES
from kernel import i18n
from scheduling.models import ChangeKind
from scheduling.queries import Change, changes_of

OWN_WORDS = frozenset({"", "placed", "extension"})
"""Reasons that the platform itself writes into a move: they say nothing to anybody."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened; `href` leads to the document that proves it."""

    at: datetime
    title: str
    words: str = ""
    href: str = ""


def lines(db: Session, candidacy: Candidacy, *, names: bool) -> list[Line]:
    """Return what happened, oldest first; `names`: evaluators and their reasons are told too."""
    changes = changes_of(db, candidacy.id)
    said = [Line(candidacy.created_at, _("Inscription"))]
    said += [_moved(move) for move in candidacy.moves if not _said_by_a_change(move, changes)]
    said += [_changed(change, candidacy.id, names=names) for change in changes]
    for request in extensions.of_candidacy(db, candidacy.id):
        said += _extension(request)
    return sorted(said, key=lambda line: line.at)


def _moved(move: CandidacyMove) -> Line:
    return Line(
        move.at,
        str(STAGES[move.to_stage]),
        "" if move.reason in OWN_WORDS else str(INCIDENTS.get(move.reason, move.reason)),
    )


def _said_by_a_change(move: CandidacyMove, changes: list[Change]) -> bool:
    """Tell whether a move back is but the consequence of a cancellation, which says more."""
    back = move.from_stage in (Stage.BOOKED, Stage.IN_ORAL) and move.to_stage is Stage.ENROLLED
    return back and any(
        change.row.now_at is None and abs((change.row.at - move.at).total_seconds()) < 2
        for change in changes
    )


def _changed(change: Change, candidacy_id: int, *, names: bool) -> Line:
    row = change.row
    was = i18n.moment_in_words(row.was_at, locale(), timezone())
    now = i18n.moment_in_words(row.now_at, locale(), timezone()) if row.now_at else ""
    told = [
        {
            ChangeKind.MOVED: _("Du %(was)s au %(now)s", was=was, now=now),
            ChangeKind.HANDED_OVER: _("Même heure : %(now)s", now=now),
        }.get(row.kind, _("Celui du %(was)s", was=was))
    ]
    if names and change.now_with and change.now_with != change.was_with:
        told.append(f"{change.was_with} → {change.now_with}")
    if row.reason and (names or row.kind is not ChangeKind.HANDED_OVER):
        told.append(str(INCIDENTS.get(row.reason, row.reason)))
    if row.document_purged_at is not None:
        gone = i18n.day_in_words(row.document_purged_at, locale())
        told.append(_("Justificatif effacé le %(day)s", day=gone))
    href = ""
    if row.document_key:
        href = url_for("organisation.proof", candidacy_id=candidacy_id, change_id=row.id)
    return Line(row.at, _title(row.kind), " · ".join(told), href)


def _title(kind: ChangeKind) -> str:
    return {
        ChangeKind.MOVED: _("Rendez-vous déplacé"),
        ChangeKind.FORCE_MAJEURE: _("Rendez-vous annulé pour force majeure"),
        ChangeKind.HANDED_OVER: _("Changement d'évaluateur"),
        ChangeKind.CANCELLED: _("Rendez-vous annulé"),
    }[kind]


def _extension(request: ExtensionRequest) -> list[Line]:
    said = []
    if request.by_candidate:
        said.append(Line(request.asked_at, _("Prolongation demandée"), request.words))
    if request.decided_at is None:
        return said
    if not request.granted:
        return [*said, Line(request.decided_at, _("Prolongation refusée"), request.reason)]
    until = ""
    if request.window_end is not None:
        last = i18n.day_in_words(request.window_end - timedelta(seconds=1), locale())
        until = _("Jusqu'au %(day)s", day=last)
    words = " · ".join(word for word in (until, request.reason) if word)
    return [*said, Line(request.decided_at, _("Période d'accès prolongée"), words)]
