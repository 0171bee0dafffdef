"""The STUN and TURN servers that a browser is given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pydantic import SecretStr
from turn_server import SECRET

from evaluator_app.desks.shared.ice import LIFETIME, fresh_relay, ice_servers
from rooms.relays import credentials


def test_browsers_get_the_password_that_coturn_wants(settings):
    noon = datetime(2026, 12, 3, 12, tzinfo=UTC)
    made = settings.model_copy(
        update={"ice_servers": "turn:relay.example:3478", "turn_secret": SecretStr(SECRET)}
    )
    server = ice_servers(made, 7, noon)[0]
    until = int(noon.timestamp()) + 6 * 3600
    assert (server.username, server.credential) == credentials(SECRET, "7", until)


def test_a_page_that_stays_open_is_given_fresh_passwords(settings):
    morning = datetime(2026, 12, 3, 8, tzinfo=UTC)
    made = settings.model_copy(
        update={
            "ice_servers": "stun:stun.example,turn:relay.example:3478",
            "turn_secret": SecretStr(SECRET),
        }
    )
    for moment in (morning, morning + timedelta(hours=9)):
        stun, relay = fresh_relay(made, 7, moment).sent()["ice"]
        assert stun == {"urls": ["stun:stun.example"]}
        assert relay["username"] == f"{int((moment + LIFETIME).timestamp())}:7"
    assert fresh_relay(settings, 7, morning).sent() == {}
