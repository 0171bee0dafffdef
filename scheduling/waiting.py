"""The waiting list: whoever found no free slot is offered the next one, first come, first served.

An offer keeps its slot for two hours of the person's own day, and one letter tells of it. Without
an answer the slot goes to the next, and the person waits behind those who were asked less often.
The third letter says that it is the last: without an answer, they leave the list, and may join it
again. Whatever is booked, by whomever, leaves the list (`appointments.make`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from enrolment import journey
from enrolment.models import BEFORE_ORAL, Candidacy, Candidate, Certification, Gate, GateKind
from kernel import audit, clock, live
from kernel.db import Database
from kernel.errors import N_, Refused
from kernel.permissions import SYSTEM, Actor, Permission, check
from people import entry, letters
from scheduling import appointments, availability, booking, occupancy
from scheduling.daytime import offer_until
from scheduling.models import Appointment, AppointmentState, Occupancy, Waiting

MOST_OFFERS: Final = 3
ORDER: Final = (Waiting.offers, Waiting.since, Waiting.id)

BOOKED = N_("Un rendez-vous est déjà pris : il n'y a rien à attendre.")


def join(db: Session, actor: Actor, candidacy: Candidacy) -> Waiting:
    """Put a candidacy on the waiting list; on it already, it keeps its place.

    Raises:
        Forbidden: not the candidate.
        Refused: nothing to book now, or an appointment stands.
    """
    check(db, actor, Permission.BOOK_ORAL, candidacy)
    journey.lock(db, candidacy)
    if appointments.current(db, candidacy) is not None:
        raise Refused(BOOKED)
    why = booking.may_choose(db, candidacy)
    if why is not None:
        raise Refused(why)
    known = of(db, candidacy)
    if known is not None:
        return known
    waiting = Waiting(candidacy_id=candidacy.id, since=clock.now())
    db.add(waiting)
    audit.record(db, actor, "waiting.join", waiting, candidacy_id=candidacy.id)
    _tell_pages(db, candidacy.id)
    return waiting


def leave(db: Session, actor: Actor, candidacy: Candidacy) -> None:
    """Take a candidacy off the waiting list; what it is offered is free again.

    Raises:
        Forbidden: not the candidate.
    """
    check(db, actor, Permission.BOOK_ORAL, candidacy)
    journey.lock(db, candidacy)
    waiting = of(db, candidacy)
    if waiting is None:
        return
    occupancy.let_go(db, candidacy)
    _remove(db, actor, waiting, "left")


def of(db: Session, candidacy: Candidacy) -> Waiting | None:
    """Return a candidacy's place on the list, if it waits."""
    return db.scalar(select(Waiting).where(Waiting.candidacy_id == candidacy.id))


def offered(db: Session, waiting: Waiting) -> Occupancy | None:
    """Return the slot that is kept for somebody who waits, while its offer runs."""
    if waiting.offer_until is None or waiting.offer_until <= clock.now():
        return None
    kept = occupancy.reserved(db, waiting.candidacy)
    return kept if kept is not None and kept.start_s == waiting.offer_start_s else None


def place_of(db: Session, waiting: Waiting) -> int:
    """Return the place on the list of its language; 1 is next, or is being asked."""
    if waiting.offer_until is not None:
        return 1
    language = waiting.candidacy.certification.language
    queue = (
        _in_order()
        .join(Waiting.candidacy)
        .join(Candidacy.certification)
        .where(Certification.language == language, Waiting.offer_until.is_(None))
    )
    return db.scalars(queue).all().index(waiting.id) + 1


def _in_order() -> Select[int]:
    return select(Waiting.id).order_by(*ORDER)


def offer_free(database: Database) -> int:
    """End the offers that ran out, then offer what is free, in order; return how many offers.

    A transaction for each: whoever books meanwhile waits for one of them, not for the list. What
    is free is looked up once a certification, and again only when some of it was given away: those
    for whom nothing can be are not asked about.
    """
    with database.session(read_only=True) as db:
        over = db.scalars(_to_end()).all()
    for number in over:
        with database.transaction() as db:
            end_offer(db, number)
    with database.session(read_only=True) as db:
        places = _places(db)
    free: dict[int, NDArray[np.int64]] = {}
    made = 0
    for place in places:
        if place.certification_id not in free:
            with database.session(read_only=True) as db:
                free[place.certification_id] = _free(db, place.certification_id, places)
        if not place.may_find(free[place.certification_id]):
            continue
        with database.transaction() as db:
            offered_one = offer_next(db, place.number)
        if offered_one:
            made += 1
            free.clear()  # an evaluator may examine for several certifications
    return made


