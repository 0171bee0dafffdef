"""The servers that the benchmark of rooms compares, each in its own process, all recording."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import secrets
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from bench.rooms_callers import Caller
from bench.rooms_janus import Janus, address, ready, run
from rooms.engines import FactKind, Role
from rooms.engines.native import NativeEngine


@dataclass
class Server:
    """A server under test: how people come in, and what its process uses."""

    pid: int
    address: str = "127.0.0.1"
    renumbers: ClassVar[bool] = False  # whether its pictures have other ids than those sent

    async def seat(self, room: str, people: dict[str, Caller]) -> None:
        """Bring everybody of a room in."""
        raise NotImplementedError

    async def record(self, rooms: list[str]) -> None:
        """Begin to record; the default: it does so by itself."""

    async def finish(self, rooms: list[str]) -> float | None:  # noqa: ARG002
        """Make one recording playable; return the processor seconds of each, if it takes any."""
        return None

    def processor_seconds(self) -> float:
        """Return what the process and the children that it waited for have used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(int(value) for value in fields[11:15]) / os.sysconf("SC_CLK_TCK")


@dataclass
class Native(Server):
    """Our media server."""

    engine: NativeEngine = None  # type: ignore[assignment] - given by `native`

    async def seat(self, room: str, people: dict[str, Caller]) -> None:
        """Open the room, and bring one after the other in."""
        await asyncio.to_thread(self.engine.open, room)
        for name, caller in people.items():
            await caller.join(room, name, self._admit)

    async def _admit(self, room: str, name: str, sdp: str) -> str:
        return await asyncio.to_thread(self.engine.admit, room, name, Role(name), sdp)

    async def record(self, rooms: list[str]) -> None:
        """Begin to record."""
        for room in rooms:
            await asyncio.to_thread(self.engine.start_recording, room, f"of-{room}")

    async def finish(self, rooms: list[str]) -> float:
        """Close the rooms and wait for playable files."""
        before = self.processor_seconds()
        end = time.monotonic() + 90
        for room in rooms:
            await asyncio.to_thread(self.engine.close, room)
        after, done = 0, 0
        while done < len(rooms) and time.monotonic() < end:
            for fact in await asyncio.to_thread(self.engine.facts, after, 1.0):
                after = fact.seq
                done += fact.kind is FactKind.RECORDING_READY
        if done < len(rooms):
            raise RuntimeError(f"{done} of {len(rooms)} recordings were made playable")
        return (self.processor_seconds() - before) / len(rooms)


def _await_health(engine: NativeEngine) -> None:
    end = time.monotonic() + 30
    while not engine.healthy():
        if time.monotonic() > end:
            raise TimeoutError("the media server does not come up")
        time.sleep(0.05)


@asynccontextmanager
async def native(folder: Path) -> AsyncIterator[Server]:
    """Run our media server."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    url, secret, outside = f"http://127.0.0.1:{port}", secrets.token_hex(16), address()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "rooms.media",
        env={
            **os.environ,
            "VIVA_VAR": str(folder),
            "VIVA_STORAGE_ROOT": str(folder / "storage"),
            "VIVA_STORAGE_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
            "VIVA_MEDIA_URL": url,
            "VIVA_MEDIA_SECRET": secret,
            "VIVA_MEDIA_BIND_IPS": outside,
        },
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        engine = NativeEngine(url, secret)
        await asyncio.to_thread(_await_health, engine)
        yield Native(process.pid, outside, engine)
    finally:
        process.terminate()
        await process.wait()


@dataclass
class Transcoding(Server):
    """aiortc's own relay and recorder, which encode every picture anew."""

    renumbers: ClassVar[bool] = True

    process: asyncio.subprocess.Process = None  # type: ignore[assignment] - given below

    async def seat(self, room: str, people: dict[str, Caller]) -> None:
        """Bring one after the other in."""
        for name, caller in people.items():
            await caller.join(room, name, self._admit)

    async def _admit(self, room: str, name: str, sdp: str) -> str:
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("no pipes")
        given = json.dumps({"room": room, "peer": name, "sdp": sdp})
        self.process.stdin.write(given.encode() + b"\n")
        return str(json.loads(await self.process.stdout.readline())["sdp"])


@asynccontextmanager
async def transcoding(folder: Path) -> AsyncIterator[Server]:
    """Run aiortc's relay and recorder."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.rooms_transcoding",
        str(folder),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 20,
    )
    try:
        yield Transcoding(process.pid, address(), process)
    finally:
        process.kill()
        await process.wait()


@dataclass
class VideoRoom(Server):
    """Janus: each person publishes on one connection and subscribes on another."""

    janus: Janus = None  # type: ignore[assignment] - given by `janus`

    async def seat(self, room: str, people: dict[str, Caller]) -> None:
        """Create a recorded room; publish; then subscribe to the other."""
        number = await asyncio.to_thread(self.janus.create, room)
        feeds = {}
        for name, caller in people.items():
            handle = await asyncio.to_thread(self.janus.attach)

            async def publish(_room: str, name: str, sdp: str, handle: int = handle) -> str:
                feed, answer = await asyncio.to_thread(
                    self.janus.publish, handle, number, name, sdp
                )
                feeds[name] = feed
                return answer

            await caller.publish(room, name, publish)
        for name, caller in people.items():
            (other,) = (feed for who, feed in feeds.items() if who != name)
            handle = await asyncio.to_thread(self.janus.attach)
            offer = await asyncio.to_thread(self.janus.subscribe, handle, number, other)

            async def answered(sdp: str, handle: int = handle) -> None:
                await asyncio.to_thread(self.janus.start, handle, sdp)

            await caller.subscribe(offer, answered)


@asynccontextmanager
async def janus(folder: Path) -> AsyncIterator[Server]:
    """Run Janus with its VideoRoom plug-in."""
    process, url = run(folder)
    try:
        client = await asyncio.to_thread(ready, url, folder)
        yield VideoRoom(process.pid, address(), client)
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait)


SERVERS: dict[str, Callable[[Path], AbstractAsyncContextManager[Server]]] = {
    "native": native,
    "transcoding": transcoding,
    "janus": janus,
}
