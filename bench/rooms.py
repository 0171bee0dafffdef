"""What a recorded room costs the media server, and what it adds to a frame's way.

`native` is our media server; `transcoding` aiortc's own relay and recorder. Both in their own
process, recording. The processor time is that process's while people talk; `muxing_cpu_s` is
what a recording of this length takes at hang-up, mostly Python's start (transcoding writes its
files while people talk: 0). A frame is late when it comes 50 ms after it was sent, or never.
`BENCH_SECONDS` sets how long each round measures.
"""

from __future__ import annotations

import asyncio
import base64
import gc
import json
import os
import secrets
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.figures import could_not, figure, progress
from bench.rooms_callers import LATE, Caller, Negotiate, clip, talk
from rooms.engines import EngineUnavailable, FactKind, Role
from rooms.engines.native import NativeEngine
from rooms.media.network import Poller

BENCH = "rooms"
CASES = (("native", 1), ("native", 12), ("transcoding", 1))
ROUNDS = 3
SECONDS = float(os.environ.get("BENCH_SECONDS", "15"))
SETTLE = 2.0
FIGURES = {
    "cpu_s_per_room_minute": "s",
    "added_delay_p50": "ms",
    "added_delay_p99": "ms",
    "late_share": "share",
    "first_frame": "ms",
    "muxing_cpu_s": "s",
}


@dataclass
class Server:
    """A server under test."""

    pid: int
    negotiate: Negotiate
    engine: NativeEngine | None = None

    def processor_seconds(self) -> float:
        """Return what the process and the children that it waited for have used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(int(value) for value in fields[11:15]) / os.sysconf("SC_CLK_TCK")


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
    url, secret = f"http://127.0.0.1:{port}", secrets.token_hex(16)
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
            "VIVA_MEDIA_BIND_IPS": "127.0.0.1",
        },
        stdout=asyncio.subprocess.DEVNULL,
    )
    engine = NativeEngine(url, secret)

    async def negotiate(room: str, peer: str, sdp: str) -> str:
        return await asyncio.to_thread(engine.admit, room, peer, Role(peer), sdp)

    try:
        await asyncio.to_thread(_await_health, engine)
        yield Server(process.pid, negotiate, engine)
    finally:
        process.terminate()
        await process.wait()


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

    async def negotiate(room: str, peer: str, sdp: str) -> str:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("no pipes")
        given = json.dumps({"room": room, "peer": peer, "sdp": sdp})
        process.stdin.write(given.encode() + b"\n")
        answer = json.loads(await process.stdout.readline())
        return str(answer["sdp"])

    try:
        yield Server(process.pid, negotiate)
    finally:
        process.kill()
        await process.wait()


SERVERS = {"native": native, "transcoding": transcoding}


async def measure(case: str, n: int) -> dict[str, float]:
    """Run one round and return its figures."""
    with tempfile.TemporaryDirectory() as folder:
        async with SERVERS[case](Path(folder)) as server:
            poller = Poller(asyncio.get_running_loop())
            try:
                return await _round(server, poller, n)
            finally:
                poller.close()


async def _round(server: Server, poller: Poller, n: int) -> dict[str, float]:
    callers: list[Caller] = []
    sending = asyncio.create_task(_send_forever(callers))
    pairs = [(Caller(poller, "127.0.0.1"), Caller(poller, "127.0.0.1")) for _ in range(n)]
    for place, name in enumerate(("evaluator", "candidate")):
        for number, pair in enumerate(pairs):
            if server.engine is not None:
                await asyncio.to_thread(server.engine.open, f"room-{number}")
            pair[place].other = pair[1 - place]
            await pair[place].join(f"room-{number}", name, server.negotiate)
            callers.append(pair[place])
        await asyncio.sleep(1.0)
    for number in range(n):
        if server.engine is not None:
            await asyncio.to_thread(
                server.engine.start_recording, f"room-{number}", f"rec-{number}"
            )
    await asyncio.sleep(SETTLE)
    before = server.processor_seconds()
    for caller in callers:
        caller.measuring = True
    await asyncio.sleep(SECONDS)
    for caller in callers:
        caller.measuring = False
    used = server.processor_seconds() - before
    await asyncio.sleep(0.2)
    sending.cancel()
    muxing = await _finish(server, n)
    for caller in callers:
        await caller.link.close()
    return {
        **_figures(callers),
        "cpu_s_per_room_minute": used / n / SECONDS * 60,
        "muxing_cpu_s": muxing,
    }


async def _send_forever(callers: list[Caller]) -> None:
    while True:
        await talk(callers, time.monotonic() + 1)


async def _finish(server: Server, n: int) -> float:
    """Close the rooms and wait for playable files; return what one recording's took."""
    if server.engine is None:
        return 0.0  # its files are written while people talk
    engine = server.engine
    before = server.processor_seconds()
    end = time.monotonic() + 90
    for number in range(n):
        await asyncio.to_thread(engine.close, f"room-{number}")
    after, ready = 0, 0
    while ready < n and time.monotonic() < end:
        for fact in await asyncio.to_thread(engine.facts, after, 1.0):
            after = fact.seq
            ready += fact.kind is FactKind.RECORDING_READY
    if ready < n:
        raise RuntimeError(f"{ready} of {n} recordings were made playable")
    return (server.processor_seconds() - before) / n


def _figures(callers: list[Caller]) -> dict[str, float]:
    delays = sorted(delay for caller in callers for delay in caller.match())
    sent = sum(caller.frames_sent for caller in callers)
    in_time = sum(1 for delay in delays if delay <= LATE)
    firsts = [c.first_frame for c in callers[len(callers) // 2 :] if c.first_frame is not None]
    if not delays or not firsts:
        raise RuntimeError("no frame arrived")
    return {
        "added_delay_p50": 1000 * statistics.median(delays),
        "added_delay_p99": 1000 * delays[int(0.99 * (len(delays) - 1))],
        "late_share": 1 - in_time / sent,
        "first_frame": 1000 * statistics.median(firsts),
    }


def main() -> None:
    """Print the figures of every case, its rounds interleaved with the others'."""
    progress("rooms: encoding the clip")
    clip()
    found: dict[tuple[str, int], list[dict[str, float]]] = {case: [] for case in CASES}
    failed: dict[tuple[str, int], str] = {}
    gc.collect()
    gc.freeze()  # the clip and the libraries, so that a collection here delays no frame
    for number in range(ROUNDS):
        for case, n in CASES:
            progress(f"rooms: round {number + 1} of {ROUNDS}, {case}, {n} room(s)")
            try:
                found[case, n].append(asyncio.run(measure(case, n)))
            except (RuntimeError, OSError, TimeoutError, EngineUnavailable) as error:
                failed[case, n] = f"{type(error).__name__}: {error}"
    for (case, n), rounds in found.items():
        for name, unit in FIGURES.items():
            if rounds:
                figure(BENCH, case, n, name, [one[name] for one in rounds], unit)
            else:
                could_not(BENCH, case, n, name, unit, failed.get((case, n), "no round"))
    for name, unit in FIGURES.items():
        could_not(BENCH, "janus", 1, name, unit, "the engine for Janus is not built yet")


if __name__ == "__main__":
    main()
