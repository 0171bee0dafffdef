"""Marking a performance: opening a scoresheet, marks, submitting, reopening.

A sheet belongs to one assignment (`rubrics.assignments`), and so to one rater in one role. It is a
draft until it is submitted; then only a coordinator opens a corrected version, and both stay. Which
interview a performance comes from, this noun does not know: the caller says at which part and
second a note was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment import journey
from enrolment.models import Candidacy, Stage
from kernel import audit, clock, events
from kernel.db import LOCK
from kernel.errors import N_, Forbidden, Invalid, Refused
from kernel.permissions import Actor, Permission, check
from rubrics import assignments, queries, syncing
from rubrics.changes import clean, lock
from rubrics.events import MarkingChanged
from rubrics.library import Grid
from rubrics.models import (
    Kind,
    Mark,
    Note,
    Performance,
    RaterRole,
    Scoresheet,
    SheetState,
)
from rubrics.operations import REASON_MAX


class LackKind(StrEnum):
    """What a criterion still lacks before its sheet can be submitted."""

    MARK = "mark"
    REASON = "reason"  # it is not assessable, and nobody said why
    EVIDENCE = "evidence"  # neither a note nor « nothing to add »
    CHOICE = "choice"  # two devices wrote different values without knowing of each other


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that a criterion (by its key) lacks."""

    criterion: str
    want: LackKind


class Incomplete(Invalid):
    """A sheet cannot be submitted yet; `lacks` names every criterion and what it lacks."""

    def __init__(self, grid: Grid, lacks: list[Lack]) -> None:
        """Name the criteria in French; an edge that knows the reader says it in their words."""
        names = grid.names("fr")
        missing = ", ".join(dict.fromkeys(names[lack.criterion] for lack in lacks))
        super().__init__(
            N_("La grille est incomplète. À compléter : %(missing)s."),
            lacks[0].criterion,
            missing=missing,
        )
        self.lacks = lacks


def open_sheet(db: Session, actor: Actor, performance: Performance) -> Scoresheet:
    """Return the newest sheet of the actor's assignment, made now if there is none.

    Raises:
        Forbidden: the actor is not asked to rate this performance.
    """
    check(db, actor, Permission.OPEN_SCORESHEET, performance)
    # The row is locked, so that two tabs opening at once get the same sheet.
    db.execute(
        select(Performance.id).where(Performance.id == performance.id).with_for_update(**LOCK)
    )
    assignment = assignments.of_rater(db, performance.id, actor.user_id)
    if assignment is None:
        raise Forbidden
    sheet = queries.latest(db, assignment.id)
    if sheet is not None:
        return sheet
    sheet = Scoresheet(
        assignment_id=assignment.id,
        performance=performance,
        rater_id=assignment.rater_id,
        role=assignment.role,
        created_at=clock.now(),
    )
    db.add(sheet)
    audit.record(db, actor, "scoresheet.open", sheet, candidacy_id=performance.candidacy_id)
    return sheet


def set_mark(
    db: Session,
    actor: Actor,
    sheet: Scoresheet,
    criterion: str,
    *,
    thirds: int | None = None,
    not_assessable: bool = False,
    reason: str = "",
    nothing_to_add: bool = False,
) -> Mark:
    """Write the whole mark of a criterion over whatever stands there.

    A value of the scale in thirds, or not assessable; neither means not marked yet. A reason may
    come later than « not assessable », but before the sheet is submitted.

    Raises:
        Forbidden: the sheet is another rater's.
        Refused: the sheet is submitted.
        Invalid: an unknown criterion, a value off the scale, both at once, too long a reason.
    """
    level = {"thirds": thirds, "not_assessable": not_assessable, "reason": reason}
    syncing.write(db, actor, sheet, Kind.LEVEL, criterion, level)
    [mark] = [mark for mark in sheet.marks if mark.criterion == criterion]
    if mark.nothing_to_add != nothing_to_add:
        nothing = {"nothing_to_add": nothing_to_add}
        syncing.write(db, actor, sheet, Kind.NOTHING, criterion, nothing)
    return mark


def lacks(sheet: Scoresheet) -> list[Lack]:
    """Return what keeps `sheet` from being submitted, in the grid's order; empty when nothing."""
    marks = {mark.criterion: mark for mark in sheet.marks}
    noted = {note.criterion for note in sheet.notes if note.removed_at is None}
    rivals = queries.rivals(sheet)
    missing: list[Lack] = []
    for key in queries.grid_of(sheet).keys:
        mark = marks.get(key)
        if mark is None or (mark.thirds is None and not mark.not_assessable):
            missing.append(Lack(key, LackKind.MARK))
        elif mark.not_assessable and not mark.reason:
            missing.append(Lack(key, LackKind.REASON))
        # The reason why a criterion cannot be assessed is its evidence.
        if key not in noted and not (mark and (mark.nothing_to_add or mark.reason)):
            missing.append(Lack(key, LackKind.EVIDENCE))
        if key in rivals:
            missing.append(Lack(key, LackKind.CHOICE))
    return missing


