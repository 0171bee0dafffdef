"""The servers by which a browser finds its way to the media: STUN and TURN, as it wants them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from kernel.settings import Settings

LIFETIME = timedelta(hours=6)


def ice_servers(settings: Settings, who: int, now: datetime) -> list[dict[str, object]]:
    """Return the `iceServers` of a browser; TURN's credentials end after six hours.

    coturn's `use-auth-secret`: the name is `<expiry>:<id>`, the password its HMAC-SHA1 in base64.
    """
    addresses = [part.strip() for part in settings.ice_servers.split(",") if part.strip()]
    secret = settings.turn_secret.get_secret_value()
    servers: list[dict[str, object]] = []
    stun = [address for address in addresses if address.startswith("stun")]
    turn = [address for address in addresses if address.startswith("turn")]
    if stun:
        servers.append({"urls": stun})
    if turn:
        name = f"{int((now + LIFETIME).timestamp())}:{who}"
        code = hmac.new(secret.encode(), name.encode(), hashlib.sha1).digest()
        servers.append(
            {"urls": turn, "username": name, "credential": base64.b64encode(code).decode()}
        )
    return servers


def fresh_relay(settings: Settings, who: int, now: datetime) -> dict[str, object]:
    """Return what goes with each state of an oral: a page stays open longer than credentials live.

    Nothing where there is no relay: what the page came with goes on serving then.
    """
    servers = ice_servers(settings, who, now)
    return {"ice": servers} if any("credential" in server for server in servers) else {}
