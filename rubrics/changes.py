"""What every change of a scoresheet does: hold the row, check its rater, count and log it."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from kernel import audit
from kernel.db import HOLD
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor, Permission, check
from rubrics import queries
from rubrics.models import Scoresheet, SheetState

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def lock(db: Session, sheet: Scoresheet) -> None:
    """Read the sheet's state anew and keep others from changing it until the end."""
    db.flush()
    db.refresh(sheet, attribute_names=["state", "revision"], with_for_update=HOLD)
    # Marks and notes too: another tab may have written some while this one waited.
    for row in (*sheet.marks, *sheet.notes):
        db.expire(row)
    db.expire(sheet, ["marks", "notes"])


def writable(db: Session, actor: Actor, sheet: Scoresheet) -> None:
    """Hold the sheet for its rater.

    Raises:
        Forbidden: the sheet is another rater's.
        Refused: the sheet is submitted.
    """
    check(db, actor, Permission.MARK, sheet)
    lock(db, sheet)
    if sheet.state is not SheetState.DRAFT:
        raise Refused(
            N_("Cette grille est soumise. Pour la corriger, adressez-vous au coordinateur.")
        )


def in_grid(sheet: Scoresheet, criterion: str) -> None:
    """Refuse a criterion that the sheet's grid does not have."""
    if criterion not in queries.grid_of(sheet).keys:
        raise Invalid(N_("Ce critère n'est pas dans la grille."), "criterion")


def clean(text: str) -> str:
    """Take control characters out of `text`, and the blanks off both ends."""
    return _CONTROL.sub("", text).strip()


def changed(db: Session, actor: Actor, sheet: Scoresheet, act: str, **data: object) -> None:
    """Count one more change of the sheet and write it to the log."""
    sheet.revision += 1
    audit.record(db, actor, act, sheet, candidacy_id=sheet.performance.candidacy_id, **data)
    db.flush()
