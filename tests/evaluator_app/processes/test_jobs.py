"""The jobs process: it hears of a commit at once, and does what recurs."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from factories import Make

from evaluator_app.live import pokes
from evaluator_app.processes.jobs import APART, WORK, Worker, purge, seal
from kernel import audit, clock, outbox, pulse, storage
from kernel.permissions import SYSTEM, Role
from kernel.settings import MailBackend, SmtpSecurity
from people import entry, inviting, letters, recovering
from people.inviting import Invitation
from proctor.models import IdentityState

PATIENCE = 60.0  # seconds that a busy machine may take


@pytest.fixture
def installed(settings, database):
    """Settings that name the test's own database, and a media server that is away."""
    return settings.model_copy(
        update={"database_url": database.url, "media_url": "http://127.0.0.1:9"}
    )


@contextmanager
def at_work(settings) -> Iterator[Worker]:
    """The jobs process's own worker, at work in threads of this process."""
    made = Worker(settings)
    consumer = made.huey.create_consumer(workers=1, initial_delay=0.05, max_delay=0.1)
    consumer._set_signal_handlers = lambda: None  # signals belong to the main thread
    thread = threading.Thread(target=consumer.run, daemon=True)
    thread.start()
    lanes = made.begin_apart()
    yield made
    made.over.set()
    for due in made.due.values():
        due.set()
    for lane in lanes:
        lane.join(10)
    consumer.stop(graceful=True)
    thread.join(10)
    made.database.dispose()


@pytest.fixture
def worker(installed):
    with at_work(installed) as made:
        yield made


def _letter(db) -> None:
    user = Make(db).coordinator(email="camille@example.test")
    letters.to(db, user, "disk_low", {"free": 1, "least": "5", "link": "https://x.example"})


def due(database) -> bool:
    with database.session(read_only=True) as db:
        return outbox.is_due(db)


def test_a_letter_leaves_soon_after_its_commit(worker, installed, database):
    wake = pokes.waker(installed)
    with database.transaction() as db:
        _letter(db)
    wake()
    committed = time.monotonic()
    while not list(installed.mails.glob("*.eml")):
        assert time.monotonic() - committed < PATIENCE, "the letter never left"
        worker.over.wait(0.02)


def test_a_lost_wake_up_costs_two_seconds_and_no_letter(worker, installed, database):
    with database.transaction() as db:
        _letter(db)
    assert due(database) is True
    beats = threading.Thread(target=worker._live, daemon=True)
    beats.start()
    committed = time.monotonic()
    while not list(installed.mails.glob("*.eml")):
        assert time.monotonic() - committed < PATIENCE, "the letter never left"
        worker.over.wait(0.02)
    with database.session(read_only=True) as db:
        assert pulse.alive(db, "jobs") is True
    while due(database):  # the letter lies there before its row is marked
        assert time.monotonic() - committed < PATIENCE, "the row was never marked"
        worker.over.wait(0.02)


def test_waking_never_raises(settings, tmp_path):
    blocked = tmp_path / "a file, not a folder"
    blocked.write_text("")
    pokes.waker(settings.model_copy(update={"var": blocked}))()


def test_the_log_is_sealed_and_its_head_kept_elsewhere(installed, database):
    with database.transaction() as db:
        audit.record(db, SYSTEM, "sample.act", None)
    kept = storage.from_settings(installed)
    seal(database, kept, installed)
    with database.session(read_only=True) as db:
        report = audit.verify(db, installed.secrets, installed.head_file)
    assert (report.sealed, report.unsealed, report.faults) == (1, 0, [])


def test_identity_pictures_die_in_time(installed, database, db, make):
    kept = storage.from_settings(installed)
    picture = kept.put("identity/one.jpg", b"a picture").key
    check = make.identity_check(
        make.candidacy(),
        state=IdentityState.CONFIRMED,
        picture_key=picture,
        picture_taken_at=clock.now(),
    )
    db.commit()
    clock.move(timedelta(hours=71))
    purge(database, kept, installed)
    assert kept.exists(picture) is True
    clock.move(timedelta(hours=2))
    purge(database, kept, installed)
    assert kept.exists(picture) is False
    db.refresh(check)
    assert check.picture_key is None
    assert check.picture_purged_at is not None


def test_documents_of_a_force_majeure_die_in_time(installed, database):
    kept = storage.from_settings(installed)
    stray = kept.put("proofs/1/of-no-row.pdf", b"a document").key
    purge(database, kept, installed)
    assert kept.exists(stray) is False


def test_a_job_that_fails_is_logged_and_the_next_runs(installed, capsys):
    def fail(*_given):
        raise OSError("the disk is away")

    worker = Worker(installed)
    worker._guarded("fail", fail)()
    assert "job_failed" in capsys.readouterr().out
    worker.database.dispose()


def test_a_mail_server_that_hangs_delays_no_other_work(worker, installed, database):
    """One letter hangs in its handler; what is due beside it is done all the same."""
    hangs, go_on, done = threading.Event(), threading.Event(), threading.Event()

    @outbox.handles(letters.KIND)
    def _hang(_database, _row) -> None:
        hangs.set()
        go_on.wait(20)

    outbox.handles("sample")(lambda _database, _row: done.set())
    with database.transaction() as db:
        _letter(db)
        outbox.enqueue(db, "sample", {})
    worker._drain()
    assert hangs.wait(10)
    assert done.wait(10)
    go_on.set()


def test_a_receiver_that_hangs_on_invitations_keeps_nobody_from_coming_in(
    installed, database, db, make, smtp
):
    """Every invitation hangs; the link that somebody asks for leaves meanwhile, and opens."""
    sending = installed.model_copy(
        update={
            "mail_backend": MailBackend.SMTP,
            "smtp_host": smtp.host,
            "smtp_port": smtp.port,
            "smtp_security": SmtpSecurity.NONE,
            "smtp_timeout": 300,
        }
    )
    user = make.coordinator(email="ada@example.test")
    for number in range(3):
        wish = Invitation(f"invited{number}@example.test", Role.COORDINATOR)
        inviting.invite(db, SYSTEM, wish)
        smtp.hangs.add(wish.email)
    recovering.ask(db, user.email)
    db.commit()
    with at_work(sending) as worker:
        worker._drain()
        assert smtp.hung.wait(60)
        deadline = time.monotonic() + 60
        while not smtp.messages and time.monotonic() < deadline:
            worker._wake()
            smtp.wait(0.1)
        assert [str(message["To"]) for message in smtp.messages] == [f"{user.name} <{user.email}>"]
        assert smtp.go_on.is_set() is False
        smtp.hangs.clear()
        smtp.go_on.set()
    token = re.search(r"/e/(\S+)", smtp.messages[0].get_body(("plain",)).get_content())[1]
    assert entry.use(db, sending, token).id == user.id


def test_each_kind_goes_by_one_lane():
    lanes = (*APART, WORK)
    for kind in (letters.KIND, letters.AWAITED, recovering.KIND, "room_close", "anything else"):
        assert sum((kind in lane.kinds) is not lane.others for lane in lanes) == 1, kind


def test_a_queue_that_cannot_be_written_stops_nothing(worker, database, monkeypatch):
    def full() -> None:
        raise OSError(28, "No space left on device")

    done = threading.Event()
    outbox.handles("sample")(lambda _database, _row: done.set())
    monkeypatch.setattr(worker, "drain", full)
    with database.transaction() as db:
        outbox.enqueue(db, "sample", {})
    worker._wake()
    assert done.is_set()
