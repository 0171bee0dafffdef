"""What an act of the test page needs, by one statement: the test, and the watch that is on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask_login import current_user
from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, contains_eager, defer, load_only

from enrolment.models import Candidacy, Candidate
from kernel.db import LOCK
from proctor.models import ProctorSession
from proctor.watching import RUNNING
from written_test.models import WrittenTest, WrittenTestState


@dataclass(frozen=True, slots=True)
class Seat:
    """A candidacy's test, and the watch over it, if one is on."""

    candidacy: Candidacy
    test: WrittenTest
    watch: ProctorSession | None


# Made once: a statement that is put together anew costs as much as asking it.
_SEAT: Final = (
    select(WrittenTest, Candidacy, ProctorSession)
    .join(Candidacy, WrittenTest.candidacy_id == Candidacy.id)
    .join(Candidate, Candidacy.candidate_id == Candidate.id)
    .outerjoin(
        ProctorSession, and_(ProctorSession.candidacy_id == WrittenTest.candidacy_id, *RUNNING)
    )
    .where(
        WrittenTest.candidacy_id == bindparam("candidacy"),
        WrittenTest.state != WrittenTestState.VOID,
        Candidate.user_id == bindparam("user"),
    )
    .order_by(WrittenTest.number.desc(), ProctorSession.id.desc())
    .limit(1)
    .options(
        load_only(Candidacy.candidate_id, Candidacy.window_end),
        contains_eager(Candidacy.candidate).load_only(Candidate.user_id),
        defer(WrittenTest.skills),
        defer(ProctorSession.words),
        defer(ProctorSession.room_note),
    )
)
_LOCKED: Final = _SEAT.with_for_update(of=WrittenTest, **LOCK)


def seat(db: Session, candidacy_id: int, *, is_locked: bool = False) -> Seat | None:
    """Return the last test that counts of a candidacy of whoever is signed in.

    `is_locked`: its row is to be locked until the end of the transaction.
    """
    asked = {"candidacy": candidacy_id, "user": current_user.user_id}
    row = db.execute(_LOCKED if is_locked else _SEAT, asked).first()
    return None if row is None else Seat(row[1], row[0], row[2])


def locked_seat(db: Session, candidacy_id: int) -> Seat | None:
    """Return the same, with the test's row locked."""
    return seat(db, candidacy_id, is_locked=True)
