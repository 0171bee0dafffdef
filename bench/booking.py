"""Claims of slots by fifty connections at once, and the free slots of eight weeks.

`sqlite` and `postgresql`: 500 claims for 40 slots that overlap their neighbours, each the
transaction that takes the slot (`occupancy.take`); `bare_postgresql`: a bare INSERT under the same
constraints, committed, by the driver alone. Fifty connections claim at the very same moment, ten
times in a row: where bare INSERTs deadlock in the index, the others do not hurry on without them.
`slots_page` is what the booking page reads, with 200 evaluators and 20 000 bookings in its weeks.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from psycopg import errors
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from bench.booking_rows import BOOKINGS, EVALUATORS, Filled, fill
from bench.cluster import NotThere, postgresql
from bench.figures import could_not, figure, progress
from enrolment.models import Candidacy
from evaluator_app.wiring import migrate
from kernel.db import Database
from scheduling import availability, occupancy
from scheduling.models import Occupancy

CLAIMS, CONNECTIONS, SLOTS = 500, 50, 40
ROUNDS, READS = 5, 15
APART = timedelta(minutes=15)
ORAL, TAKEN = timedelta(minutes=20), timedelta(minutes=30)
WEEKS = timedelta(weeks=8)
UNITS = {"overlaps": "count", "claim_p50": "ms", "claim_p99": "ms"}

Claim = Callable[[int, int], None]
"""Take the slot of a number for the person of a number; a lost one is no error."""


def main() -> None:
    """Fill both databases, then claim and read on each in turn."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="viva-bench-")))
        urls = {"sqlite": f"sqlite:///{folder / 'booking.db'}"}
        try:
            urls["postgresql"] = stack.enter_context(postgresql(folder / "cluster"))
        except NotThere as why:
            _say_missing(str(why))
        stages = {case: Stage(url) for case, url in urls.items()}
        for stage in stages.values():
            stack.callback(stage.close)
        _claims(stages)
        _reads(stages)


def _say_missing(why: str) -> None:
    for case in ("postgresql", "bare_postgresql"):
        for name, unit in UNITS.items():
            could_not("booking", case, CLAIMS, name, unit, why)
    could_not("booking", "postgresql", BOOKINGS, "slots_page", "ms", why)


