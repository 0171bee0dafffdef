"""Which moments are free for a candidacy, and with whom: the rows beside the arithmetic.

A slot belongs to whoever may examine the candidacy (`people.mandates`) and is there then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from enrolment.models import Candidacy, Certification
from kernel import clock
from people.mandates import Case, Mandate, may_examine, valid_between
from people.models import Accreditation, User
from scheduling.hours import Spans, instant, local_day, midnights, spans
from scheduling.known import Known, as_spans, read
from scheduling.mandates import mandate_of
from scheduling.models import Agenda, Occupancy
from scheduling.occupancy import BUFFER_MINUTES, moment_of, seconds
from scheduling.slots import Wanted, below_daily_most, free

DAILY_MOST: Final = 10
PACE_MINUTES: Final = 5
AT_ONCE: Final = timedelta(minutes=15)
"""How soon somebody whom a failure of ours sent back may sit their oral."""
NEAREST: Final = 3
FOR_EVER: Final = 1 << 39
NOTHING: Final[Spans] = np.empty((0, 3), np.int64)


@dataclass(frozen=True, slots=True)
class Examiner:
    """Somebody who may examine a candidacy, and how they work."""

    id: int
    zone: str
    buffer: int
    daily_most: int
    from_s: int
    until_s: int


@dataclass(frozen=True, slots=True)
class Offer:
    """Every free slot between two moments: rows of (evaluator, start, end), and who is how busy.

    `open`: when they are there, whether taken or not.
    """

    slots: Spans
    load: dict[int, int]
    open: Spans

    def starts(self) -> list[datetime]:
        """Return each moment at which somebody is free, once, in order."""
        return [moment_of(second) for second in np.unique(self.slots[:, 1]).tolist()]

    def nearest(self, moment: datetime, most: int = NEAREST) -> list[datetime]:
        """Return the free moments nearest to one, in order of time."""
        wanted = seconds(moment)
        known = np.unique(self.slots[:, 1])
        near = known[np.argsort(np.abs(known - wanted), kind="stable")[:most]]
        return [moment_of(second) for second in sorted(near.tolist())]

    def free_at(self, moment: datetime) -> list[int]:
        """Return who is free at a moment, the least loaded first."""
        free = self.slots[self.slots[:, 1] == seconds(moment), 0]
        return sorted(free.tolist(), key=lambda number: (self.load.get(number, 0), number))


def length(candidacy: Candidacy) -> timedelta:
    """Return how long the oral is, extra time included, marking not."""
    return timedelta(minutes=round(candidacy.certification.slot_minutes * candidacy.time_factor))


def bounds(candidacy: Candidacy, *, by_hand: bool = False) -> tuple[datetime, datetime]:
    """Return from when and until when the candidate may sit the oral, seen from now.

    `by_hand`: placed by a coordinator, who needs no notice.
    """
    notice = timedelta(hours=candidacy.certification.booking_notice_hours)
    soonest = clock.now()
    if not by_hand:
        soonest += AT_ONCE if candidacy.at_once else notice
    # Slots begin at whole seconds: one that begins within this second comes too soon.
    whole = soonest.replace(microsecond=0)
    soonest = whole if whole == soonest else whole + timedelta(seconds=1)
    return max(soonest, candidacy.window_start), candidacy.window_end


def examiners(db: Session, mandate: Mandate) -> list[Examiner]:
    """Return who has a mandate, whenever; those of one zone who mark equally long together."""
    rows = (
        select(
            User.id,
            User.timezone,
            Agenda.buffer_minutes,
            Agenda.daily_most,
            Accreditation.valid_from,
            Accreditation.valid_until,
        )
        .select_from(User)
        .outerjoin(Agenda, Agenda.evaluator_id == User.id)
    )
    order = (User.timezone, Agenda.buffer_minutes, User.id)
    return [examiner(*row) for row in db.execute(mandate.among(rows).order_by(*order))]


def offer(
    db: Session,
    candidacy: Candidacy,
    start: datetime,
    end: datetime,
    *,
    but: int | None = None,
    by_hand: bool = False,
    only: int | None = None,
) -> Offer:
    """Return what is free for a candidacy between two moments, within what it may book.

    The same number of queries for any number of evaluators and bookings. `but`: the id of an
    occupancy that is about to be given up, and counts as free. `by_hand`: for a coordinator, who
    needs no notice. `only`: the id of the one evaluator asked about.
    """
    soonest, latest = bounds(candidacy, by_hand=by_hand)
    start, end = max(start, soonest), min(end, latest)
    people = examiners(db, mandate_of(candidacy))
    people = [person for person in people if only in (None, person.id)]
    if start >= end or not people:
        return Offer(NOTHING, {}, NOTHING)
    ids = [person.id for person in people]
    first, last = seconds(start), seconds(end)
    known = read(db, ids, first, last, but)
    mine = as_spans(db, _own(candidacy, first, last, but))
    taken = np.concatenate([known.booked, known.busy, _for_all(mine, ids)])
    slots = [
        of_zone(zone, list(some), known, taken, _wanted(candidacy), (first, last))
        for (zone, _), some in groupby(people, key=lambda person: (person.zone, person.buffer))
    ]
    return Offer(np.concatenate(slots), known.load(), there(people, known, first, last))


def for_anybody(
    db: Session, certification: Certification, start: datetime, end: datetime
) -> NDArray[np.int64]:
    """Return each second at which a slot of a certification is free for somebody, in order.

    For whom is another matter: levels, ties and earlier meetings, each candidate's own window and
    extra time only take slots away. Where this finds none, nobody is to be asked.
    """
    people = examiners(db, may_examine(Case(certification.language)))
    if start >= end or not people:
        return NOTHING[:, 1]
    first, last = seconds(start), seconds(end)
    known = read(db, [person.id for person in people], first, last)
    taken = np.concatenate([known.booked, known.busy])
    lasts = 60 * certification.slot_minutes
    slots = [
        of_zone(zone, list(some), known, taken, (lasts, lasts), (first, last))
        for (zone, _), some in groupby(people, key=lambda person: (person.zone, person.buffer))
    ]
    return np.unique(np.concatenate(slots)[:, 1])


def examiner(
    ident: int,
    zone: str,
    buffer: int | None,
    most: int | None,
    since: date = date(2000, 1, 1),
    until: date | None = None,
) -> Examiner:
    """Return somebody who examines, with what holds for whoever did not say otherwise."""
    return Examiner(
        ident,
        zone,
        60 * (BUFFER_MINUTES if buffer is None else buffer),
        most or DAILY_MOST,
        *valid_seconds(since, until),
    )


def valid_seconds(since: date, until: date | None) -> tuple[int, int]:
    """Return between which seconds an accreditation of these days is valid."""
    begins, ends = valid_between(since, until)
    return seconds(begins), FOR_EVER if ends is None else seconds(ends)


def there(people: list[Examiner], known: Known, first: int, last: int) -> Spans:
    """Return when these people are there, whether taken or not."""
    hours = [NOTHING]
    for zone, some in groupby(people, key=lambda person: person.zone):
        ids = [person.id for person in some]
        rules = [rule for number in ids for rule in known.weekly.get(number, [])]
        exceptions = [other for number in ids for other in known.others.get(number, [])]
        hours.append(spans(zone, rules, exceptions, first, last))
    return np.concatenate(hours)


def _wanted(candidacy: Candidacy) -> tuple[int, int]:
    """Return how long the oral is and how long one without extra time would be, in seconds."""
    return int(length(candidacy).total_seconds()), 60 * candidacy.certification.slot_minutes


def of_zone(
    zone: str,
    people: list[Examiner],
    known: Known,
    taken: Spans,
    wanted: tuple[int, int],
    bounds_s: tuple[int, int],
) -> Spans:
    """Return what is free with the people of one zone who mark equally long."""
    first, last = bounds_s
    rules = [rule for person in people for rule in known.weekly.get(person.id, [])]
    exceptions = [other for person in people for other in known.others.get(person.id, [])]
    buffer = people[0].buffer
    pace = -(-(wanted[1] + buffer) // (60 * PACE_MINUTES)) * 60 * PACE_MINUTES
    # From whole days on, so that a slot's place does not depend on when one looks.
    day = local_day(zone, first) - timedelta(days=2)
    whole = spans(zone, rules, exceptions, instant(zone, day, 0), last + 2 * 86_400)
    people = sorted(people, key=lambda person: person.id)
    ids = np.array([person.id for person in people], np.int64)
    slots = free(whole, _of(taken, ids), Wanted(wanted[0], buffer, pace))
    slots = slots[(slots[:, 1] >= first) & (slots[:, 1] + wanted[0] <= last)]
    whose = np.searchsorted(ids, slots[:, 0])
    since = np.array([person.from_s for person in people], np.int64)[whose]
    until = np.array([person.until_s for person in people], np.int64)[whose]
    most = np.array([person.daily_most for person in people], np.int64)[whose]
    valid = (slots[:, 1] >= since) & (slots[:, 1] < until)
    days = midnights(zone, day, (last - first) // 86_400 + 5)
    return below_daily_most(slots[valid], days, _of(known.booked, ids), most[valid])


def _of(rows: Spans, ids: NDArray[np.int64]) -> Spans:
    """Return the rows of some people."""
    return np.asarray(rows[np.isin(rows[:, 0], ids)], np.int64)


def _own(candidacy: Candidacy, first: int, last: int, but: int | None) -> Select[int, int, int]:
    return select(Occupancy.person_id, Occupancy.start_s, Occupancy.end_s).where(
        Occupancy.person_id == candidacy.candidate.user_id,
        Occupancy.start_s < last,
        Occupancy.end_s > first,
        or_(Occupancy.appointment_id.is_not(None), Occupancy.candidacy_id != candidacy.id),
        or_(Occupancy.expires_at.is_(None), Occupancy.expires_at > clock.now()),
        Occupancy.id != (but or 0),
    )


def _for_all(mine: Spans, ids: list[int]) -> Spans:
    """Let what takes the person be taken of every evaluator."""
    if not len(mine):
        return mine
    rows = np.tile(mine, (len(ids), 1))
    rows[:, 0] = np.repeat(np.array(ids, np.int64), len(mine))
    return rows


def at_hour(
    db: Session, candidacy: Candidacy, moment: datetime, given_up: Occupancy | None
) -> list[int]:
    """Return who else could examine at the hour of an appointment, the least loaded first.

    Hours decide, as for any slot, but neither the notice nor the pace: the hour stands.
    """
    people = examiners(db, mandate_of(candidacy))
    if not people:
        return []
    first, last = seconds(moment), seconds(moment + length(candidacy))
    ends = {person.id: last + person.buffer for person in people}
    but = given_up.id if given_up else None
    known = read(db, list(ends), first, max(ends.values()), but)
    # Hours of days around: those that begin before and go on are one.
    hours = there(people, known, first - 86_400, last + 86_400).tolist()
    taken = np.concatenate([known.booked, known.busy]).tolist()
    open_ = {who for who, begins, closes in hours if begins <= first and closes >= ends[who]}
    clash = {who for who, begins, closes in taken if begins < ends[who] and closes > first}
    valid = {person.id for person in people if person.from_s <= first < person.until_s}
    load = known.load()
    return sorted(open_ & valid - clash, key=lambda who: (load.get(who, 0), who))
