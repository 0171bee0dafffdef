"""A restore as docs/operations.md says: copied while people work, brought back elsewhere."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import threading

import postgres
import psycopg
import pytest
from sqlalchemy import func, select

from enrolment.models import Candidacy, Stage
from evaluator_app.cli import main
from evaluator_app.commands import restore
from kernel import audit, clock, held_back, outbox, pulse, storage
from kernel.audit import AuditEntry
from kernel.db import Database
from kernel.permissions import SYSTEM
from kernel.settings import load
from people import delivery, letters
from people.models import User
from results import validation
from results.models import Document
from rooms.models import Incident, Interview, InterviewState, PartRun, Recording, RecordingState
from tests.results.test_validation import complete

on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
KEY = base64.b64encode(b"k" * 32).decode()


class Work(threading.Thread):
    """Documents issued, letters queued and the log sealed, without a pause, until `over`."""

    def __init__(self, database, settings, verdict_id):
        super().__init__(daemon=True)
        self.database, self.settings, self.verdict_id = database, settings, verdict_id
        self.kept = storage.from_settings(settings)
        self.over, self.well_begun = threading.Event(), threading.Event()
        self.done = 0
        self.error = None

    def run(self):
        try:
            while not self.over.is_set():
                self._once(f"document{self.done}")
                self.done += 1
                if self.done == 20:
                    self.well_begun.set()
        except Exception as error:  # noqa: BLE001 -- the test says it
            self.error = error
            self.well_begun.set()

    def _once(self, code):
        with self.database.transaction() as db:
            stored = self.kept.put(f"documents/{code}.pdf", code.encode())
            document = Document(
                verdict_id=self.verdict_id,
                kind="attestation",
                code=code,
                locale="fr",
                issued_at=clock.now(),
                storage_key=stored.key,
                sha256=stored.sha256,
            )
            db.add(document)
            audit.record(db, SYSTEM, "document.issue", document)
            claire = db.scalars(select(User).where(User.role == "coordinator").limit(1)).one()
            context = {"free": 1, "least": "5", "link": "http://x.example"}
            letters.to(db, claire, "disk_low", context)
        with self.database.transaction() as db:
            audit.seal(db)
        with self.database.session(read_only=True) as db:
            audit.write_head(db, self.settings.secrets, self.settings.head_file)


def held_oral(make, kept):
    """An oral whose recording can be played."""
    interview = make.interview(make.appointment(make.candidacy()), state=InterviewState.ENDED)
    segment = {"key": kept.put("recordings/held/0.webm", b"webm").key}
    make.db.add(
        Recording(
            interview_id=interview.id,
            name="held",
            state=RecordingState.READY,
            started_at=clock.now(),
            manifest={"segments": [segment]},
        )
    )


def running_oral(make):
    """An oral in its second part, being recorded."""
    interview = make.interview(
        make.appointment(make.candidacy(stage=Stage.IN_ORAL)),
        state=InterviewState.RUNNING,
        opened_at=clock.now(),
        started_at=clock.now(),
        part=2,
    )
    make.db.add_all(
        [
            PartRun(interview_id=interview.id, part=2, started_at=clock.now()),
            Recording(
                interview_id=interview.id,
                name="running",
                state=RecordingState.RUNNING,
                started_at=clock.now(),
            ),
        ]
    )
    make.db.flush()
    return interview.id


@pytest.fixture
def elsewhere(shared, database):
    """An empty database beside the test's own; gone at the end."""
    name = f"{database.engine.url.database}_restored"

    def ask(statement):
        with psycopg.connect(
            f"host={shared / 'cluster'} user=viva dbname=postgres", autocommit=True
        ) as connection:
            connection.execute(statement)

    ask(f"DROP DATABASE IF EXISTS {name}")
    ask(f"CREATE DATABASE {name}")
    place = Database(postgres.url(shared, name))
    yield place
    place.dispose()
    ask(f"DROP DATABASE {name} WITH (FORCE)")