class Stage:
    """One database, filled, with fifty connections to it."""

    def __init__(self, url: str) -> None:
        """Migrate and fill it."""
        progress(
            f"booking: {EVALUATORS} evaluators, {BOOKINGS} bookings in {url.partition(':')[0]}"
        )
        # Each keeps forty connections at most.
        self.halves = [Database(url), Database(url)]
        self.database = self.halves[0]
        migrate.upgrade(self.database)
        self.filled: Filled
        with self.database.transaction() as db:
            self.filled = fill(db, datetime.now(UTC))
        with self.database.session(read_only=True) as db:
            claimants = db.scalars(
                select(Candidacy)
                .where(Candidacy.id.in_(self.filled.claimants))
                .options(joinedload(Candidacy.candidate))
            )
            self.claimants = list(claimants)
        self.begin = self.filled.after

    def claim(self, slot: int, person: int) -> None:
        """Take a slot as the product does."""
        starts_at = self.begin + slot * APART
        try:
            with self.halves[person % 2].transaction() as db:
                occupancy.take(
                    db, self.claimants[person], self.filled.examiner, starts_at, starts_at + ORAL
                )
        except occupancy.Taken:
            return

    def bare(self) -> tuple[Claim, list[psycopg.Connection[tuple[object, ...]]]]:
        """Return a claim by one INSERT, and the connections that it uses."""
        address = self.database.engine.url.set(drivername="postgresql")
        plain = address.render_as_string(hide_password=False)
        open_ = [psycopg.connect(plain) for _ in range(CONNECTIONS)]
        mine = threading.local()
        free = iter(open_)
        gate = threading.Lock()

        def claim(slot: int, person: int) -> None:
            if not hasattr(mine, "connection"):
                with gate:
                    mine.connection = next(free)
            start = occupancy.seconds(self.begin + slot * APART)
            who = self.claimants[person]
            values = (self.filled.examiner, who.candidate.user_id, who.id, start)
            try:
                mine.connection.execute(
                    "INSERT INTO occupancy "
                    "(evaluator_id, person_id, candidacy_id, start_s, end_s) "
                    "VALUES (%s, %s, %s, %s, %s)",
                    (*values, start + int(TAKEN.total_seconds())),
                )
                mine.connection.commit()
            except (errors.ExclusionViolation, errors.DeadlockDetected):
                mine.connection.rollback()

        return claim, open_

    def clear(self) -> None:
        """Give back what was claimed."""
        with self.database.transaction() as db:
            db.execute(delete(Occupancy).where(Occupancy.start_s >= occupancy.seconds(self.begin)))

    def overlaps(self) -> int:
        """Count the pairs of claims that overlap."""
        with self.database.session(read_only=True) as db:
            rows = db.execute(
                select(Occupancy.start_s, Occupancy.end_s)
                .where(Occupancy.start_s >= occupancy.seconds(self.begin))
                .order_by(Occupancy.start_s)
            ).all()
        if not rows:
            raise SystemExit("nobody got a slot")
        return sum(row[1] > other[0] for n, row in enumerate(rows) for other in rows[n + 1 :])

    def read(self) -> float:
        """Return how long the free slots of eight weeks take, in milliseconds."""
        now = datetime.now(UTC)
        with self.database.session(read_only=True) as db:
            candidacy = db.get_one(Candidacy, self.filled.reader)
            _ = candidacy.certification.slot_minutes, candidacy.candidate.user_id
            began = time.perf_counter()
            slots = availability.offer(db, candidacy, now, now + WEEKS).starts()
            took = (time.perf_counter() - began) * 1000
        if len(slots) < 100:
            raise SystemExit(f"only {len(slots)} slots are free")
        return took

    def close(self) -> None:
        """Let the connections go."""
        for half in self.halves:
            half.dispose()


def _claims(stages: dict[str, Stage]) -> None:
    cases: dict[str, tuple[Stage, Claim]] = {
        case: (stage, stage.claim) for case, stage in stages.items()
    }
    plain: list[psycopg.Connection[tuple[object, ...]]] = []
    measured: dict[str, dict[str, list[float]]] = {}
    for number in range(ROUNDS + 1):  # the first one opens connections
        if "postgresql" in stages:
            bare, plain = stages["postgresql"].bare()
            cases["bare_postgresql"] = (stages["postgresql"], bare)
        for case, (stage, claim) in cases.items():
            stage.clear()
            times = _all_at_once(claim)
            if number == 0:
                continue
            figures = measured.setdefault(case, {name: [] for name in UNITS})
            figures["overlaps"].append(stage.overlaps())
            figures["claim_p50"].append(statistics.median(times))
            figures["claim_p99"].append(statistics.quantiles(times, n=100)[98])
        for connection in plain:
            connection.close()
        progress(f"booking: round {number} of {ROUNDS}")
    for case, figures in measured.items():
        for name, rounds in figures.items():
            figure("booking", case, CLAIMS, name, rounds, UNITS[name])
    for stage in stages.values():
        stage.clear()


def _all_at_once(claim: Claim) -> list[float]:
    """Return how long each claim took, in milliseconds."""
    barrier = threading.Barrier(CONNECTIONS)

    def claim_in_turn(connection: int) -> list[float]:
        times = []
        for person in range(connection, CLAIMS, CONNECTIONS):
            barrier.wait()
            began = time.perf_counter()
            claim(person * 7 % SLOTS, person)
            times.append((time.perf_counter() - began) * 1000)
        return times

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return [took for times in pool.map(claim_in_turn, range(CONNECTIONS)) for took in times]


def _reads(stages: dict[str, Stage]) -> None:
    times: dict[str, list[float]] = {case: [] for case in stages}
    for number in range(READS + 2):  # the first ones compile statements and read zones
        for case, stage in stages.items():
            took = stage.read()
            if number > 1:
                times[case].append(took)
    for case, rounds in times.items():
        figure("booking", case, BOOKINGS, "slots_page", rounds, "ms")


if __name__ == "__main__":
    main()