def submit(
    db: Session, actor: Actor, sheet: Scoresheet, *, seen: int | None = None, comment: str = ""
) -> Scoresheet:
    """Lock a complete sheet; the version that it corrects is superseded now. Twice is once.

    What then counts, and what the candidacy waits for, nouns above say (`rubrics.events`).

    Args:
        seen: the revision that its rater looked at; None: whatever stands now.
        comment: the reasons of whoever settles two that differ.

    Raises:
        Forbidden: the sheet is another rater's.
        Refused: a newer version took its place, or another device changed it since `seen`.
        Invalid: two that differ are settled without reasons.
        Incomplete: a criterion lacks its mark, its reason, its evidence or a choice.
    """
    check(db, actor, Permission.MARK, sheet)
    lock(db, sheet)
    if sheet.state is SheetState.SUBMITTED:
        return sheet
    if sheet.state is SheetState.SUPERSEDED:
        raise Refused(N_("Une version plus récente de cette grille existe."))
    if seen is not None and seen != sheet.revision:
        raise Refused(
            N_("La grille a changé sur un autre appareil : relisez-la, puis soumettez-la.")
        )
    if missing := lacks(sheet):
        raise Incomplete(queries.grid_of(sheet), missing)
    sheet.comment = clean(comment)
    if sheet.role is RaterRole.ADJUDICATOR and not sheet.comment:
        raise Invalid(N_("Dites pourquoi vous décidez ainsi : vos raisons restent."), "comment")
    sheet.state = SheetState.SUBMITTED
    sheet.submitted_at = clock.now()
    sheet.revision += 1
    if sheet.supersedes_id is not None:
        db.get_one(Scoresheet, sheet.supersedes_id).state = SheetState.SUPERSEDED
    audit.record(
        db,
        actor,
        "scoresheet.submit",
        sheet,
        candidacy_id=sheet.performance.candidacy_id,
        version=sheet.version,
        not_assessable=sum(mark.not_assessable for mark in sheet.marks),
    )
    db.flush()
    events.tell(db, MarkingChanged(actor, sheet.performance))
    return sheet


def reopen(db: Session, actor: Actor, sheet: Scoresheet, reason: str) -> Scoresheet:
    """Open a corrected version of a submitted sheet for its rater, with its marks and notes.

    The submitted one counts until the new one is submitted in its turn. A correction that is
    already open is returned as it is.

    Raises:
        Forbidden: the actor is not a coordinator.
        Refused: the sheet is not submitted, or the results were validated.
        Invalid: no reason.
    """
    check(db, actor, Permission.REOPEN_SCORESHEET, sheet)
    lock(db, sheet)
    reason = clean(reason)
    if not reason or len(reason) > REASON_MAX:
        raise Invalid(N_("Dites pourquoi la grille doit être corrigée."), "reason")
    if sheet.state is not SheetState.SUBMITTED:
        raise Refused(N_("Seule une grille soumise peut être rouverte."))
    newest = queries.latest(db, sheet.assignment_id)
    if newest is not None and newest.version > sheet.version:
        return newest
    candidacy_id = sheet.performance.candidacy_id
    candidacy = db.get_one(Candidacy, candidacy_id) if candidacy_id is not None else None
    if candidacy is not None:
        journey.lock(db, candidacy)
    if candidacy is not None and candidacy.stage is Stage.VALIDATED:
        raise Refused(N_("Les résultats sont validés : seul un recours peut encore les changer."))
    fresh = _copy(sheet, reason)
    db.add(fresh)
    audit.record(
        db,
        actor,
        "scoresheet.reopen",
        fresh,
        candidacy_id=candidacy_id,
        supersedes=sheet.id,
        version=fresh.version,
    )
    db.flush()
    events.tell(db, MarkingChanged(actor, sheet.performance, reason))
    return fresh


def _copy(sheet: Scoresheet, reason: str) -> Scoresheet:
    moment = clock.now()
    return Scoresheet(
        assignment_id=sheet.assignment_id,
        performance=sheet.performance,
        rater_id=sheet.rater_id,
        role=sheet.role,
        version=sheet.version + 1,
        created_at=moment,
        supersedes_id=sheet.id,
        reason=reason,
        marks=[
            Mark(
                criterion=mark.criterion,
                thirds=mark.thirds,
                not_assessable=mark.not_assessable,
                reason=mark.reason,
                nothing_to_add=mark.nothing_to_add,
                updated_at=moment,
            )
            for mark in sheet.marks
        ],
        notes=[
            Note(
                client_id=note.client_id,
                criterion=note.criterion,
                part=note.part,
                second=note.second,
                text=note.text,
                created_at=note.created_at,
            )
            for note in queries.live_notes(sheet)
        ],
    )
