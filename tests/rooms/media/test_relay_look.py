"""The relay is asked as a browser asks it, against a real coturn."""

from __future__ import annotations

import pytest
from event_loop import apart
from mailbox_server import free_port
from turn_server import SECRET, TurnServer

from rooms.media import relay_look


def fault(address: str, secret: str) -> str | None:
    return apart(relay_look.fault, address, secret)


@pytest.mark.parametrize("way", ["", "?transport=udp", "?transport=tcp"])
def test_a_relay_that_accepts_our_secret_is_well(relay, way):
    assert fault(relay.address + way, SECRET) is None


def test_a_relay_with_another_secret_is_named(relay):
    assert fault(relay.address, "another secret") == (
        "does not accept VIVA_TURN_SECRET: 401 Unauthorized"
    )


def test_a_silent_place_is_named(monkeypatch):
    monkeypatch.setattr("rooms.media.relay_look.PATIENCE", 0.2)
    words = fault(f"turn:127.0.0.1:{free_port()}", SECRET)
    assert words is not None
    assert words.startswith("does not answer")


def test_what_is_no_address_is_named():
    assert fault("https://relay.example", SECRET) == ("is not an address such as turn:host:3478")


def test_a_relay_that_serves_anybody_is_named(tmp_path):
    with TurnServer(tmp_path, secret="") as server:
        assert fault(server.address, SECRET) == "relays for anybody: use-auth-secret is not set"


def test_a_stun_server_is_asked_for_no_relay(relay):
    assert fault(relay.address.replace("turn:", "stun:"), "") is None


def test_what_speaks_no_tls_does_not_answer_over_it(relay):
    words = fault(relay.address.replace("turn:", "turns:"), SECRET)
    assert words is not None
    assert words.startswith("does not answer")