def _to_end() -> Select[int]:
    """Select who was made an offer, and who has nothing to wait for any more."""
    gate = (
        select(Gate.id)
        .where(Gate.candidacy_id == Candidacy.id, Gate.kind == GateKind.WRITTEN_RESULT, Gate.open)
        .exists()
    )
    booked = (
        select(Appointment.id)
        .where(
            Appointment.candidacy_id == Candidacy.id,
            Appointment.state == AppointmentState.PLANNED,
        )
        .exists()
    )
    over = Waiting.offer_until.is_not(None)
    elsewhere = Candidacy.stage.not_in(BEFORE_ORAL)
    return _in_order().join(Waiting.candidacy).where(or_(over, elsewhere, ~gate, booked))


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody who waits: from when and until when they may sit the oral, in seconds."""

    number: int
    certification_id: int
    first: int
    last: int

    def may_find(self, free: NDArray[np.int64]) -> bool:
        """Tell whether one of these moments, in order, is theirs."""
        index = int(np.searchsorted(free, self.first))
        return index < len(free) and int(free[index]) < self.last


def _places(db: Session) -> list[Place]:
    """Return who waits without an offer, in order."""
    rows = db.scalars(
        select(Waiting)
        .where(Waiting.offer_until.is_(None))
        .options(
            joinedload(Waiting.candidacy).options(
                joinedload(Candidacy.certification),
                joinedload(Candidacy.candidate).joinedload(Candidate.user),
            )
        )
        .order_by(*ORDER)
    )
    return [_place(row) for row in rows]


def _place(waiting: Waiting) -> Place:
    candidacy = waiting.candidacy
    soonest, latest = availability.bounds(candidacy)
    first = max(soonest, offer_until(candidacy.candidate.user.timezone, clock.now()))
    return Place(
        waiting.id,
        candidacy.certification_id,
        occupancy.seconds(first),
        occupancy.seconds(latest),
    )


def _free(db: Session, certification_id: int, places: list[Place]) -> NDArray[np.int64]:
    """Return what is free of a certification for anybody, as far as those who wait may sit it."""
    theirs = [place for place in places if place.certification_id == certification_id]
    start = occupancy.moment_of(min(place.first for place in theirs))
    end = occupancy.moment_of(max(place.last for place in theirs))
    return availability.for_anybody(db, db.get_one(Certification, certification_id), start, end)


def end_offer(db: Session, number: int) -> None:
    """Close an offer that ran out or was given back; after the last one, the person leaves."""
    waiting = _held(db, number)
    if waiting is None or waiting.offer_until is None or offered(db, waiting) is not None:
        return
    if waiting.offer_until > clock.now() and occupancy.reserved(db, waiting.candidacy) is not None:
        return  # they look at another slot
    if waiting.offers >= MOST_OFFERS:
        _remove(db, SYSTEM, waiting, "unanswered")
        return
    waiting.offer_until = None
    audit.record(db, SYSTEM, "waiting.pass", waiting, candidacy_id=waiting.candidacy_id)
    _tell_pages(db, waiting.candidacy_id)


def offer_next(db: Session, number: int) -> bool:
    """Offer somebody who waits the next free slot, if there is one; tell whether it was."""
    waiting = _held(db, number)
    if waiting is None or waiting.offer_until is not None:
        return False
    candidacy = waiting.candidacy
    if occupancy.reserved(db, candidacy) is not None:
        return False  # they are about to book by themselves
    until = offer_until(candidacy.candidate.user.timezone, clock.now())
    offer = availability.offer(db, candidacy, until, candidacy.window_end)
    # What they let pass is offered again only when there is nothing else.
    for start in sorted(offer.starts(), key=lambda moment: _let_pass(waiting, moment)):
        for evaluator in offer.free_at(start):
            try:
                kept = occupancy.take(
                    db,
                    candidacy,
                    evaluator,
                    start,
                    start + availability.length(candidacy),
                    until=until,
                )
            except occupancy.Taken:
                continue
            _offer(db, waiting, kept, until)
            return True
    return False


def _held(db: Session, number: int) -> Waiting | None:
    """Return a row of the list with its candidacy held, unless it is to wait no more."""
    waiting = db.get(Waiting, number)
    if waiting is None:
        return None
    journey.lock(db, waiting.candidacy)
    # What was booked, left or offered while we waited for it.
    waiting = db.scalar(
        select(Waiting).where(Waiting.id == number).execution_options(populate_existing=True)
    )
    if waiting is not None and booking.may_choose(db, waiting.candidacy) is not None:
        _remove(db, SYSTEM, waiting, "not_waiting")
        return None
    return waiting


def _let_pass(waiting: Waiting, start: datetime) -> tuple[bool, datetime]:
    return occupancy.seconds(start) == waiting.offer_start_s, start


def _offer(db: Session, waiting: Waiting, kept: Occupancy, until: datetime) -> None:
    candidacy, user = waiting.candidacy, waiting.candidacy.candidate.user
    waiting.offers += 1
    waiting.offered_at, waiting.offer_until = clock.now(), until
    waiting.offer_start_s = kept.start_s
    audit.record(db, SYSTEM, "waiting.offer", waiting, candidacy_id=candidacy.id)
    letters.to(
        db,
        user,
        "slot_offered",
        {
            "certification": letters.in_each_language(candidacy.certification.name),
            "starts_at": occupancy.moment_of(kept.start_s).isoformat(),
            "minutes": int(availability.length(candidacy).total_seconds() // 60),
            "until": until.isoformat(),
            "last": waiting.offers >= MOST_OFFERS,
        },
        opens=entry.leads_to("booking", candidacy_id=candidacy.id),
        dedupe=f"slot_offered:{candidacy.id}:{waiting.since.isoformat()}:{waiting.offers}",
    )
    _tell_pages(db, candidacy.id)


def _remove(db: Session, actor: Actor, waiting: Waiting, why: str) -> None:
    audit.record(db, actor, "waiting.leave", waiting, candidacy_id=waiting.candidacy_id, why=why)
    _tell_pages(db, waiting.candidacy_id)
    db.delete(waiting)
    db.flush()


def _tell_pages(db: Session, candidacy_id: int) -> None:
    live.publish(db, f"candidacy:{candidacy_id}")
    live.publish(db, "plan")
