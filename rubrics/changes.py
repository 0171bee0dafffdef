"""What every change of a scoresheet does: hold the row, count and log."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from kernel import audit
from kernel.db import LOCK
from kernel.permissions import Actor
from rubrics.models import Scoresheet

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def lock(db: Session, sheet: Scoresheet) -> None:
    """Read the sheet's state anew and keep others from changing it until the end."""
    db.flush()
    db.refresh(sheet, attribute_names=["state", "revision"], with_for_update=LOCK)
    # Marks and notes too: another tab may have written some while this one waited.
    for row in (*sheet.marks, *sheet.notes):
        db.expire(row)
    db.expire(sheet, ["marks", "notes", "standing"])


def clean(text: str) -> str:
    """Take control characters out of `text`, and the blanks off both ends."""
    return _CONTROL.sub("", text).strip()


def changed(db: Session, actor: Actor, sheet: Scoresheet, act: str, **data: object) -> None:
    """Count one more change of the sheet and write it to the log."""
    sheet.revision += 1
    audit.record(db, actor, act, sheet, candidacy_id=sheet.performance.candidacy_id, **data)
    db.flush()
