"""The servers by which a browser finds its way to the media: STUN and TURN, as it wants them."""

from __future__ import annotations

from datetime import datetime, timedelta

from kernel.settings import Settings
from kernel.shown import Shown
from rooms.relays import credentials

LIFETIME = timedelta(hours=6)


class IceServer(Shown):
    """An `RTCIceServer` of browsers."""

    urls: list[str]
    username: str = ""
    credential: str = ""


class Relay(Shown):
    """What goes with each state of an oral where there is a relay."""

    ice: list[IceServer] | None = None


def ice_servers(settings: Settings, who: int, now: datetime) -> list[IceServer]:
    """Return the `iceServers` of a browser; TURN's credentials end after six hours."""
    addresses = [part.strip() for part in settings.ice_servers.split(",") if part.strip()]
    secret = settings.turn_secret.get_secret_value()
    servers: list[IceServer] = []
    stun = [address for address in addresses if address.startswith("stun")]
    turn = [address for address in addresses if address.startswith("turn")]
    if stun:
        servers.append(IceServer(urls=stun))
    if turn:
        name, password = credentials(secret, str(who), int((now + LIFETIME).timestamp()))
        servers.append(IceServer(urls=turn, username=name, credential=password))
    return servers


def fresh_relay(settings: Settings, who: int, now: datetime) -> Relay:
    """Return what goes with each state of an oral: a page stays open longer than credentials live.

    Nothing where there is no relay: what the page came with goes on serving then.
    """
    servers = ice_servers(settings, who, now)
    return Relay(ice=servers if any(server.credential for server in servers) else None)
