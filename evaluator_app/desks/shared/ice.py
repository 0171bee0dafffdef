"""The servers by which a browser finds its way to the media: STUN and TURN, as it wants them."""

from __future__ import annotations

from datetime import datetime, timedelta

from kernel.settings import Settings
from rooms.relays import credentials

LIFETIME = timedelta(hours=6)


def ice_servers(settings: Settings, who: int, now: datetime) -> list[dict[str, object]]:
    """Return the `iceServers` of a browser; TURN's credentials end after six hours."""
    addresses = [part.strip() for part in settings.ice_servers.split(",") if part.strip()]
    secret = settings.turn_secret.get_secret_value()
    servers: list[dict[str, object]] = []
    stun = [address for address in addresses if address.startswith("stun")]
    turn = [address for address in addresses if address.startswith("turn")]
    if stun:
        servers.append({"urls": stun})
    if turn:
        name, password = credentials(secret, str(who), int((now + LIFETIME).timestamp()))
        servers.append({"urls": turn, "username": name, "credential": password})
    return servers


def fresh_relay(settings: Settings, who: int, now: datetime) -> dict[str, object]:
    """Return what goes with each state of an oral: a page stays open longer than credentials live.

    Nothing where there is no relay: what the page came with goes on serving then.
    """
    servers = ice_servers(settings, who, now)
    return {"ice": servers} if any("credential" in server for server in servers) else {}
