"""`viva` from outside: what it prints, what it changes, how it ends."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys

import pytest
from factories import Make
from sqlalchemy import select
from twins import on_sqlite

from evaluator_app.cli import COMMANDS, WHERE, main
from evaluator_app.commands import doctor
from kernel import audit, clock
from kernel.db import Database
from kernel.permissions import SYSTEM, Role
from kernel.sealing import open_word, seal_word
from kernel.settings import HERE, Settings, load
from kernel.storage import KeyRing, Storage
from people.models import User
from scheduling.models import BusySource, BusySourceKind

ENVIRONMENT = {
    "VIVA_SECRET_KEY": "a secret of the tests, long enough to sign with",
    "VIVA_PASSWORD_SALT": "another secret of the tests",
    "VIVA_STORAGE_KEYS": base64.b64encode(b"k" * 32).decode(),
    "VIVA_MEDIA_SECRET": "shared by web and media",
    "VIVA_MEDIA_URL": "http://127.0.0.1:9",
}
Done = subprocess.CompletedProcess[str]


@pytest.fixture
def process(tmp_path):
    """Run a command in a process of its own, on an installation of its own."""
    environment = {"PATH": "/usr/bin:/bin", "VIVA_VAR": str(tmp_path / "var"), **ENVIRONMENT}

    def run(*words: str, **changes: str) -> Done:
        return subprocess.run(
            [sys.executable, "-m", "evaluator_app.cli", *words],
            cwd=HERE,
            env={**environment, **changes},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def viva(tmp_path, monkeypatch, capfd):
    """Run a command on an installation of its own, in this process: to start one takes seconds."""
    mask = os.umask(0o077)

    def run(*words: str, **changes: str) -> Done:
        load.cache_clear()
        capfd.readouterr()
        with monkeypatch.context() as environment:
            environment.setenv("VIVA_VAR", str(tmp_path / "var"))
            for name, value in {**ENVIRONMENT, **changes}.items():
                environment.setenv(name, value)
            try:
                code = main(words)
            except SystemExit as ended:  # wrong usage
                code = ended.code
        return Done(words, code, *capfd.readouterr())

    yield run
    os.umask(mask)
    load.cache_clear()


def test_help_is_the_map(process):
    done = process("--help")
    assert done.returncode == 0
    for words, _module, help_, _arguments in COMMANDS:
        assert words[0] in done.stdout
        if len(words) == 1:
            assert help_[:30] in done.stdout


@pytest.mark.parametrize(
    "words", [(), ("fly",), ("demo", "--port", "x"), ("coordinator",), ("coordinator", "invite")]
)
def test_wrong_usage_ends_with_2(viva, words):
    assert viva(*words).returncode == 2


def test_a_database_that_is_not_there_is_said_in_a_line(process, tmp_path):
    done = process("policy", "show", "default-1")
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        f"viva: the database cannot be used: unable to open database file. {WHERE}\n",
    )
    assert not (tmp_path / "var").exists()


def test_the_first_coordinator_of_an_empty_installation(viva, tmp_path):
    done = viva("coordinator", "invite", "Claire.Weber@example.test")
    assert done.returncode == 0, done.stderr
    link = done.stdout.splitlines()[-1]
    assert link.startswith("http://127.0.0.1:8000/e/")
    with Database(f"sqlite:///{tmp_path / 'var' / 'viva.db'}").session() as db:
        user = db.scalars(select(User)).one()
        assert (user.email, user.role) == ("claire.weber@example.test", Role.COORDINATOR)
        assert db.scalar(select(audit.AuditEntry.act).limit(1)) == "people.invite"
    again = viva("coordinator", "invite", "claire.weber@example.test")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.splitlines()[-1].startswith("http://127.0.0.1:8000/e/")
    with Database(f"sqlite:///{tmp_path / 'var' / 'viva.db'}").transaction() as db:
        assert again.stdout.splitlines()[-1] != link
        user = db.scalars(select(User)).one()
        user.password = "chosen"
    late = viva("coordinator", "invite", "claire.weber@example.test")
    assert (late.returncode, late.stdout) == (1, "")
    assert "Traceback" not in late.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("coordinator", "invite", "claire"), "The @ is missing from the e-mail address."),
        (("policy", "show", "mine-1"), 'The decision rule "mine-1" has not been published.'),
        (("content", "show", "mine-1"), 'The set of content "mine-1" is not published.'),
    ],
)
def test_what_a_command_refuses_is_said_in_english(viva, words, said):
    assert viva("db", "upgrade").returncode == 0
    done = viva(*words)
    assert (done.returncode, done.stderr) == (1, f"viva: {said}\n")


def test_the_audit_log_is_verified(viva, tmp_path):
    assert viva("db", "upgrade").returncode == 0
    database = Database(f"sqlite:///{tmp_path / 'var' / 'viva.db'}")
    settings = Settings(
        var=tmp_path / "var", secret_key="a secret of the tests, long enough to sign with"
    )
    with database.transaction() as db:
        audit.record(db, SYSTEM, "sample.act", None)
    with database.transaction() as db:
        sealed = audit.seal(db)
        audit.accept(db, settings.secrets, settings.head_file)
    well = viva("audit", "verify")
    assert (well.returncode, well.stdout) == (
        0,
        f"{sealed} entries sealed, 0 not sealed yet\nthe log is whole\n",
    )
    file = tmp_path / "log.jsonl"
    said = viva("audit", "export", str(file)).stdout
    settings.head_file.unlink()
    file.rename(tmp_path / "elsewhere.jsonl")
    (tmp_path / "var").rename(tmp_path / "gone")  # what is checked is the file alone
    done = viva("audit", "check", str(tmp_path / "elsewhere.jsonl"), "--key", said.split()[-1])
    findings = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (0, "")
    assert [finding.get("proves") is not None for finding in findings] == [True, True, True, False]
    assert [finding.get("entries") for finding in findings] == [sealed, None, None, None]
    assert not (tmp_path / "var").exists()
    (tmp_path / "gone").rename(tmp_path / "var")
    cut = viva("audit", "verify")
    assert (cut.returncode, cut.stderr) == (
        1,
        "fault: the signed head audit-head.json is missing\n",
    )


def test_every_setting_is_documented(viva):
    done = viva("settings", "--markdown")
    assert done.returncode == 0
    rows = done.stdout.splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == [
        f"VIVA_{name.upper()}" for name in Settings.model_fields
    ]
    assert [row for row in rows if row.endswith("|  |")] == []


def test_serving_needs_secrets(process):
    done = process("serve", VIVA_SECRET_KEY="short", VIVA_STORAGE_KEYS="")
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "viva serve: this installation cannot start."
    assert "VIVA_SECRET_KEY has 5 characters, and needs 32" in done.stderr
    assert "VIVA_STORAGE_KEYS is empty" in done.stderr


def test_doctor_names_what_is_missing(viva):
    done = viva("doctor", "--wait", "0")
    lines = {line[9:].split("  ")[0]: line[:9].strip() for line in done.stdout.splitlines()}
    assert done.returncode == 1
    assert lines["database"] == "MISSING"
    assert lines["storage"] == "OK"
    assert lines["media"] == "MISSING"
    assert lines["mail"] == "MISSING"
    assert "viva db upgrade" in done.stdout


@pytest.mark.parametrize(
    ("url", "authorities", "words"),
    [
        ("http://192.0.2.1:8090", None, "would hear its secret across a network in clear"),
        ("https://127.0.0.1:1", "nowhere.pem", "No such file or directory"),
        ("ftp://127.0.0.1:1", None, "not an http or https address"),
    ],
)
def test_doctor_looks_at_how_media_is_spoken_to(settings, url, authorities, words):
    made = settings.model_copy(
        update={
            "media_url": url,
            "media_tls_authorities": authorities and settings.var / authorities,
        }
    )
    (finding,) = doctor.media(made)
    assert finding.well is False
    assert words in finding.words


@on_sqlite
def test_doctor_greets_the_mail_server(viva, smtp, database):
    done = viva(
        "doctor",
        "--wait",
        "0",
        VIVA_MAIL_BACKEND="smtp",
        VIVA_SMTP_HOST=smtp.host,
        VIVA_SMTP_PORT=str(smtp.port),
        VIVA_SMTP_SECURITY="none",
        VIVA_DATABASE_URL=database.url,
    )
    assert f"{smtp.host}:{smtp.port} accepts us" in done.stdout


def test_the_documentation_has_every_setting(viva):
    table = viva("settings", "--markdown").stdout
    assert table in (HERE / "docs" / "operations.md").read_text()


def test_files_are_sealed_with_the_current_key(viva, tmp_path):
    old, new = (base64.b64encode(letter * 32).decode() for letter in (b"k", b"n"))
    root = tmp_path / "var" / "storage"
    Storage(root, KeyRing.from_base64([old])).put("documents/1.pdf", b"an attestation")
    early = viva("keys", "rotate", VIVA_STORAGE_KEYS=f"{old}")
    assert (early.returncode, "passwords in the database are not" in early.stderr) == (1, True)
    assert viva("db", "upgrade").returncode == 0
    done = viva("keys", "rotate", VIVA_STORAGE_KEYS=f"{new},{old}")
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        ["nothing needs a former key: only the first of VIVA_STORAGE_KEYS is needed now"],
    )
    assert Storage(root, KeyRing.from_base64([new])).bytes("documents/1.pdf") == b"an attestation"
    assert viva("keys", "rotate", VIVA_STORAGE_KEYS=f"{old},{new}").returncode == 0
    with Storage(root, KeyRing.from_base64([old])).append_log("recordings/1/dump-1.rtp"):
        pass
    left = viva("keys", "rotate", VIVA_STORAGE_KEYS=f"{new},{old}")
    assert (left.returncode, "1 recordings are not made playable yet" in left.stdout) == (1, True)


def test_a_calendar_password_moves_to_the_current_key_or_is_named(viva, tmp_path):
    old, new, other = (base64.b64encode(letter * 32).decode() for letter in (b"k", b"n", b"x"))
    assert viva("db", "upgrade").returncode == 0
    place = Database(f"sqlite:///{tmp_path}/var/viva.db")
    with place.transaction() as db:
        evaluator = Make(db).evaluator()
        row = BusySource(
            evaluator_id=evaluator.id,
            kind=BusySourceKind.CALDAV,
            name="own",
            address="https://calendar.example/own",
            created_at=clock.now(),
        )
        db.add(row)
        db.flush()
        number, name = evaluator.id, f"busy-source/{row.id}"
        row.secret = seal_word(KeyRing.from_base64([old]), name, "a password")
    left = viva("keys", "rotate", VIVA_STORAGE_KEYS=f"{new},{other}")
    assert (left.returncode, f"evaluators number {number} add" in left.stdout) == (1, True)
    assert viva("keys", "rotate", VIVA_STORAGE_KEYS=f"{new},{old}").returncode == 0
    with place.session(read_only=True) as db:
        sealed = db.scalars(select(BusySource.secret)).one()
    assert open_word(KeyRing.from_base64([new]), name, sealed) == "a password"
    assert viva("keys", "rotate", VIVA_STORAGE_KEYS=new).returncode == 0
    place.dispose()
