"""The jobs process: it empties the outbox, seals the audit log, and forgets what must be.

Huey carries the wake-up from a commit to this process and keeps the times of what recurs. What
must happen is never in its queue alone: it is a row of the outbox, so that a lost wake-up costs
two seconds and no letter.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from huey import crontab

from enrolment import jobs as enrolment_jobs
from evaluator_app.live.pokes import drain_task, queue
from evaluator_app.processes import logs
from evaluator_app.processes.facts_reader import FactsReader
from evaluator_app.sign_in.occupied import occupied
from evaluator_app.wiring import rules, timekeeping
from kernel import audit, clock, discarding, outbox, pulse, runs, staging, storage
from kernel.db import Database
from kernel.settings import Settings
from kernel.storage import Storage
from people import alarms, delivery, letters, locking, recovering, sessions
from proctor import jobs as proctor_jobs
from results import confirming, issuing, rating_letters, remaking, second_marking, trials
from rooms import absence
from rooms import jobs as rooms_jobs
from rooms.ended_sessions import PUT_OUT
from rooms.ending import CLOSE
from rooms.engines import native
from rubrics.raters import jobs as rater_jobs
from scheduling import busy, reminders, waiting
from scheduling.jobs import purge_proofs
from written_test import jobs as written_jobs
from written_test import purging

log = structlog.get_logger(__name__)

NAME = "jobs"
AWAITED = outbox.Lane(frozenset({recovering.KIND, letters.AWAITED}))
"""What somebody waits for in front of a screen: no crowd of invitations goes before it."""
LETTERS = outbox.Lane(frozenset({letters.KIND}))
ROOMS = outbox.Lane(frozenset({CLOSE, PUT_OUT, sessions.OVER}))
"""What is asked of the video server, which may take ten seconds to answer."""
APART = (AWAITED, LETTERS, ROOMS)
WORK = outbox.Lane(frozenset().union(*(lane.kinds for lane in APART)), others=True)
Job = Callable[[Database, Storage, Settings], object]


def seal(database: Database, _storage: Storage, settings: Settings) -> None:
    """Chain what the audit log has grown by, then take its head outside the database.

    Once an hour the whole log is looked through for what a slow transaction left unsealed.
    """
    with database.session(read_only=True) as db:
        audit.begin_head(db, settings.secrets, settings.head_file)
    with database.transaction() as db:
        sealed = audit.seal(db, whole=clock.now().minute == 0)
    if not sealed:
        return
    try:
        with database.session(read_only=True) as db:
            audit.write_head(db, settings.secrets, settings.head_file)
    except audit.HeadLost as lost:
        log.error("audit_head_lost", why=str(lost))
        with database.transaction() as db:
            alarms.tell_of_lost_head(db, settings, str(lost))


def purge(database: Database, kept: Storage, settings: Settings) -> None:
    """Remove pictures, snapshots, recordings and documents whose time is over."""
    rooms_jobs.purge(database, kept, settings)
    with database.transaction() as db:
        purge_proofs(db, kept, settings)
        proctor_jobs.purge_snapshots(db, kept, settings)


def close_silent_sessions(database: Database, _storage: Storage, settings: Settings) -> None:
    """Close the watches over written tests that nothing is heard of any more."""
    with database.transaction() as db:
        proctor_jobs.close_silent_sessions(db, settings)


def tell_of_waiting_pictures(database: Database, _storage: Storage, settings: Settings) -> None:
    """Tell the coordinators of identity pictures that nobody has looked at."""
    with database.transaction() as db:
        proctor_jobs.tell_of_waiting_pictures(db, settings)


def purge_written(database: Database, kept: Storage, settings: Settings) -> None:
    """Remove written answers and files of results whose time is over."""
    with database.transaction() as db:
        purging.purge(db, kept, settings)


def watch_disk(database: Database, _storage: Storage, settings: Settings) -> None:
    """Tell the coordinators when no further oral can be recorded."""
    with database.transaction() as db:
        alarms.watch_disk(db, settings)


def reconcile_recordings(database: Database, kept: Storage, settings: Settings) -> None:
    """Hold the recordings that wait to be ready against what lies in the storage."""
    rooms_jobs.reconcile(database, kept, settings)


def pick_up_runs(database: Database, _storage: Storage, _settings: Settings) -> None:
    """Begin again what takes long and whose process died: copies, releases, imports, studies."""
    runs.pick_up(database)


def end_silent_observations(database: Database, _storage: Storage, _settings: Settings) -> None:
    """Say until when those attended whose tab went without a word."""
    rooms_jobs.end_silent_observations(database)


def read_calendars(database: Database, _storage: Storage, settings: Settings) -> None:
    """Begin to read the evaluators' own calendars that are due."""
    busy.begin_round(database, settings)


