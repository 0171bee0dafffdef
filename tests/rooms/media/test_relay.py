"""A network that lets nothing through but the relay: the call goes by a real coturn.

coturn is set up as docs/operations.md says: a secret for time-limited passwords, no peer in a
private range but the media server itself.
"""

import time
from pathlib import Path

from aiortc import RTCIceServer
from media_client import Client
from media_running import Running
from turn_server import SECRET, TurnServer

from rooms.engines import Role
from rooms.relays import credentials

PORTS = range(45_300, 45_400)
PRIVATE = (
    "10.0.0.0-10.255.255.255",
    "127.0.0.0-127.255.255.255",
    "169.254.0.0-169.254.255.255",
    "172.16.0.0-172.31.255.255",
    "192.0.0.0-192.0.2.255",
    "192.168.0.0-192.168.255.255",
)


def test_a_call_by_the_relay_alone(media: Running, tmp_path: Path) -> None:
    own = next(address for address in media.server._network.addresses if ":" not in address)
    given = [f"--denied-peer-ip={network}" for network in PRIVATE]
    given += [f"--allowed-peer-ip={own}", f"--min-port={PORTS[0]}", f"--max-port={PORTS[-1]}"]
    media.engine.open("oral")
    with TurnServer(tmp_path, *given, relay_ip=own) as server:
        user, password = credentials(SECRET, "7", int(time.time()) + 600)
        relay = RTCIceServer(server.address, user, password)
        with Client(relay=relay) as candidate, Client() as evaluator:
            assert " typ relay" in candidate.offer
            assert " typ host" not in candidate.offer
            candidate.join(media.engine, "oral", "candidate", Role.CANDIDATE)
            evaluator.join(media.engine, "oral", "evaluator", Role.EVALUATOR)
            candidate.await_frames(audio=20, video=10)
            evaluator.await_frames(audio=20, video=10)
            _, (host, port) = media.server._rooms["oral"].peers["candidate"]._link._connection.route
            assert (host, port in PORTS) == (own, True)
