"""One room: who is in it, who sees whom, what is recorded, who speaks."""

import asyncio
import time
from collections.abc import Callable, Iterator

import structlog

from rooms.engines import EngineRefused, FactKind, Reason, Role, RoomStats
from rooms.media.dump import DumpFacts, Recording
from rooms.media.facts import FactLog
from rooms.media.network import Network
from rooms.media.peer import Peer
from rooms.media.sdp import Offer

log = structlog.get_logger()

MAX_OBSERVERS = 6
TALK_EVERY = 10.0
QUALITY_EVERY = 5.0
HEARD = {
    Role.EVALUATOR: (Role.CANDIDATE.value,),
    Role.CANDIDATE: (Role.EVALUATOR.value,),
    Role.OBSERVER: (Role.EVALUATOR.value, Role.CANDIDATE.value),
}
StartRecording = Callable[[str], Recording]
RecordingDone = Callable[[DumpFacts], None]


class Room:
    """An evaluator, a candidate, and observers whom nobody sees or hears."""

    def __init__(self, name: str, network: Network, facts: FactLog) -> None:
        self.name = name
        self.recording: Recording | None = None
        self.part: int | None = None
        self.peers: dict[str, Peer] = {}
        self._arriving: dict[str, Peer] = {}
        self._network = network
        self._facts = facts
        self._tasks: set[asyncio.Task[None]] = set()
        self._talk_told = self._quality_told = time.monotonic()

    # Who is here -----------------------------------------------------------------------------

    async def admit(self, name: str, role: Role, offer: Offer) -> str:
        """Let a peer in and return its answer. Raise EngineRefused.

        Somebody's earlier connection goes on until the new one stands, so that a reload shows the
        last picture as long as possible. An offer of the connection that stands restarts its ICE.
        """
        self._refuse_strangers(name, role)
        standing = self.peers.get(name)
        if standing is not None and standing.is_same(offer):
            return standing.restart(offer)
        peer = Peer(
            name,
            role,
            offer,
            heard_roles=HEARD[role],
            network=self._network,
            listener=self,
        )
        earlier = self._arriving.pop(name, None)
        self._arriving[name] = peer
        if earlier is not None:
            await earlier.close()
        try:
            return await peer.answer()
        except Exception:
            if self._arriving.get(name) is peer:
                del self._arriving[name]
            await peer.close()
            raise

    def _refuse_strangers(self, name: str, role: Role) -> None:
        others = {peer.name: peer.role for peer in (*self._arriving.values(), *self.peers.values())}
        mine = others.pop(name, role)
        if mine is not role:
            raise EngineRefused(Reason.ROLE_TAKEN, f"{name} is here as {mine}")
        if role is Role.OBSERVER:
            if sum(1 for taken in others.values() if taken is role) >= MAX_OBSERVERS:
                raise EngineRefused(Reason.ROOM_FULL, "too many observers")
        elif role in others.values():
            raise EngineRefused(Reason.ROLE_TAKEN, f"the room has its {role}")

    async def leave(self, name: str, why: str = "left") -> None:
        """Put a peer out, both what stands and what is arriving."""
        arriving = self._arriving.pop(name, None)
        if arriving is not None:
            await arriving.close()
        peer = self.peers.get(name)
        if peer is not None:
            self._put_out(peer, why)
            await peer.close()

    def everybody(self) -> Iterator[Peer]:
        """Yield every peer, those who are still connecting too."""
        yield from self.peers.values()
        yield from self._arriving.values()

    def peer_up(self, peer: Peer) -> None:
        """Take a connected peer in, in the place of its earlier connection."""
        if self._arriving.get(peer.name) is not peer:
            self._close_later(peer)
            return
        del self._arriving[peer.name]
        earlier = self.peers.get(peer.name)
        if earlier is not None:
            self._put_out(earlier, "replaced")
            self._close_later(earlier)
        self.peers[peer.name] = peer
        self._facts.add(FactKind.PEER_UP, self.name, peer.name, role=peer.role.value)
        log.info("media.peer_up", room=self.name, peer=peer.name, role=peer.role)
        if self.recording is not None:
            self._record(peer)
        self._rewire()

    def peer_down(self, peer: Peer, why: str) -> None:
        """Forget a peer whose connection is over."""
        if self._arriving.get(peer.name) is peer:
            del self._arriving[peer.name]
            self._tell_down(peer, why)
        elif self.peers.get(peer.name) is peer:
            self._put_out(peer, why)
        self._close_later(peer)

    def peer_silent(self, peer: Peer, seconds: float) -> None:
        """Tell that nothing has arrived from a peer for so long."""
        self._facts.add(
            FactKind.PEER_SILENT,
            self.name,
            peer.name,
            role=peer.role.value,
            seconds=round(seconds, 1),
        )

    def peer_heard(self, peer: Peer, seconds: float) -> None:
        """Tell that a silent peer is back."""
        self._facts.add(
            FactKind.PEER_HEARD,
            self.name,
            peer.name,
            role=peer.role.value,
            seconds=round(seconds, 1),
        )

    def _put_out(self, peer: Peer, why: str) -> None:
        self._tell_talk(peer)
        peer.recorder = None
        del self.peers[peer.name]
        self._tell_down(peer, why)
        self._rewire()

    def _tell_down(self, peer: Peer, why: str) -> None:
        self._facts.add(FactKind.PEER_DOWN, self.name, peer.name, role=peer.role.value, why=why)
        log.info("media.peer_down", room=self.name, peer=peer.name, role=peer.role, why=why)

    def _close_later(self, peer: Peer) -> None:
        task = asyncio.create_task(peer.close())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _rewire(self) -> None:
        """Connect every peer's legs with whoever publishes under their role now."""
        now = time.monotonic()
        publishers = {
            peer.role.value: peer for peer in self.peers.values() if peer.role is not Role.OBSERVER
        }
        for peer in self.peers.values():
            for leg in peer.outbound:
                publisher = publishers.get(leg.role)
                source = publisher.inbound.get(leg.kind) if publisher is not None else None
                if source is not leg.source:
                    leg.connect(source, now)

    # Recording and parts ---------------------------------------------------------------------

    def start_recording(self, recording_id: str, start: StartRecording) -> None:
        """Record from now on. Raise EngineRefused; the same id again changes nothing."""
        if self.recording is not None:
            if self.recording.recording_id == recording_id:
                return
            raise EngineRefused(Reason.ALREADY_RECORDING, self.recording.recording_id)
        self.record(start(recording_id))
        self._facts.add(FactKind.RECORDING_STARTED, self.name, recording=recording_id)
        log.info("media.recording_started", room=self.name, recording=recording_id)

    def record(self, recording: Recording) -> None:
        """Record into this from now on, in the place of one that the disk took no more."""
        self.recording = recording
        if self.part is not None:
            recording.part(self.part)
        for peer in self.peers.values():
            self._record(peer)

    def _record(self, peer: Peer) -> None:
        if self.recording is None or peer.role is Role.OBSERVER:
            return
        audio = peer.inbound.get("audio")
        level = audio.level_id if audio is not None and audio.level_id else None
        self.recording.join(peer.name, peer.role.value, level)
        peer.recorder = self.recording
        now = time.monotonic()
        for stream in peer.inbound.values():
            stream.request_key_frame(now)

    def stop_recording(self) -> Recording | None:
        """Stop recording and return what was running, for its owner to close."""
        recording, self.recording = self.recording, None
        if recording is None:
            return None
        for peer in self.peers.values():
            peer.recorder = None
        self._facts.add(FactKind.RECORDING_STOPPED, self.name, recording=recording.recording_id)
        log.info("media.recording_stopped", room=self.name, recording=recording.recording_id)
        return recording

    def set_part(self, part: int | None) -> None:
        """Count talk time under another part from now on."""
        if part == self.part:
            return
        for peer in self.peers.values():
            self._tell_talk(peer)
        self.part = part
        if self.recording is not None and part is not None:
            self.recording.part(part)

    def _tell_talk(self, peer: Peer) -> None:
        seconds = round(peer.talk.take(), 2)
        if seconds > 0 and peer.role is not Role.OBSERVER:
            self._facts.add(
                FactKind.TALK_TIME,
                self.name,
                peer.name,
                role=peer.role.value,
                part=self.part,
                seconds=seconds,
            )

    # Time ------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Do what is due every 50 ms."""
        for peer in list(self.peers.values()):
            peer.tick(now)

    def second(self, now: float) -> None:
        """Do what is due every second; tell talk time and quality every few."""
        for peer in list(self.peers.values()):
            peer.second(now)
        if now - self._talk_told >= TALK_EVERY:
            self._talk_told = now
            for peer in self.peers.values():
                self._tell_talk(peer)
        if now - self._quality_told >= QUALITY_EVERY:
            self._quality_told = now
            for peer in self.peers.values():
                self._tell_quality(peer, now)

    def _tell_quality(self, peer: Peer, now: float) -> None:
        quality = peer.measure(now)
        self._facts.add(
            FactKind.QUALITY,
            self.name,
            peer.name,
            role=peer.role.value,
            rtt_ms=quality.rtt_ms,
            loss_up=quality.loss_up,
            loss_down=quality.loss_down,
            kbps_up=quality.kbps_up,
            kbps_down=quality.kbps_down,
            bars=peer.bars(now),
        )

    def stats(self) -> RoomStats:
        """Return how the room stands."""
        return RoomStats(
            room=self.name,
            recording=self.recording.recording_id if self.recording is not None else None,
            part=self.part,
            peers=tuple(peer.stats() for peer in self.peers.values()),
        )

    async def close(self, why: str = "room_closed") -> None:
        """Put everybody out; the recording must have been stopped before."""
        for name in {peer.name for peer in self.everybody()}:
            await self.leave(name, why)
        if self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        self._facts.add(FactKind.ROOM_CLOSED, self.name)
