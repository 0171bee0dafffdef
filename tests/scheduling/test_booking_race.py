"""Candidates at the very same moment: one gets the slot, the others get the nearest free ones."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import letterbox
import pytest
from at_once import at_once
from sqlalchemy import select

from enrolment import gates
from enrolment.models import Candidacy, GateKind
from kernel import clock
from scheduling import availability, booking, changing
from scheduling.models import Appointment, Occupancy


@pytest.fixture
def candidacies(db, make):
    """Eight people who may book, and one evaluator who is always there."""
    certification = make.certification()
    make.hours(make.evaluator())
    made = [make.candidacy(certification=certification) for _ in range(8)]
    for candidacy in made:
        gates.put(db, candidacy, GateKind.WRITTEN_RESULT, is_open=True)
    return made


def free(db, candidacy):
    later = clock.now() + timedelta(days=4)
    return availability.offer(db, candidacy, clock.now(), later).starts()


def sequences(db, uid: str) -> list[tuple[str, int, str]]:
    payloads = [row.payload for row in letterbox.queued(db)]
    files = [(letterbox.address(db, told), told["calendar"]) for told in payloads]
    return [(who, file["sequence"], file["method"]) for who, file in files if file["uid"] == uid]


@pytest.mark.parametrize("held_first", [False, True])
def test_one_slot_is_given_to_one_of_eight(database, db, settings, candidacies, held_first):
    at = free(db, candidacies[0])[4]
    people = [(candidacy.id, candidacy.candidate.user.actor) for candidacy in candidacies]
    db.commit()
    nearest = []

    def claim(session, number, who) -> None:
        candidacy = session.get_one(Candidacy, number)
        try:
            if held_first:
                booking.reserve(session, who, candidacy, at)
            else:
                booking.confirm(session, who, settings, candidacy, at)
        except booking.SlotGone as gone:
            nearest.append(gone.nearest)
            raise

    acts = [partial(claim, number=number, who=who) for number, who in people]
    assert at_once(database, *acts) == ["done"] + ["refused"] * 7
    db.expire_all()
    assert len(db.scalars(select(Occupancy)).all()) == 1
    assert [len(slots) for slots in nearest] == [3] * 7
    assert all(at not in slots for slots in nearest)


def test_one_candidate_in_two_tabs_has_one_appointment(database, db, settings, candidacies):
    mine, slots = candidacies[0], free(db, candidacies[0])[:4]
    number, who = mine.id, mine.candidate.user.actor
    db.commit()

    def confirm(session, at) -> None:
        booking.confirm(session, who, settings, session.get_one(Candidacy, number), at)

    # Whoever comes second moves what the first one booked.
    outcomes = at_once(database, *[partial(confirm, at=at) for at in slots])
    assert outcomes == ["done"] * 4
    db.expire_all()
    made = db.scalars(select(Appointment)).one()
    taken = db.scalars(select(Occupancy)).one()
    assert (taken.appointment_id, taken.start_s) == (made.id, int(made.starts_at.timestamp()))
    assert made.sequence == 3
    mails = sequences(db, made.uid)
    assert sorted(mails) == sorted(
        (who, number, "REQUEST")
        for who in (mine.candidate.user.email, made.evaluator.email)
        for number in range(4)
    )


def test_handed_over_while_the_candidate_moves_it(database, db, make, settings, candidacies):
    mine, slots = candidacies[0], free(db, candidacies[0])
    who = mine.candidate.user.actor
    made = booking.confirm(db, who, settings, mine, slots[40])
    make.hours(make.evaluator())
    number, candidacy = made.id, mine.id
    coordinator = make.coordinator().actor
    db.commit()

    def move(session) -> None:
        booking.confirm(session, who, settings, session.get_one(Candidacy, candidacy), slots[60])

    def hand_over(session) -> None:
        changing.hand_over(
            session, coordinator, settings, session.get_one(Appointment, number), "flu"
        )

    assert at_once(database, move, hand_over) == ["done", "done"]
    db.expire_all()
    taken = db.scalars(select(Occupancy)).one()
    assert (taken.evaluator_id, taken.start_s) == (
        made.evaluator_id,
        int(made.starts_at.timestamp()),
    )
    assert (made.starts_at, made.sequence) == (slots[60], 2)
    mails = sequences(db, made.uid)
    assert len(mails) == len(set(mails))
    last = {address: method for address, _, method in mails}
    assert last.pop(mine.candidate.user.email) == "REQUEST"
    assert last.pop(made.evaluator.email) == "REQUEST"
    assert set(last.values()) <= {"CANCEL"}
