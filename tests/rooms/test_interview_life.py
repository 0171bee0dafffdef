"""Any acts in any order: the oral keeps its promises (a state machine drawn by hypothesis)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from factories import Make
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from memory_engine import MemoryEngine
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from twins import on_sqlite

from enrolment.models import Stage
from kernel import clock
from kernel.audit import AuditEntry
from kernel.errors import Refused, VivaError
from kernel.settings import Settings
from people import consents
from proctor import equipment
from rooms import cards, chat, identifying, incidents, joining, recordings, snapshot
from rooms import interview as orals
from rooms.models import (
    CardUse,
    Incident,
    IncidentKind,
    InterviewState,
    PartRun,
    Recording,
)
from rooms.transitions import OVER

TICKS = ("birth_name", "first_names", "birth_date", "face")
ORDER = list(InterviewState)


class Life(RuleBasedStateMachine):
    """Two people and an unreliable video server, doing whatever comes to mind."""

    db: Session
    house: Settings

    def __init__(self) -> None:
        super().__init__()
        self.engine = MemoryEngine()
        self.acts = 0
        self.refused = 0

    @initialize()
    def begin(self) -> None:
        self.point = self.db.begin_nested()
        make = Make(self.db)
        self.interview = orals.create_for(self.db, make.coordinator().actor, make.appointment())
        self.evaluator = self.interview.appointment.evaluator.actor
        self.candidate = self.interview.appointment.candidacy.candidate.user.actor
        tried = equipment.read(
            {
                "browser": {"usable": True},
                "camera": {"found": True, "width": 1280},
                "microphone": {"found": True, "level": 0.5},
                "sound": {"heard": True},
                "network": {"connected": True},
            }
        )
        consents.record(self.db, self.candidate, consents.VERSIONS, "fr")
        equipment.record(self.db, self.candidate, tried)
        self.last = (0, 0)

    def teardown(self) -> None:
        if hasattr(self, "point"):
            self.db.rollback()

    def attempt(self, act, *args, **kwargs) -> None:
        """Do it in a savepoint; a refusal must leave no trace."""
        before = self.seen()
        try:
            with self.db.begin_nested():
                act(self.db, *args, **kwargs)
                self.acts += 1
        except VivaError:
            self.refused += 1
            self.db.expire_all()
            assert self.seen() == before

    def seen(self) -> tuple:
        row = self.interview
        self.db.flush()
        counted = [
            self.db.scalar(select(func.count()).select_from(kind))
            for kind in (PartRun, CardUse, Recording, AuditEntry)
        ]
        return (row.state, row.part, row.revision, row.cards_level, *counted)

    @rule(silent=st.booleans())
    def weather(self, silent: bool) -> None:
        self.engine.silent = silent

    @rule(seconds=st.integers(0, 400))
    def wait(self, seconds: int) -> None:
        clock.move(timedelta(seconds=seconds))

    @rule(device=st.sampled_from(["device-one", "device-two"]), over=st.booleans())
    def enter(self, device: str, over: bool) -> None:
        act = orals.enter_waiting_room
        self.attempt(act, self.candidate, self.interview, device, take_over=over)

    @rule(calm=st.just(True))
    def forward(self, calm: bool) -> None:
        """What two sensible people would do next: so that lives get far."""
        self.engine.silent = not calm
        state = self.interview.state
        if state is InterviewState.PLANNED:
            self.open()
        elif state is InterviewState.OPEN:
            self.enter("device-one", over=True)
            self.admit()
        elif state is InterviewState.IDENTITY:
            self.confirm(TICKS)
        elif state is InterviewState.READY:
            self.start()
        elif self.interview.part in (1, 2):
            self.pick("B1")
            self.go_on(None)
        else:
            self.reveal()

    @rule()
    def open(self) -> None:
        self.attempt(orals.open_room, self.evaluator, self.interview)

    @rule()
    def admit(self) -> None:
        self.attempt(orals.admit, self.evaluator, self.interview)

    @rule(agrees=st.sampled_from([TICKS, TICKS, TICKS[:2]]))
    def confirm(self, agrees: tuple[str, ...]) -> None:
        act, day = identifying.confirm, "2099-01-31"
        self.attempt(act, self.evaluator, self.interview, "passport", day, agrees)

    @rule(reason=st.sampled_from(["", "autre personne"]), rare=st.integers(0, 5))
    def refuse(self, reason: str, rare: int) -> None:
        if rare == 0:
            act = identifying.refuse
            self.attempt(act, self.evaluator, self.house, self.interview, reason)

    @rule()
    def start(self) -> None:
        self.attempt(self.begin_oral)

    def begin_oral(self, db: Session) -> None:
        """Record, then start, as the edge does."""
        if orals.may_start(db, self.evaluator, self.interview):
            recordings.roll(self.engine, self.interview)
            orals.start(db, self.evaluator, self.interview)

    @rule(part=st.sampled_from([None, 1, 2, 3]))
    def go_on(self, part: int | None) -> None:
        self.attempt(orals.next_part, self.evaluator, self.interview, part)

    @rule(level=st.sampled_from(["A2", "B1", "C2", "X"]))
    def pick(self, level: str) -> None:
        self.attempt(cards.pick_level, self.evaluator, self.interview, level)

    @rule()
    def deal(self) -> None:
        self.attempt(cards.deal, self.evaluator, self.interview)

    @rule()
    def reveal(self) -> None:
        self.attempt(cards.reveal, self.evaluator, self.interview)

    @rule(name=st.sampled_from(["a", "b"]), mine=st.booleans())
    def say(self, name: str, mine: bool) -> None:
        who = self.evaluator if mine else self.candidate
        self.attempt(chat.say, who, self.interview, name, "bonjour")

    @rule(
        kind=st.sampled_from(["technical", "behaviour", "candidate_absent"]),
        fatal=st.booleans(),
        rare=st.integers(0, 4),
    )
    def incident(self, kind: str, fatal: bool, rare: int) -> None:
        self.attempt(
            incidents.report,
            self.evaluator,
            self.house,
            self.interview,
            kind,
            "coupure",
            fatal=fatal and rare == 0,
        )

    @rule(rare=st.integers(0, 3))
    def end(self, rare: int) -> None:
        if rare == 0:
            self.attempt(orals.end, self.evaluator, self.interview)

    @rule(mine=st.booleans())
    def connect(self, mine: bool) -> None:
        who = self.evaluator if mine else self.candidate
        act = joining.negotiate
        self.attempt(act, who, self.interview, "device-one", "v=0", self.engine)

    @rule(mine=st.booleans())
    def beat(self, mine: bool) -> None:
        who = self.evaluator if mine else self.candidate
        self.attempt(joining.heartbeat, who, self.interview, "device-one")

    def failed(self) -> bool:
        """Tell whether a technical failure ended the oral."""
        fatal = self.db.scalars(select(Incident.kind).where(Incident.fatal)).all()
        return fatal == [IncidentKind.TECHNICAL]

    @invariant()
    def promises(self) -> None:
        if not hasattr(self, "interview"):
            return
        row = self.interview
        assert (row.revision, ORDER.index(row.state)) >= self.last or row.state in OVER
        assert row.revision >= self.last[0]
        self.last = (row.revision, ORDER.index(row.state))
        assert (row.state is InterviewState.RUNNING) == (row.part is not None)
        runs = self.db.scalars(select(PartRun).order_by(PartRun.part)).all()
        assert [run.part for run in runs] == list(range(1, len(runs) + 1))
        open_runs = [run.part for run in runs if run.ended_at is None]
        assert open_runs == ([row.part] if row.part else [])
        recorded = self.db.scalars(select(Recording)).all()
        assert len(recorded) == (1 if row.started_at else 0)
        stage = row.appointment.candidacy.stage
        wanted = {
            InterviewState.PLANNED: Stage.BOOKED,
            InterviewState.ENDED: Stage.MARKING,
            InterviewState.ABORTED: Stage.ENROLLED if self.failed() else Stage.SUSPENDED,
        }
        assert stage is wanted.get(row.state, Stage.IN_ORAL)

    @invariant()
    def shows(self) -> None:
        """Both states can be told at any moment, and hide what they must."""
        if not hasattr(self, "interview"):
            return
        now = clock.now()
        mine = snapshot.for_evaluator(self.db, self.interview, now).sent()
        theirs = snapshot.for_candidate(self.db, self.interview, now).sent()
        assert mine["revision"] == theirs["revision"] == self.interview.revision
        assert (mine["allowed"] == []) == (self.interview.state in OVER)
        if theirs["card"] is not None:
            assert theirs["card"]["revealed_at"]
            assert {"prompts", "role", "level", "elicit"} & set(theirs["card"]) == set()


@on_sqlite
def test_any_acts_in_any_order(database, db, settings):
    one_life = type("OneLife", (Life,), {"db": db, "house": settings})
    run_state_machine_as_test(
        one_life,
        settings=_SETTINGS,
    )


_SETTINGS = settings(
    max_examples=8,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_a_wrong_turn_is_said_in_words(db, make, settings):
    interview = make.interview()
    evaluator = interview.appointment.evaluator.actor
    with pytest.raises(Refused, match="ouverte"):
        orals.may_start(db, evaluator, interview)
    with pytest.raises(Refused, match="ouverte"):
        orals.start(db, evaluator, interview)
