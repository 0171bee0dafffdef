from __future__ import annotations

import dataclasses

import pytest

from kernel import pulse


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
