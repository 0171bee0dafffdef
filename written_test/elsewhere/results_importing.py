"""Results of tests taken elsewhere: examined first, then brought in, all or nothing.

A result is known by its source and its reference: the same again changes nothing, a changed one
is a new version. One that contradicts what is in force from elsewhere waits for a coordinator.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from enrolment.models import Candidacy, Stage
from kernel import audit, clock, exam_zone
from kernel.db import LOCK
from kernel.errors import N_, Refused
from kernel.levels import Level
from kernel.permissions import Actor, Permission, check
from kernel.storage import Storage
from written_test.elsewhere import results_files
from written_test.elsewhere.results_matching import KeptVersion, Lookup, Place, content_of
from written_test.elsewhere.results_reading.mapping import Mapping, NamedBy
from written_test.elsewhere.results_reading.rows import Refusal, Row
from written_test.models import ResultImport, ResultSource, Source, Standing, WrittenResult
from written_test.recording import add, settle

AT_ONCE: Final = 500
SHOWN_ROWS: Final = 25
CHANGED: Final = "changed_at_source"
"""The reason of a new version where nobody gave another one; pages have words for it."""
REPLACED: Final = "replaced_at_source"


class Outcome(StrEnum):
    """What became of one row."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    NEW_VERSION = "new_version"
    CONFLICT = "conflict"
    REFUSED = "refused"


