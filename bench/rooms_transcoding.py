"""The baseline of the benchmark of rooms: aiortc's own relay and recorder, as its examples do.

Reads `{"room", "peer", "sdp"}` lines, answers `{"sdp"}` lines. Every frame is decoded, encoded
again for the other person, and encoded a third time into the recording.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRecorder, MediaRelay
from aiortc.mediastreams import MediaStreamTrack


class Room:
    """Two people whose tracks are relayed to each other."""

    def __init__(self) -> None:
        self.relay = MediaRelay()
        self.people: dict[str, RTCPeerConnection] = {}
        self.tracks: dict[str, list[MediaStreamTrack]] = {}

    async def admit(self, folder: Path, name: str, sdp: str) -> str:
        """Answer an offer."""
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.people[name] = connection
        self.tracks[name] = []
        recorder = MediaRecorder(str(folder / f"{id(self)}-{name}.mp4"))
        connection.on("track", self.tracks[name].append)
        for kind in ("audio", "video"):
            connection.addTransceiver(kind, direction="sendrecv")
        await connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        for track in self.tracks[name]:
            recorder.addTrack(self.relay.subscribe(track))
        await connection.setLocalDescription(await connection.createAnswer())
        await recorder.start()
        self._connect()
        return connection.localDescription.sdp

    def _connect(self) -> None:
        for name, connection in self.people.items():
            for other, tracks in self.tracks.items():
                if other == name:
                    continue
                for track in tracks:
                    for sender in connection.getSenders():
                        if sender.kind == track.kind and sender.track is None:
                            sender.replaceTrack(self.relay.subscribe(track))


async def main(folder: Path) -> None:
    """Serve until the input ends."""
    rooms: dict[str, Room] = {}
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        given = json.loads(line)
        room = rooms.setdefault(given["room"], Room())
        answer = await room.admit(folder, given["peer"], given["sdp"])
        sys.stdout.write(json.dumps({"sdp": answer}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
