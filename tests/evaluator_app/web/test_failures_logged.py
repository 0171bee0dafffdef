"""What an outage writes to the log: a trace a minute, not one a second."""

from __future__ import annotations

import pytest
import structlog
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from evaluator_app.processes import logs
from kernel import loglines, outbox
from kernel.headers import RetryLater


@pytest.fixture
def seconds(monkeypatch):
    """A clock of the log's own: `seconds[0]` is its hour."""
    hour = [0.0]
    throttle = loglines.LogThrottle(60, lambda: hour[0])
    monkeypatch.setattr(logs, "THROTTLE", throttle)
    monkeypatch.setattr(outbox, "THROTTLE", throttle)
    return hour


def fail_for(seconds, minutes, write):
    with structlog.testing.capture_logs() as lines:
        for second in range(minutes * 60):
            seconds[0] = float(second)
            write()
    return lines


@pytest.mark.parametrize(
    "error",
    [PoolTimeout("no connection"), OperationalError("SELECT 1", {}, Exception("refused"))],
    ids=["trace", "line"],
)
def test_what_is_tried_each_second_is_told_once_a_minute(seconds, error):
    lines = fail_for(seconds, 9, lambda: logs.failed("emitter_failed", error))
    assert [line.get("since_last_line", 0) for line in lines] == [0] + [59] * 8


def test_each_job_that_fails_is_told(seconds):
    error = PoolTimeout("no connection")

    def two_jobs():
        for job in ("seal", "purge"):
            logs.failed("job_failed", error, job=job)

    lines = fail_for(seconds, 1, two_jobs)
    assert [(line["job"], line["exc_info"]) for line in lines] == [
        ("seal", error),
        ("purge", error),
    ]


def test_each_request_that_fails_has_a_line_and_few_have_a_trace(seconds):
    error = PoolTimeout("no connection")
    numbers = iter(range(120))
    lines = fail_for(
        seconds, 2, lambda: logs.refused("broken", error, request_id=f"r{next(numbers)}")
    )
    assert [line["request_id"] for line in lines] == [f"r{number}" for number in range(120)]
    assert [number for number, line in enumerate(lines) if "exc_info" in line] == [0, 60]


@pytest.mark.parametrize("write", [logs.failed, logs.refused])
def test_a_value_that_the_database_refused_is_not_told(seconds, write):
    words = 'duplicate key "uq_user_email"\nDETAIL:  Key (email)=(ana@example.test) exists.'
    with structlog.testing.capture_logs() as lines:
        for _ in range(2):
            try:
                raise IntegrityError("INSERT", {}, Exception(words))
            except IntegrityError as error:
                write("job_failed", error, job="seal")
    assert lines[0]["why"] == 'duplicate key "uq_user_email"'
    assert "test_failures_logged.py" in lines[0]["trace"]
    assert [line for line in lines if "ana@" in str(line) or "exc_info" in line] == []


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (outbox.RetrySlowly("550 5.1.1 <ana@example.test> rejected"), "550 5.1.1"),
        (outbox.Permanent("550 no mailbox of Ana here"), "550"),
        (RetryLater("451 4.7.1 <ana@example.test>: greylisted"), "RetryLater: 451 4.7.1"),
        (outbox.Halt("mx.example: 5 s\nana@example.test"), "mx.example: 5 s"),
        (ValueError("no <ana@example.test> here"), "ValueError: no <…> here"),
    ],
)
def test_a_mail_servers_answer_stands_in_the_row_alone(seconds, database, raised, told):
    @outbox.handles("refused")
    def _refuse(_database, _row):
        raise raised

    with database.transaction() as db:
        row = outbox.enqueue(db, "refused", {})
    with structlog.testing.capture_logs() as lines:
        outbox.run_one(database)
    assert [line["error"] for line in lines] == [told]
    with database.session(read_only=True) as db:
        assert str(raised) in db.get_one(outbox.OutboxRow, row.id).error


def test_letters_that_wait_for_one_server_are_one_line_a_minute(seconds, database):
    @outbox.handles("unreachable")
    def _halt(_database, _row):
        raise outbox.Halt("mail.example does not answer")

    with database.transaction() as db:
        for _ in range(5):
            outbox.enqueue(db, "unreachable", {})
    with structlog.testing.capture_logs() as lines:
        for second in (0, 20, 40, 61, 62):
            seconds[0] = float(second)
            outbox.drain(database)
    halted = [line for line in lines if line["event"] == "outbox_halted"]
    assert [(line["kind"], line.get("since_last_line", 0)) for line in halted] == [
        ("unreachable", 0),
        ("unreachable", 2),
    ]
