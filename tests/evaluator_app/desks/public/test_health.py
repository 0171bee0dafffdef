from __future__ import annotations

import dataclasses
import socket
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from twins import on_sqlite

from evaluator_app.desks.public import health
from evaluator_app.processes.probing import NoAnswer, Probe
from kernel import outbox, pulse
from kernel.db import Database
from kernel.outbox import OutboxRow
from rooms.engines import native

PROMISED = health.PATIENCE


@pytest.fixture(autouse=True)
def patient(app, monkeypatch):
    """A busy machine is not a silent one."""
    monkeypatch.setattr(health, "PATIENCE", 60.0)
    monkeypatch.setattr(native, "HEALTHY_WITHIN", 60.0)
    app.extensions.pop("viva_probes", None)
    yield
    app.extensions.pop("viva_probes", None)


@pytest.fixture
def with_media(app, media):
    house = app.extensions["viva"]
    app.extensions["viva"] = dataclasses.replace(house, engine=media.engine)
    return app


def test_all_answer(with_media, client, db):
    pulse.beat(db, "jobs")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_jobs_are_silent(with_media, client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"status": "failing", "failing": ["jobs"]})


def test_media_is_silent(app, client, db):
    pulse.beat(db, "jobs")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"status": "failing", "failing": ["media"]})


def test_work_that_nobody_does_is_said(with_media, client, db):
    pulse.beat(db, "jobs")
    outbox.enqueue(db, "sample", {})
    assert client.get("/healthz").status_code == 200
    db.scalars(select(OutboxRow)).one().not_before -= timedelta(minutes=11)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (
        503,
        {"status": "failing", "failing": ["outbox"]},
    )


@on_sqlite
def test_a_frozen_database_is_said_within_two_seconds(with_media, client, monkeypatch):
    """A server that takes the connection and never says a word, as a frozen PostgreSQL does.

    It would be waited for without end: that an answer comes at all is the limit's doing.
    """
    monkeypatch.setattr(health, "PATIENCE", PROMISED)
    assert PROMISED < 2.0
    with socket.socket() as frozen:
        frozen.bind(("127.0.0.1", 0))
        frozen.listen(8)
        url = f"postgresql+psycopg://viva@127.0.0.1:{frozen.getsockname()[1]}/viva"
        house = with_media.extensions["viva"]
        with_media.extensions["viva"] = dataclasses.replace(house, database=Database(url))
        for _ in range(2):  # the second does not wait for a second connection
            answer = client.get("/healthz")
            assert (answer.status_code, answer.json["failing"]) == (503, ["database"])


def test_one_question_at_a_time_is_asked():
    asked, go_on = [], threading.Event()

    def question() -> int:
        asked.append(1)
        go_on.wait(20)
        return len(asked)

    probe = Probe(question, 0.01)
    for _ in range(3):
        with pytest.raises(NoAnswer):
            probe.ask()
    assert asked == [1]
    go_on.set()
    patient = Probe(lambda: 7, 20)
    assert [patient.ask(), patient.ask()] == [7, 7]


def test_what_the_question_raises_reaches_whoever_asks():
    def question() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Probe(question, 20).ask()
