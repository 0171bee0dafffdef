"""The engines' port held in memory: rooms, peers and recordings, and a switch to be silent."""

from __future__ import annotations

from dataclasses import dataclass, field

from rooms.engines import (
    EngineRefused,
    EngineUnavailable,
    Fact,
    PeerStats,
    Reason,
    Role,
    RoomStats,
)

OBSERVERS = 6


@dataclass
class Room:
    peers: dict[str, Role] = field(default_factory=dict)
    recording: str | None = None
    part: int | None = None


class MemoryEngine:
    """Keeps to the port's rules; tells its facts from the list that a test fills."""

    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {}
        self.recorded: list[str] = []
        self.told: list[Fact] = []
        self.silent = False

    def restart(self) -> None:
        self.rooms.clear()

    def open(self, room: str) -> None:
        self._answer()
        self.rooms.setdefault(room, Room())

    def admit(self, room: str, peer: str, role: Role, offer_sdp: str) -> str:
        place = self._room(room)
        if not offer_sdp.startswith("v=0"):
            raise EngineRefused(Reason.BAD_SDP, "not an offer")
        others = [known for name, known in place.peers.items() if name != peer]
        if role is Role.OBSERVER and others.count(role) == OBSERVERS:
            raise EngineRefused(Reason.ROOM_FULL)
        if role is not Role.OBSERVER and role in others:
            raise EngineRefused(Reason.ROLE_TAKEN)
        place.peers[peer] = role
        return f"v=0 answer to {peer}"

    def leave(self, room: str, peer: str) -> None:
        self._room(room).peers.pop(peer, None)

    def start_recording(self, room: str, recording_id: str) -> None:
        place = self._room(room)
        if place.recording not in (None, recording_id):
            raise EngineRefused(Reason.ALREADY_RECORDING)
        if place.recording is None:
            self.recorded.append(recording_id)
        place.recording = recording_id

    def stop_recording(self, room: str) -> None:
        self._room(room).recording = None

    def set_part(self, room: str, part: int | None) -> None:
        self._room(room).part = part

    def stats(self, room: str) -> RoomStats:
        place = self._room(room)
        peers = tuple(
            PeerStats(name, role, True, None, 0.0, 0.0, 0.0, 0.0, -127, 4)
            for name, role in place.peers.items()
        )
        return RoomStats(room, place.recording, place.part, peers)

    def close(self, room: str) -> None:
        self._answer()
        self.rooms.pop(room, None)

    def probe(self, peer: str, offer_sdp: str) -> str:
        self._answer()
        return f"v=0 loopback of {peer}"

    def healthy(self) -> bool:
        return not self.silent

    def facts(self, after: int, wait: float) -> list[Fact]:
        self._answer()
        return [fact for fact in self.told if fact.seq > after]

    def _answer(self) -> None:
        if self.silent:
            raise EngineUnavailable("silent")

    def _room(self, room: str) -> Room:
        self._answer()
        if room not in self.rooms:
            raise EngineRefused(Reason.UNKNOWN_ROOM, room)
        return self.rooms[room]