def close_windows(database: Database, _storage: Storage, _settings: Settings) -> None:
    """Tell those whose access period closes soon, and close those that ended."""
    enrolment_jobs.close_windows(database)


def end_abandoned_tests(database: Database, _storage: Storage, _settings: Settings) -> None:
    """End written tests that were left, once their access period is over."""
    written_jobs.close_abandoned(database)


def offer_free_slots(database: Database, _storage: Storage, _settings: Settings) -> None:
    """Offer what is free to whoever waits for a slot."""
    waiting.offer_free(database)


def remind(database: Database, _storage: Storage, _settings: Settings) -> None:
    """Remind candidates of their oral, a week, a day and an hour before."""
    reminders.remind(database)


def further_marks(database: Database, _storage: Storage, _settings: Settings) -> None:
    """Ask for the further marks that nobody could be asked for; remind of those that are due."""
    second_marking.appoint_waiting(database)
    rating_letters.remind(database)


def watch_evaluators(database: Database, _storage: Storage, settings: Settings) -> None:
    """Tell the coordinators of evaluators who do not come."""
    absence.watch(database, settings)


def forget_incoming(_database: Database, kept: Storage, _settings: Settings) -> None:
    """Forget the files whose import nobody confirmed within a day."""
    staging.purge(kept)


def look_for_documents(database: Database, kept: Storage, _settings: Settings) -> None:
    """Look whether the files of documents are still there, all of them once a day."""
    remaking.look(database, kept)


def end_sessions(database: Database, _storage: Storage, settings: Settings) -> None:
    """End the sessions that are over or were silent too long, and what their browsers hold."""
    with database.transaction() as db:
        sessions.end_overdue(db, settings)
        sessions.end_idle(db, settings, occupied)


def study_raters(database: Database, _storage: Storage, _settings: Settings) -> None:
    """Compare evaluators anew, once a day."""
    rater_jobs.study_when_due(database)


def forget_what_left(database: Database, _storage: Storage, settings: Settings) -> None:
    """Forget what left long ago, and the tries that nobody waits for any more."""
    with database.transaction() as db:
        outbox.purge(db, settings)
        locking.forget(db)


EVERY_MINUTE: tuple[tuple[str, Job], ...] = (
    ("seal", seal),
    ("purge", purge),
    ("purge_written", purge_written),
    ("disk", watch_disk),
    ("recordings", reconcile_recordings),
    ("runs", pick_up_runs),
    ("observations", end_silent_observations),
    ("calendars", read_calendars),
    ("abandoned_tests", end_abandoned_tests),
    ("windows", close_windows),
    ("waiting", offer_free_slots),
    ("reminders", remind),
    ("further_marks", further_marks),
    ("absences", watch_evaluators),
    ("proctoring", close_silent_sessions),
    ("pictures", tell_of_waiting_pictures),
    ("incoming", forget_incoming),
    ("documents", look_for_documents),
    ("raters", study_raters),
    ("sessions", end_sessions),
    ("outbox", forget_what_left),
)