def postgresql(shared, tool, name, *words):
    done = subprocess.run(
        [postgres.binaries() / tool, "-h", shared / "cluster", "-U", "viva", "-d", name, *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def viva(monkeypatch, capsys):
    """Run a command on an installation: how it ended, what it printed, what it complained of."""
    mask = os.umask(0o077)

    def run(settings, place, *words):
        monkeypatch.setenv("VIVA_MODE", "test")
        monkeypatch.setenv("VIVA_VAR", str(settings.var))
        monkeypatch.setenv("VIVA_DATABASE_URL", place.url)
        monkeypatch.setenv("VIVA_SECRET_KEY", settings.secret_key.get_secret_value())
        monkeypatch.setenv("VIVA_STORAGE_KEYS", KEY)
        load.cache_clear()
        capsys.readouterr()
        code = main(words)
        return (code, *capsys.readouterr())

    yield run
    os.umask(mask)
    load.cache_clear()


@on_postgresql
def test_what_was_copied_under_work_is_whole_elsewhere(
    db, make, database, settings, shared, elsewhere, viva, tmp_path
):
    kept = storage.from_settings(settings)
    held_oral(make, kept)
    oral = running_oral(make)
    verdict = validation.validate(db, make.coordinator().actor, complete(make))
    db.commit()
    audit.begin_head(db, settings.secrets, settings.head_file)
    db.rollback()
    there = settings.model_copy(update={"var": tmp_path / "restored"})
    there.var.mkdir()
    work = Work(database, settings, verdict.id)
    work.start()
    assert work.well_begun.wait(60)
    try:  # as the page for operators says: the log's head, the database, the files
        shutil.copy(settings.head_file, there.head_file)
        before = work.done
        dump = tmp_path / "viva.dump"
        name = database.engine.url.database
        postgresql(shared, "pg_dump", name, "--format=custom", f"--file={dump}")
        unfinished = shutil.ignore_patterns(".partial")
        shutil.copytree(settings.storage, there.storage, ignore=unfinished)
    finally:
        work.over.set()
        work.join()
    assert work.error is None
    shutil.copy(settings.clock_file, there.clock_file)
    postgresql(shared, "pg_restore", elsewhere.engine.url.database, "--no-owner", str(dump))
    with elsewhere.session(read_only=True) as back:
        documents = back.scalar(
            select(func.count()).select_from(Document).where(Document.code.like("document%"))
        )
        letters = len(held_back.waiting(back, restore.LEAVE))
    assert before <= documents <= work.done
    assert letters == documents + 1  # and the verdict's own documents

    code, words, complaint = viva(there, elsewhere, "restore", "check")
    assert (code, complaint) == (1, "")
    parts = {line[6:17].strip(): line[:4] for line in words.splitlines() if line[:4].strip()}
    assert parts == {
        "processes": "OK  ",
        "audit": "OK  ",
        "files": "OK  ",
        "orals": "TODO",
        "letters": "TODO",
    }
    code, words, complaint = viva(there, elsewhere, "restore", "check", "--settle")
    assert (code, complaint) == (0, "")
    assert words.splitlines()[0] == f"1 orals ended, {letters} letters held back"
    look_at_the_oral(elsewhere, oral)
    nothing_leaves_by_itself(elsewhere, there, letters)

    (there.storage / "documents" / "document3.pdf").unlink()
    shutil.copy(settings.head_file, there.head_file)  # signed after the copy was taken
    code, words, _ = viva(there, elsewhere, "restore", "check")
    assert (code, "lost: documents/document3.pdf" in words) == (1, True)
    assert "TODO  audit      the chain no longer reaches the signed head" in words
    assert viva(there, elsewhere, "audit", "accept", "--reason", "restored")[0] == 0
    assert viva(there, elsewhere, "audit", "verify")[0] == 0


@on_postgresql
def test_nothing_is_settled_while_the_jobs_process_runs(db, make, database, settings, viva):
    oral = running_oral(make)
    pulse.beat(db, "jobs")
    db.commit()
    code, words, complaint = viva(settings, database, "restore", "check", "--settle")
    assert (code, words, complaint) == (
        1,
        "",
        "viva restore check: the jobs process runs: stop viva serve, or viva worker\n",
    )
    db.expire_all()
    assert db.get_one(Interview, oral).state is InterviewState.RUNNING


def look_at_the_oral(place, number):
    with place.session(read_only=True) as db:
        interview = db.get_one(Interview, number)
        assert (interview.state, interview.part) == (InterviewState.ENDED, None)
        assert interview.appointment.candidacy.stage is Stage.MARKING
        recording = db.scalars(select(Recording).where(Recording.name == "running")).one()
        assert recording.state is RecordingState.MUXING
        incident = db.scalars(select(Incident).where(Incident.interview_id == number)).one()
        assert (incident.fatal, incident.read_at) == (False, None)
        run = db.scalars(select(PartRun).where(PartRun.interview_id == number)).one()
        assert run.ended_at == interview.ended_at == run.started_at
        assert db.scalar(select(func.count()).select_from(Candidacy)) == 3
        acts = db.scalars(
            select(AuditEntry.act).where(
                AuditEntry.subject_kind == "Interview",
                AuditEntry.subject_id == number,
                AuditEntry.act == "interview.end",
            )
        ).all()
        assert acts == ["interview.end"]


def nothing_leaves_by_itself(place, settings, number):
    delivery.register(settings, storage.from_settings(settings))
    lane = outbox.Lane(frozenset(restore.LEAVE))
    assert outbox.drain(place, lane=lane) == 0
    with place.transaction() as db:
        held = db.scalars(select(AuditEntry.data).where(AuditEntry.act == "letter.hold_back")).all()
        given_up = outbox.given_up(db, letters.KINDS)
        assert (len(held), len(given_up)) == (number, number - 1)
        assert {row.error for row in given_up} == {held_back.HELD_BACK}
        assert outbox.retry(db, given_up[0].id)
    assert outbox.drain(place, lane=lane) == 1
    assert len(list(settings.mails.glob("*.eml"))) == 1
