from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from kernel import clock
from kernel.settings import Mode


def _move(client, minutes, **options):
    return client.post("/demo/clock", data={"minutes": minutes}, **options)


def test_the_clock_moves_and_comes_back(client):
    before = clock.offset()
    answer = _move(client, 1440, headers={"Referer": "http://127.0.0.1/verify/"})
    assert (answer.status_code, answer.location) == (302, "/verify/")
    _move(client, 60)
    assert clock.offset() - before == timedelta(hours=25)
    _move(client, 0)
    assert clock.offset() == timedelta()


@pytest.mark.parametrize("minutes", ["", "soon", "99999999"])
def test_a_move_that_makes_no_sense_is_refused(client, minutes):
    before = clock.offset()
    assert _move(client, minutes).status_code == 422
    assert clock.offset() == before


def test_the_way_back_stays_here(client):
    answer = _move(client, 60, headers={"Referer": "https://elsewhere.example//evil.example"})
    assert answer.location == "/"


def test_an_installation_that_serves_has_no_such_page(app, client):
    house = app.extensions["viva"]
    serving = house.settings.model_copy(update={"mode": Mode.SERVE})
    app.extensions["viva"] = dataclasses.replace(house, settings=serving)
    assert _move(client, 60).status_code == 404