WRITING: Final = frozenset({Outcome.CREATED, Outcome.NEW_VERSION, Outcome.CONFLICT})


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """What is said of one row."""

    place: int
    outcome: Outcome
    reason: str = ""
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What would become of one row, and where."""

    answer: RowAnswer
    row: Row | None = None
    kept: KeptVersion | None = None  # the version that it would make
    prior: KeptVersion | None = None


@dataclass
class Report:
    """What a file or a call brings, or would; `shown`: the first rows that change anything."""

    counts: Counter[Outcome] = field(default_factory=Counter)
    refusals: list[RowAnswer] = field(default_factory=list)
    shown: list[Plan] = field(default_factory=list)
    levels: Counter[Level] = field(default_factory=Counter)

    def take(self, plan: Plan) -> None:
        """Count one row; what was refused is kept with its reason."""
        self.counts[plan.answer.outcome] += 1
        if plan.answer.outcome is Outcome.REFUSED:
            self.refusals.append(plan.answer)
        if plan.answer.outcome in WRITING and plan.row is not None:
            self.levels[plan.row.level] += 1
            if len(self.shown) < SHOWN_ROWS:
                self.shown.append(plan)

    @property
    def writes(self) -> int:
        """Return how many rows change anything."""
        return sum(self.counts[outcome] for outcome in WRITING)


@dataclass(frozen=True)
class Incoming:
    """A file or a call as it came."""

    filename: str
    format: str  # csv, xlsx, qti, api
    data: bytes


class _RowRefused(Exception):
    def __init__(self, reason: str, **params: Any) -> None:
        super().__init__(reason)
        self.reason, self.params = reason, params


class Decider:
    """Decides on rows one after the other, as if those before had been brought in."""

    def __init__(self, db: Session, source: ResultSource, *, hold: bool) -> None:
        """Know nothing yet; `hold`: what is decided will be written in this transaction."""
        self.db, self.hold = db, hold
        self.known = Lookup(source.id)
        self.seen: dict[str, int] = {}
        self.today = exam_zone.day_of(clock.now())

    def plans(self, items: Iterable[Row | Refusal]) -> Iterator[Plan]:
        """Give what becomes of each row, in order."""
        waiting = iter(items)
        while chunk := list(islice(waiting, AT_ONCE)):
            rows = [line for line in chunk if isinstance(line, Row)]
            self.known.learn(self.db, rows, hold=self.hold)
            for line in chunk:
                yield self._plan(line)

    def _plan(self, line: Row | Refusal) -> Plan:
        if isinstance(line, Refusal):
            return Plan(RowAnswer(line.place, Outcome.REFUSED, line.reason, line.params))
        try:
            return self._decide(line)
        except _RowRefused as no:
            return Plan(RowAnswer(line.place, Outcome.REFUSED, no.reason, no.params))

    def _decide(self, row: Row) -> Plan:
        known, places = self.known, self.known.places_of(row)
        if row.by is NamedBy.DOSSIER and (ours := known.padded.get(row.candidate)) is not None:
            raise _RowRefused(
                N_(
                    "Le dossier « %(ours)s » existe : Excel a pu retirer le zéro du début de"
                    " « %(who)s ». Mettez la colonne au format Texte, puis saisissez-le de nouveau."
                ),
                ours=ours,
                who=row.candidate[:80],
            )
        if not places:
            raise _RowRefused(
                N_("Aucune candidature ne correspond à « %(who)s »."), who=row.candidate[:80]
            )
        names = [name for name in known.references(row) if name in known.by_reference]
        prior = known.by_reference[names[0]] if names else None
        if prior is not None and prior.candidacy_id not in {place.id for place in places}:
            raise _RowRefused(N_("Cette référence est celle du résultat d'un autre candidat."))
        if prior is not None and prior.content == content_of(row):
            return Plan(RowAnswer(row.place, Outcome.UNCHANGED))
        if prior is not None and prior.reference in self.seen:
            raise _RowRefused(
                N_("La ligne %(line)d donne un autre résultat sous la même référence."),
                line=self.seen[prior.reference],
            )
        place = self._place(row, [p for p in places if not prior or p.id == prior.candidacy_id])
        return self._version(row, place, prior)

    def _place(self, row: Row, places: list[Place]) -> Place:
        if row.sat_on > self.today:
            raise _RowRefused(N_("La date du test est à venir."))
        opened = [place for place in places if place.stage not in CLOSED]
        if not opened:
            raise _RowRefused(CLOSED[places[-1].stage])
        fitting = [window for window in opened if window.first_day <= row.sat_on <= window.last_day]
        if not fitting:
            raise _RowRefused(
                N_("La date du test est hors de la période d'accès de la candidature.")
            )
        if len(fitting) > 1:
            raise _RowRefused(
                N_(
                    "Cette personne a %(count)d candidatures à cette date : donnez le numéro de "
                    "candidature."
                ),
                count=len(fitting),
            )
        return fitting[0]

    def _version(self, row: Row, place: Place, prior: KeptVersion | None) -> Plan:
        now = self.known.in_force[place.id]
        own = now is not None and prior is not None and now.reference == prior.reference
        own = own and now is not None and now.origin_id == self.known.origin_id
        standing = Standing.IN_FORCE if now is None or own else Standing.WAITING
        reference = row.reference or f"{place.id}/{row.sat_on.isoformat()}"
        kept = KeptVersion(place.id, self.known.origin_id, reference, standing, content_of(row))
        self.known.by_reference[reference] = kept
        self.seen[reference] = row.place
        if standing is Standing.WAITING:
            outcome = Outcome.CONFLICT
        else:
            self.known.in_force[place.id] = kept
            outcome = Outcome.NEW_VERSION if prior is not None else Outcome.CREATED
        return Plan(RowAnswer(row.place, outcome), row, kept, prior)


CLOSED: Final = {
    Stage.VALIDATED: N_("Les résultats de cette candidature sont déjà validés."),
    Stage.WITHDRAWN: N_("Cette candidature est retirée."),
    Stage.EXPIRED: N_("La période d'accès de cette candidature est expirée."),
}


def examine(
    db: Session, actor: Actor, source: ResultSource, items: Iterable[Row | Refusal]
) -> Report:
    """Return what these rows would bring; nothing is changed."""
    check(db, actor, Permission.IMPORT_RESULTS)
    report = Report()
    for plan in Decider(db, source, hold=False).plans(items):
        report.take(plan)
    return report


@dataclass(frozen=True)
class Imported:
    """What was brought in; `row` is None when nothing of it was new."""

    report: Report
    answers: list[RowAnswer]
    row: ResultImport | None


def bring_in(
    db: Session,
    actor: Actor,
    storage: Storage,
    source: ResultSource,
    incoming: Incoming,
    items: Iterable[Row | Refusal],
    *,
    mapping: Mapping | None = None,
    reason: str = "",
    tell: bool = False,
) -> Imported:
    """Bring rows in, in the caller's one transaction; `tell`: say of each what became of it.

    Raises:
        Refused: the source is switched off.
    """
    check(db, actor, Permission.IMPORT_RESULTS)
    db.refresh(source, with_for_update=LOCK)
    if not source.active:
        raise Refused(N_("Cette source est désactivée : rien n'a été importé."))
    if mapping is not None and mapping.as_json() != source.mapping:
        source.mapping = mapping.as_json()
    row = _row(actor, source, incoming)
    report, answers, touched = Report(), [], set()
    for plan in Decider(db, source, hold=True).plans(items):
        report.take(plan)
        if tell:
            answers.append(plan.answer)
        if plan.row is not None and plan.kept is not None:
            if row not in db:
                db.add(row)
                db.flush()
            touched.add(_write(db, actor, row, plan, reason.strip()))
    for candidacy in sorted(touched, key=lambda candidacy: candidacy.id):
        settle(db, actor, candidacy)
    if not report.writes and (incoming.format == "api" or _known(db, row)):
        return Imported(report, answers, None)
    db.add(row)
    row.file_key, row.report = results_files.keep(
        storage, incoming.data, _counts(report), [_plain(refusal) for refusal in report.refusals]
    )
    audit.record(db, actor, "written_results.import", row, source=source.id, **_counts(report))
    return Imported(report, answers, row)


def _row(actor: Actor, source: ResultSource, incoming: Incoming) -> ResultImport:
    return ResultImport(
        source_id=source.id,
        filename=incoming.filename[:200],
        format=incoming.format,
        sha256=hashlib.sha256(incoming.data).hexdigest(),
        file_key="",
        at=clock.now(),
        by_id=actor.user_id,
        report={},
    )


def _known(db: Session, row: ResultImport) -> bool:
    """Tell whether this very file was imported from this source before."""
    query = select(ResultImport.id).where(
        ResultImport.source_id == row.source_id, ResultImport.sha256 == row.sha256
    )
    return db.scalar(query.limit(1)) is not None


def _counts(report: Report) -> dict[str, int]:
    return {str(outcome): report.counts[outcome] for outcome in Outcome}


def _plain(answer: RowAnswer) -> list[Any]:
    return [answer.place, answer.reason, answer.params]


def _write(db: Session, actor: Actor, origin: ResultImport, plan: Plan, reason: str) -> Candidacy:
    """Write the version that was planned; return whose it is."""
    row, kept, prior = plan.row, plan.kept, plan.prior
    assert row is not None and kept is not None  # noqa: S101, PT018 -- the caller looked
    candidacy = db.get_one(Candidacy, kept.candidacy_id)
    if prior is not None and prior.standing is Standing.WAITING:
        db.execute(
            update(WrittenResult)
            .where(WrittenResult.id == prior.id)
            .values(standing=Standing.REFUSED, reason=REPLACED)
        )
    made = add(
        db,
        actor,
        candidacy,
        level=row.level,
        skills={skill: {"level": str(level)} for skill, level in row.skills.items()},
        source=Source.API if origin.format == "api" else Source.FILE,
        standing=kept.standing,
        origin_id=kept.origin_id,
        import_id=origin.id,
        reference=kept.reference,
        score=row.score,
        sat_on=row.sat_on,
        entered_by_id=actor.user_id,
        reason=(row.reason or reason or CHANGED) if prior is not None else row.reason,
    )
    kept.id = made.id
    return candidacy
