"""Notes: the evidence of a mark, bound to a criterion, a part and a second of the recording."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kernel.permissions import Actor
from rubrics import syncing
from rubrics.models import Kind, Note, Scoresheet


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
    """Keep a note; the same `client_id` twice is one note, with the words of the second.

    Args:
        client_id: 64 letters, digits, `-` or `_` at most.
        part: 1 to 3, or None outside the parts.
        second: seconds since the recording began, or None when nothing is recorded.

    Raises:
        Forbidden: the sheet is another rater's.
        Refused: the sheet is submitted.
        Invalid: no text or too much, an unknown criterion, an impossible place.
    """
    value = {"text": text, "criterion": criterion, "part": part, "second": second}
    syncing.write(db, actor, sheet, Kind.NOTE, client_id, value)
    return next(note for note in sheet.notes if note.client_id == client_id)
