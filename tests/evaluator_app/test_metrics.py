from __future__ import annotations

import pytest
from flask import Flask

from evaluator_app import metrics
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
