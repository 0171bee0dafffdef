"""The relay is asked as a browser asks it, against a real coturn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from mailbox_server import free_port
from pydantic import SecretStr
from turn_server import SECRET

from evaluator_app.desks.shared.ice import LIFETIME, fresh_relay, ice_servers
from evaluator_app.processes import turn


@pytest.mark.parametrize("way", ["", "?transport=udp", "?transport=tcp"])
def test_a_relay_that_accepts_our_secret_is_well(relay, way):
    assert turn.fault(relay.address + way, SECRET) is None


def test_a_relay_with_another_secret_is_named(relay):
    assert turn.fault(relay.address, "another secret") == (
        "does not accept VIVA_TURN_SECRET: 401 Unauthorized"
    )


def test_a_silent_place_is_named(monkeypatch):
    monkeypatch.setattr(turn, "PATIENCE", 0.2)
    words = turn.fault(f"turn:127.0.0.1:{free_port()}", SECRET)
    assert words is not None
    assert words.startswith("does not answer")


def test_what_is_no_address_is_named():
    assert turn.fault("https://relay.example", SECRET) == (
        "is not an address such as turn:host:3478"
    )


def test_browsers_get_the_password_that_coturn_wants(settings):
    noon = datetime(2026, 12, 3, 12, tzinfo=UTC)
    made = settings.model_copy(
        update={"ice_servers": "turn:relay.example:3478", "turn_secret": SecretStr(SECRET)}
    )
    server = ice_servers(made, 7, noon)[0]
    until = int(noon.timestamp()) + 6 * 3600
    assert (server["username"], server["credential"]) == turn.credentials(SECRET, "7", until)


def test_a_page_that_stays_open_is_given_fresh_passwords(settings):
    morning = datetime(2026, 12, 3, 8, tzinfo=UTC)
    made = settings.model_copy(
        update={
            "ice_servers": "stun:stun.example,turn:relay.example:3478",
            "turn_secret": SecretStr(SECRET),
        }
    )
    for moment in (morning, morning + timedelta(hours=9)):
        stun, relay = fresh_relay(made, 7, moment)["ice"]
        assert stun == {"urls": ["stun:stun.example"]}
        assert relay["username"] == f"{int((moment + LIFETIME).timestamp())}:7"
    assert fresh_relay(settings, 7, morning) == {}
