"""The media server: rooms, probes and their time, behind the control address."""

import asyncio
import functools
import gc
import re
import time
from collections.abc import Callable
from pathlib import Path

import structlog

from kernel.storage import Storage
from rooms.engines import EngineRefused, FactKind, Reason, Role, RoomStats
from rooms.media.facts import FactLog
from rooms.media.hooks import LinkFailed
from rooms.media.ice import host_addresses
from rooms.media.network import Network, Poller
from rooms.media.probe import Probe
from rooms.media.recordings import Recordings
from rooms.media.room import Room
from rooms.media.sdp import MAX_SDP, BadOfferError, Offer, parse_offer

log = structlog.get_logger()

MAX_ROOMS = 500
MAX_PROBES = 64
TICK = 0.05
PLACES_A_TURN = 4
COLLECT_EVERY = 60.0
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class MediaServer:
    """What the control address speaks to. Every method raises EngineRefused when it says no."""

    def __init__(
        self,
        var: Path,
        storage: Storage | None = None,
        addresses: list[str] | None = None,
        ports: range = range(0),
    ) -> None:
        """Keep facts under ``var``/media; offer ``addresses`` in ICE (default: all of ours)."""
        self._facts = FactLog(var / "media")
        self._recordings = Recordings(storage, self._facts)
        self._network = Network(
            Poller(asyncio.get_running_loop()), addresses or host_addresses(), ports
        )
        self._rooms: dict[str, Room] = {}
        self._probes: dict[str, Probe] = {}
        self._ticker = asyncio.create_task(self._tick())
        self._facts.add(FactKind.SERVER_STARTED)
        self._recordings.finish_pending()

    # The verbs -------------------------------------------------------------------------------

    def open(self, room: str) -> None:
        """Open a room, or leave an open one as it is."""
        _check(room)
        if room in self._rooms:
            return
        if len(self._rooms) >= MAX_ROOMS:
            raise EngineRefused(Reason.SERVER_FULL, f"{MAX_ROOMS} rooms are open")
        self._rooms[room] = Room(room, self._network, self._facts)

    async def admit(self, room: str, peer: str, role: str, sdp: str) -> str:
        """Let a peer in and return the answer."""
        _check(peer)
        if role not in set(Role):
            raise EngineRefused(Reason.BAD_REQUEST, "role must be evaluator, candidate, observer")
        place = self._room(room)
        try:
            return await place.admit(peer, Role(role), _offer(sdp))
        except (LinkFailed, OSError) as error:
            raise EngineRefused(Reason.SERVER_FULL, str(error)) from error

    async def leave(self, room: str, peer: str) -> None:
        """Put a peer out."""
        await self._room(room).leave(_check(peer))

    def start_recording(self, room: str, recording: str) -> None:
        """Record a room from now on."""
        self._room(room).start_recording(_check(recording), self._recordings.start)

    def stop_recording(self, room: str) -> None:
        """Stop recording a room; the writer's thread finishes by itself."""
        recording = self._room(room).stop_recording()
        if recording is not None:
            self._recordings.close(room, recording)

    def set_part(self, room: str, part: int | None) -> None:
        """Say which part runs."""
        if part is not None and not 0 <= part <= 99:
            raise EngineRefused(Reason.BAD_REQUEST, "part must be between 0 and 99")
        self._room(room).set_part(part)

    def stats(self, room: str) -> RoomStats:
        """Return how a room stands."""
        return self._room(room).stats()

    async def close(self, room: str, why: str = "room_closed") -> None:
        """Close a room; one that does not exist is closed already."""
        place = self._rooms.pop(_check(room), None)
        if place is None:
            return
        recording = place.stop_recording()
        if recording is not None:
            self._recordings.close(room, recording)
        await place.close(why)

    async def probe(self, peer: str, sdp: str) -> str:
        """Answer a loopback peer whose media comes back to it."""
        _check(peer)
        offer = _offer(sdp)
        earlier = self._probes.pop(peer, None)
        if earlier is not None:
            await earlier.close()
        if len(self._probes) >= MAX_PROBES:
            raise EngineRefused(Reason.SERVER_FULL, f"{MAX_PROBES} probes are running")
        probe = Probe(peer, offer, self._network)
        self._probes[peer] = probe
        try:
            return await probe.answer()
        except (LinkFailed, OSError) as error:
            await probe.close()
            raise EngineRefused(Reason.SERVER_FULL, str(error)) from error

    async def facts(self, after: int, wait: float) -> list[dict[str, object]]:
        """Return the facts after a number."""
        return await self._facts.after(after, min(25.0, max(0.0, wait)))

    def health(self) -> dict[str, object]:
        """Return what tells that the server lives."""
        return {
            "status": "ok",
            "instance": self._facts.instance,
            "last": self._facts.last,
            "rooms": len(self._rooms),
            "peers": sum(len(room.peers) for room in self._rooms.values()),
            "recording": sum(1 for room in self._rooms.values() if room.recording is not None),
        }

    # Life ------------------------------------------------------------------------------------

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        next_second = due
        collected = due
        while True:
            due = max(due + TICK, loop.time())
            await asyncio.sleep(due - loop.time())
            now = time.monotonic()
            places: list[Room | Probe] = [*self._rooms.values(), *self._probes.values()]
            await self._each(places, "tick", now)
            if now >= next_second:
                next_second = now + 1.0
                await self._each(places, "second", now)
                for room in self._rooms.values():
                    self._guard(functools.partial(self._recordings.watch, room), now)
                self._probes = {name: p for name, p in self._probes.items() if not p.closed}
            if now - collected >= COLLECT_EVERY:
                collected = now
                gc.collect()

    async def _each(self, places: list[Room | Probe], act: str, now: float) -> None:
        """Do what is due in each place; packets that come meanwhile do not wait for all of them."""
        for number, place in enumerate(places, start=1):
            self._guard(getattr(place, act), now)
            if number % PLACES_A_TURN == 0:
                await asyncio.sleep(0)

    @staticmethod
    def _guard(act: Callable[[float], None], now: float) -> None:
        """Keep one room's mishap from stopping the others' clock."""
        try:
            act(now)
        except Exception:
            log.exception("media.tick_failed")

    async def stop(self) -> None:
        """Close everything, recordings too, and wait until they are on the disk."""
        self._ticker.cancel()
        for room in list(self._rooms):
            await self.close(room, "server_stopped")
        for probe in list(self._probes.values()):
            await probe.close()
        await self._recordings.stop()
        self._network.poller.close()
        self._facts.close()

    def _room(self, room: str) -> Room:
        place = self._rooms.get(_check(room))
        if place is None:
            raise EngineRefused(Reason.UNKNOWN_ROOM, room)
        return place


def _check(ident: str) -> str:
    if not isinstance(ident, str) or not _ID.fullmatch(ident):
        raise EngineRefused(Reason.BAD_REQUEST, "an id has 1 to 64 letters, digits, _ or -")
    return ident


def _offer(sdp: str) -> Offer:
    if len(sdp) > MAX_SDP:
        raise EngineRefused(Reason.TOO_LARGE, f"an offer may have {MAX_SDP} characters")
    try:
        return parse_offer(sdp)
    except BadOfferError as error:
        raise EngineRefused(Reason.BAD_SDP, str(error)) from error