class Worker:
    """The jobs process: huey's consumer, and the thread that says it lives."""

    def __init__(self, settings: Settings) -> None:
        """Open the database and the storage, and register every task."""
        timekeeping.follow(settings)
        rules.register()
        self.settings = settings
        self.database = Database(settings.database)
        self.storage = storage.from_settings(settings)
        delivery.register(settings, self.storage)
        discarding.register(self.storage)
        confirming.register(settings)
        issuing.register(settings, self.storage)
        remaking.register(settings, self.storage)
        trials.register()
        self.huey = queue(settings)
        self.drain = drain_task(self.huey, self._drain)
        for name, job in EVERY_MINUTE:
            self.huey.periodic_task(crontab(), name=name)(self._guarded(name, job))
        self.over = threading.Event()
        self.due = {lane: threading.Event() for lane in APART}
        engine = native.from_settings(settings)
        self.facts = FactsReader(settings, self.database, self.storage, engine)

    def _drain(self) -> None:
        """Run what is due, some lanes apart: a server that hangs delays nothing but its own."""
        for due in self.due.values():
            due.set()
        self._run_lane(WORK)

    def _run_lane(self, lane: outbox.Lane) -> None:
        try:
            outbox.drain(self.database, lane=lane)
        except Exception as error:  # noqa: BLE001 -- the next beat finds what is due
            logs.failed("drain_failed", error)

    def begin_apart(self) -> list[threading.Thread]:
        """Let each lane that is drained apart have its thread, until the end."""
        threads = [
            threading.Thread(target=self._run_apart, args=(lane,), daemon=True) for lane in APART
        ]
        for thread in threads:
            thread.start()
        return threads

    def _run_apart(self, lane: outbox.Lane) -> None:
        """Run what is due in a lane, whenever somebody says so, until the end."""
        while not self.over.is_set():
            if self.due[lane].wait(pulse.EVERY.total_seconds()):
                self.due[lane].clear()
                self._run_lane(lane)

    def _guarded(self, name: str, job: Job) -> Callable[[], None]:
        def run() -> None:
            try:
                job(self.database, self.storage, self.settings)
            except Exception as error:  # noqa: BLE001 -- the next minute tries again
                logs.failed("job_failed", error, job=name)

        return run

    def _live(self) -> None:
        """Say every four seconds that this process lives; find rows whose wake-up was lost."""
        beats = 0
        while not self.over.is_set():
            try:
                if beats % 2 == 0:
                    with self.database.transaction() as db:
                        pulse.beat(db, NAME)
                self._wake()
            except Exception as error:  # noqa: BLE001 -- the next beat tries again
                logs.failed("beat_failed", error)
            beats += 1
            self.over.wait(pulse.EVERY.total_seconds() / 2)

    def _wake(self) -> None:
        """Have what is due run, also where the queue of wake-ups cannot be written."""
        with self.database.session(read_only=True) as db:
            due = outbox.due_kinds(db)
        for lane, event in self.due.items():
            if due & lane.kinds:
                event.set()
        if due - WORK.kinds:
            try:
                self.drain()
            except Exception as error:  # noqa: BLE001 -- a full disk, a lost file: not our rows
                logs.failed("wake_failed", error)
                self._run_lane(WORK)

    def run(self) -> None:
        """Work until SIGTERM."""
        threading.Thread(target=self._live, name="pulse", daemon=True).start()
        self.begin_apart()
        reader = threading.Thread(
            target=self.facts.run, args=(self.over,), name="facts", daemon=True
        )
        reader.start()
        consumer = self.huey.create_consumer(
            workers=1,
            initial_delay=0.1,
            backoff=1.1,
            max_delay=0.25,
            scheduler_interval=1,
            graceful_signal="TERM",
            shutdown_timeout=8,
        )
        try:
            consumer.run()
        finally:
            self.over.set()
            self.database.dispose()
