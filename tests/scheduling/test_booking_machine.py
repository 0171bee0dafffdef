"""Whatever people do in whatever order: nobody is booked twice, everybody is told once.

A machine of hypothesis books, moves, gives up, hands over, waits and lets time pass, with several
candidates, two orals of one person, and evaluators who are there for few hours. Each act is a
transaction: what is refused leaves nothing. After each step the whole database is looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import combinations

import letterbox
import pytest
from factories import Make
from hypothesis import HealthCheck
from hypothesis import settings as speed
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from enrolment import gates
from enrolment.models import GateKind, Stage
from kernel import clock
from kernel.errors import Refused
from kernel.outbox import OutboxRow
from scheduling import appointments, availability, booking, changing, occupancy, placing, waiting
from scheduling.models import Appointment, AppointmentState, Occupancy, Waiting

candidacies = st.integers(0, 3)
evaluators = st.integers(0, 2)
hours = st.integers(0, 11)
BUFFER = 10 * 60


class Booking(RuleBasedStateMachine):
    """The acts, and what must hold after each."""

    def __init__(self, database, installed, reached: Counter[str] | None = None) -> None:
        super().__init__()
        self.reached = Counter() if reached is None else reached
        self.db, self.installed, self.begins = database.session(), installed, clock.offset()
        self.told: dict[tuple[str, int], dict[str, str]] = {}
        self.known: dict[int, tuple] = {}

    @initialize(booked=st.integers(0, 4), handed=st.integers(0, 3))
    def people(self, booked=0, handed=0) -> None:
        clock.move(self.begins - clock.offset())
        make, db = Make(self.db), self.db
        certification = make.certification()
        person = make.candidate()
        persons = [person, person, make.candidate(), make.candidate()]
        self.candidacies = [make.candidacy(who, certification=certification) for who in persons]
        for candidacy in self.candidacies:
            gates.put(db, candidacy, GateKind.WRITTEN_RESULT, is_open=True)
        self.evaluators = [make.evaluator(timezone="UTC") for _ in range(3)]
        for evaluator in self.evaluators[:2]:
            make.hours(evaluator, 9 * 60, 10 * 60)  # two orals a day
        make.hours(self.evaluators[2], 9 * 60, 9 * 60 + 30)  # one
        make.tie(self.evaluators[2], self.candidacies[3].organisation)
        self.coordinator = make.coordinator().actor
        self.managers = [
            make.manager(candidacy.organisation).actor for candidacy in self.candidacies
        ]
        day = clock.now().date() + timedelta(days=2)
        self.first = datetime.combine(day, time(9), UTC)
        # Some examples begin where there is something to change, or where something was.
        for number in range(booked):
            self.confirm_what_is_free(number, number)
        for number in range(handed if any(self.relieved()) else 0):
            self.hand_over(number)

    def teardown(self) -> None:
        self.db.close()

    def moment(self, number: int) -> datetime:
        """One of the hours that everybody wants, and some that nobody offers."""
        return self.first + timedelta(days=number // 4, minutes=30 * (number % 4))

    def act(self, verb, *arguments) -> None:
        """Do something in a transaction; then note who must have been told of what changed."""
        try:
            with self.db.begin_nested():
                verb(self.db, *arguments)
                self.db.flush()
        except Refused:
            self.db.expire_all()
        for made in self.db.scalars(select(Appointment)):
            now = (made.starts_at, made.evaluator.email, made.state)
            before, sequence, uid = self.known.get(made.id, (None, -1, made.uid))
            if made.sequence != sequence:
                candidate = made.candidacy.candidate.user.email
                method = "REQUEST" if made.state is AppointmentState.PLANNED else "CANCEL"
                gone = {before[1]: "CANCEL"} if before else {}
                self.told[made.uid, made.sequence] = gone | {now[1]: method, candidate: method}
            assert made.uid == uid
            assert made.sequence == sequence + 1 if before != now else made.sequence >= sequence
            self.known[made.id] = (now, made.sequence, uid)

    def planned(self, number: int) -> Appointment | None:
        return appointments.current(self.db, self.candidacies[number])

    def who(self, number: int):
        return self.candidacies[number].candidate.user.actor

    @rule(number=candidacies, at=hours)
    def hold(self, number, at) -> None:
        self.act(booking.reserve, self.who(number), self.candidacies[number], self.moment(at))

    @rule(number=candidacies, at=hours)
    def confirm(self, number, at) -> None:
        candidacy = self.candidacies[number]
        self.act(booking.confirm, self.who(number), self.installed, candidacy, self.moment(at))

    @rule(number=candidacies)
    def confirm_what_is_held(self, number) -> None:
        candidacy = self.candidacies[number]
        kept = occupancy.reserved(self.db, candidacy)
        if kept is not None:
            at = occupancy.moment_of(kept.start_s)
            self.act(booking.confirm, self.who(number), self.installed, candidacy, at)

    @rule(number=candidacies, most=st.integers(0, 5))
    def confirm_what_is_free(self, number, most) -> None:
        candidacy = self.candidacies[number]
        later = clock.now() + timedelta(days=4)
        free = availability.offer(self.db, candidacy, clock.now(), later).starts()
        if free:
            at = free[min(most, len(free) - 1)]
            self.act(booking.confirm, self.who(number), self.installed, candidacy, at)

    @rule(number=candidacies)
    def let_go(self, number) -> None:
        self.act(booking.let_go, self.who(number), self.candidacies[number])

    @rule(number=candidacies)
    def cancel(self, number) -> None:
        if made := self.planned(number):
            self.act(booking.cancel, self.who(number), self.installed, made, "another day")

    @rule(number=candidacies)
    def force_majeure(self, number) -> None:
        if made := self.planned(number):
            manager = self.managers[number]
            self.act(changing.force_majeure, manager, self.installed, made, "hospital")

    def relieved(self) -> Iterator[Appointment]:
        """The orals that stand, and that a colleague could take over at once."""
        for number in range(len(self.candidacies)):
            made = self.planned(number)
            if made and changing.colleagues(self.db, made):
                yield made

    @precondition(lambda self: any(self.relieved()))
    @rule(which=candidacies)
    def hand_over(self, which) -> None:
        able = list(self.relieved())
        made = able[which % len(able)]
        before, who = made.evaluator_id, made.evaluator.actor
        self.act(changing.hand_over, who, self.installed, made, "flu")
        assert made.evaluator_id != before
        self.reached["handed over"] += 1

    @rule(number=candidacies)
    def hand_over_to_whoever_is_there(self, number) -> None:
        if made := self.planned(number):
            self.act(changing.hand_over, made.evaluator.actor, self.installed, made, "flu")

    @rule(number=candidacies)
    def send_back(self, number) -> None:
        if made := self.planned(number):
            self.act(changing.send_back, self.coordinator, self.installed, made, "flu")

    @rule(number=candidacies, whom=evaluators, at=hours)
    def place_or_move_by_hand(self, number, whom, at) -> None:
        if self.moment(at) <= clock.now() or (number == 3 and whom == 2):
            return
        evaluator, moment = self.evaluators[whom], self.moment(at)
        common = (self.coordinator, self.installed)
        if made := self.planned(number):
            self.act(placing.move, *common, made, evaluator, moment, "asked on the phone")
        else:
            self.act(placing.place, *common, self.candidacies[number], evaluator, moment)

    @rule(number=candidacies)
    def wait(self, number) -> None:
        self.act(waiting.join, self.who(number), self.candidacies[number])

    @rule(number=candidacies)
    def wait_no_more(self, number) -> None:
        self.act(waiting.leave, self.who(number), self.candidacies[number])

    @rule()
    def offer(self) -> None:
        for number in self.db.scalars(select(Waiting.id)).all():
            self.act(waiting.end_offer, number)
        for number in self.db.scalars(select(Waiting.id)).all():
            self.act(waiting.offer_next, number)

    @rule(minutes=st.sampled_from([1, 11, 3 * 60, 14 * 60]))
    def time_passes(self, minutes) -> None:
        clock.move(timedelta(minutes=minutes))

    @invariant()
    def nobody_is_taken_twice(self) -> None:
        rows = self.db.scalars(select(Occupancy)).all()
        for row, other in combinations(rows, 2):
            if row.evaluator_id == other.evaluator_id or row.person_id == other.person_id:
                assert row.end_s <= other.start_s or other.end_s <= row.start_s

    @invariant()
    def what_is_planned_takes_its_time_and_nothing_else_does(self) -> None:
        made = self.db.scalars(select(Appointment)).all()
        planned = [
            appointment for appointment in made if appointment.state is AppointmentState.PLANNED
        ]
        taken = self.db.scalars(select(Occupancy)).all()
        expected = [
            (
                appointment.id,
                appointment.evaluator_id,
                appointment.candidacy_id,
                occupancy.seconds(appointment.starts_at),
                occupancy.seconds(appointment.ends_at) + BUFFER,
                None,
            )
            for appointment in planned
        ]
        actual = [
            (
                row.appointment_id,
                row.evaluator_id,
                row.candidacy_id,
                row.start_s,
                row.end_s,
                row.expires_at,
            )
            for row in taken
            if row.appointment_id is not None
        ]
        assert sorted(actual) == sorted(expected)
        held = [row for row in taken if row.appointment_id is None]
        assert all(row.expires_at is not None for row in held)
        now = Counter(row.candidacy_id for row in held if row.expires_at > clock.now())
        assert all(count == 1 for count in now.values())

    @invariant()
    def the_stage_says_whether_an_oral_is_planned(self) -> None:
        for number, candidacy in enumerate(getattr(self, "candidacies", [])):
            booked = self.planned(number) is not None
            assert candidacy.stage is (Stage.BOOKED if booked else Stage.ENROLLED)
            assert not booked or waiting.of(self.db, candidacy) is None

    @invariant()
    def everybody_concerned_is_told_once_of_each_change(self) -> None:
        letters = [
            (letterbox.address(self.db, row.payload), row.payload["calendar"])
            for row in self.db.scalars(select(OutboxRow).order_by(OutboxRow.id))
            if row.payload.get("calendar")
        ]
        sent = Counter(
            (who, file["uid"], file["sequence"], file["method"]) for who, file in letters
        )
        expected = {
            (who, uid, sequence, method): 1
            for (uid, sequence), people in self.told.items()
            for who, method in people.items()
        }
        assert sent == expected
        last: dict[tuple[str, str], int] = {}
        for who, file in letters:
            assert file["sequence"] > last.get((who, file["uid"]), -1)
            last[who, file["uid"]] = file["sequence"]

    @invariant()
    def each_offer_is_one_letter(self) -> None:
        rows = self.db.scalars(select(OutboxRow)).all()
        letters = [row.dedupe for row in rows if row.payload["template"] == "slot_offered"]
        assert len(letters) == len(set(letters))
        for entry in self.db.scalars(select(Waiting)):
            start = f"slot_offered:{entry.candidacy_id}:{entry.since.isoformat()}:"
            assert sum(key.startswith(start) for key in letters) == entry.offers


def test_nobody_is_booked_twice_and_everybody_is_told_once(database, settings):
    pace = speed(
        max_examples=12,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    reached: Counter[str] = Counter()
    run_state_machine_as_test(lambda: Booking(database, settings, reached), settings=pace)
    assert reached["handed over"] > 0


def test_the_machine_hands_over_and_holds_its_promises(database, settings):
    """Chance reaches a hand-over in most runs; this one always."""
    machine = Booking(database, settings)
    machine.people(booked=2)
    before = machine.planned(0).evaluator_id
    machine.hand_over(0)
    made = machine.planned(0)
    assert (made.evaluator_id == before, made.sequence) == (False, 1)
    assert machine.reached == {"handed over": 1}
    letters = machine.db.scalars(select(OutboxRow).order_by(OutboxRow.id.desc()).limit(3)).all()
    assert [row.payload["calendar"]["method"] for row in letters] == [
        "REQUEST",
        "CANCEL",
        "REQUEST",
    ]
    for holds in (
        machine.nobody_is_taken_twice,
        machine.what_is_planned_takes_its_time_and_nothing_else_does,
        machine.the_stage_says_whether_an_oral_is_planned,
        machine.everybody_concerned_is_told_once_of_each_change,
    ):
        holds()
    machine.teardown()


def test_the_machine_finds_a_lost_letter(database, settings):
    """A machine that cannot fail would prove nothing."""
    machine = Booking(database, settings)
    machine.people()
    machine.confirm_what_is_free(0, 3)
    machine.everybody_concerned_is_told_once_of_each_change()
    lost = machine.db.scalars(select(OutboxRow).order_by(OutboxRow.id.desc())).first()
    machine.db.delete(lost)
    with pytest.raises(AssertionError):
        machine.everybody_concerned_is_told_once_of_each_change()
    machine.teardown()
