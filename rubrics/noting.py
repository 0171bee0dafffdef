"""Notes: the evidence of a mark, bound to a criterion, a part and a second of the recording."""

from __future__ import annotations

import math
import re

from sqlalchemy.orm import Session

from kernel import clock
from kernel.errors import N_, Invalid, NotThere
from kernel.permissions import Actor
from rubrics.changes import changed, clean, in_grid, writable
from rubrics.models import Note, Scoresheet

NOTE_MAX = 500
SECOND_MAX = 6 * 3600.0
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def add_note(
    db: Session,
    actor: Actor,
    sheet: Scoresheet,
    client_id: str,
    text: str,
    *,
    criterion: str | None = None,
    part: int | None = None,
    second: float | None = None,
) -> Note:
    """Keep a note; the same `client_id` sent twice keeps one.

    Args:
        client_id: made by the browser, 64 letters, digits, `-` or `_` at most.
        part: 1 to 3, or None outside the parts.
        second: seconds since the recording began, or None when nothing is recorded.

    Raises:
        Forbidden: the sheet is another rater's.
        Refused: the sheet is submitted.
        Invalid: no text or too much, an unknown criterion, an impossible place.
    """
    writable(db, actor, sheet)
    if not _CLIENT_ID.fullmatch(client_id):
        raise Invalid(N_("Cette note ne peut pas être lue."), "client_id")
    known = _find(sheet, client_id)
    if known is not None:
        return known
    if criterion is not None:
        in_grid(sheet, criterion)
    if part not in (None, 1, 2, 3):
        raise Invalid(N_("Cette partie n'existe pas."), "part")
    if second is not None and not (math.isfinite(second) and 0 <= second <= SECOND_MAX):
        raise Invalid(N_("Ce moment n'est pas dans l'enregistrement."), "second")
    note = Note(
        client_id=client_id,
        criterion=criterion,
        part=part,
        second=second,
        text=_note_text(text),
        created_at=clock.now(),
    )
    sheet.notes.append(note)
    changed(db, actor, sheet, "scoresheet.note", criterion=criterion, part=part)
    return note


def edit_note(
    db: Session,
    actor: Actor,
    sheet: Scoresheet,
    client_id: str,
    *,
    text: str,
    criterion: str | None,
) -> Note:
    """Change the words and the criterion of a note; its place in the recording stays.

    Raises:
        Forbidden: the sheet is another rater's.
        Refused: the sheet is submitted.
        NotThere: no such note, or it was removed.
        Invalid: no text or too much, an unknown criterion.
    """
    writable(db, actor, sheet)
    note = _find(sheet, client_id)
    if note is None or note.removed_at is not None:
        raise NotThere(N_("Cette note n'existe plus."))
    if criterion is not None:
        in_grid(sheet, criterion)
    note.text, note.criterion = _note_text(text), criterion
    changed(db, actor, sheet, "scoresheet.note_edit", note=note.id, criterion=criterion)
    return note


def remove_note(db: Session, actor: Actor, sheet: Scoresheet, client_id: str) -> None:
    """Remove a note; removing it twice is the same as once.

    Raises:
        Forbidden: the sheet is another rater's.
        Refused: the sheet is submitted.
        NotThere: there never was such a note.
    """
    writable(db, actor, sheet)
    note = _find(sheet, client_id)
    if note is None:
        raise NotThere(N_("Cette note n'existe plus."))
    if note.removed_at is None:
        note.removed_at = clock.now()
        changed(db, actor, sheet, "scoresheet.note_remove", note=note.id)


def _find(sheet: Scoresheet, client_id: str) -> Note | None:
    return next((note for note in sheet.notes if note.client_id == client_id), None)


def _note_text(text: str) -> str:
    text = clean(text)
    if not text:
        raise Invalid(N_("Une note a besoin de mots."), "text")
    if len(text) > NOTE_MAX:
        raise Invalid(N_("Une note compte %(most)d caractères au plus."), "text", most=NOTE_MAX)
    return text
