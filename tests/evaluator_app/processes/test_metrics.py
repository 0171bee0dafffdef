from __future__ import annotations

import pytest
from flask import Flask
from pydantic import SecretStr
from twins import on_sqlite

from evaluator_app.processes import metrics
from kernel.errors import NotThere
from kernel.outbox import enqueue


@pytest.fixture
def measured(app, settings):
    """A small application over this test's house, with figures."""
    small = Flask("measured")
    small.extensions["viva"] = app.extensions["viva"]
    small.get("/hello")(lambda: "hello")
    metrics.init_app(small, settings.model_copy(update={"metrics": True}))
    return small.test_client()


def test_figures_are_off_unless_asked_for(client):
    assert client.get("/metrics").status_code == 404


def test_figures_tell_requests_and_what_waits(measured, database):
    with database.transaction() as db:
        enqueue(db, "sample", {})
    measured.get("/hello")
    measured.get("/nowhere")
    lines = measured.get("/metrics").get_data(as_text=True).splitlines()
    assert "viva_outbox_waiting 1.0" in lines
    assert "viva_interviews_running 0.0" in lines
    count = "viva_request_seconds_count{endpoint=%s,method=%s,status=%s} 1.0"
    assert count % ('"<lambda>"', '"GET"', '"200"') in lines
    assert count % ('"none"', '"GET"', '"404"') in lines


@on_sqlite
@pytest.mark.parametrize(
    ("token", "sent", "address", "status"),
    [
        ("", {}, "127.0.0.1", 200),
        ("", {}, "198.51.100.7", 404),
        ("", {"X-Forwarded-For": "198.51.100.7"}, "127.0.0.1", 404),
        ("a token", {"Authorization": "Bearer a token"}, "198.51.100.7", 200),
        ("a token", {"Authorization": "Bearer another"}, "127.0.0.1", 404),
        ("a token", {}, "127.0.0.1", 404),
    ],
)
def test_figures_are_told_to_this_machine_or_whoever_holds_the_token(
    app, settings, token, sent, address, status
):
    small = Flask("measured")
    small.extensions["viva"] = app.extensions["viva"]
    small.register_error_handler(NotThere, lambda _error: ("", 404))
    asked = {"metrics": True, "metrics_token": SecretStr(token)}
    metrics.init_app(small, settings.model_copy(update=asked))
    place = {"REMOTE_ADDR": address}
    answer = small.test_client().get("/metrics", headers=sent, environ_base=place)
    assert answer.status_code == status
