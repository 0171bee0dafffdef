"""What a recorded room costs the media server, and what it adds to a frame's way.

`native` is our media server; `janus` Janus's VideoRoom, recording too; `transcoding` aiortc's own
relay and recorder, which takes a core for one room. Each server is a process of its own, beside
this one, which plays the people. Rounds of all cases interleave. The processor time is the
server's while people talk; `muxing_cpu_s` is what a recording of this length takes at hang-up,
mostly Python's start (Janus's files are not playable yet, aiortc's are written while people
talk). A frame is late when it comes more than 50 ms after it was sent, or never.
`BENCH_SECONDS` sets how long each round measures, `BENCH_ROUNDS` how many there are,
`BENCH_CASES` which (`"native:20 janus:20"`).
"""

from __future__ import annotations

import asyncio
import gc
import os
import statistics
import tempfile
import time
from pathlib import Path

from bench.figures import could_not, figure, progress
from bench.rooms_callers import Caller, clip, talk
from bench.rooms_janus import WHY_NOT, installed
from bench.rooms_servers import SERVERS, Server
from rooms.engines import EngineError
from rooms.media.hooks import LinkFailed
from rooms.media.network import Poller

BENCH = "rooms"
CASES = (
    ("native", 1),
    ("transcoding", 1),
    ("native", 12),
    ("janus", 20),
    ("native", 20),
    ("janus", 36),
    ("native", 36),
    ("native", 56),
)
ONLY = os.environ.get("BENCH_CASES", "").split()
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "10"))
SETTLE = 2.0
LATE = 0.050
GRACE = 0.3
FIGURES = {
    "cpu_s_per_room_minute": "s",
    "added_delay_p50": "ms",
    "added_delay_p99": "ms",
    "added_delay_max": "ms",
    "late_share": "share",
    "first_frame": "ms",
    "muxing_cpu_s": "s",
}

DELAYS = ("added_delay_p50", "added_delay_p99", "added_delay_max", "late_share")


def chosen() -> list[tuple[str, int]]:
    """Return the cases to run, all by default."""
    wanted = [words.partition(":") for words in ONLY]
    return [(name, int(n)) for name, _, n in wanted] or list(CASES)


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
    sending = asyncio.create_task(talk(callers))
    rooms = [f"room-{number}" for number in range(n)]
    for room in rooms:
        pair = [Caller(poller, server.address), Caller(poller, server.address)]
        pair[0].other, pair[1].other = pair[1], pair[0]
        callers += pair
        await server.seat(room, dict(zip(("evaluator", "candidate"), pair, strict=True)))
    await server.record(rooms)
    await asyncio.sleep(SETTLE)
    used = await _talked(server, callers)
    figures = {
        "first_frame": _first_frame(callers),
        "cpu_s_per_room_minute": used / n / SECONDS * 60,
    }
    if not server.renumbers:
        figures |= _delays(callers)
    sending.cancel()
    if n == 1:
        muxing = await server.finish(rooms)
        if muxing is not None:
            figures["muxing_cpu_s"] = muxing
    for caller in callers:
        await caller.close()
    return figures


async def _talked(server: Server, callers: list[Caller]) -> float:
    """Measure; return the processor seconds that the server used."""
    before = server.processor_seconds()
    started = time.monotonic()
    for caller in callers:
        caller.measuring = True
    await asyncio.sleep(SECONDS)
    for caller in callers:
        caller.measuring = False
    used = server.processor_seconds() - before
    elapsed = time.monotonic() - started
    await asyncio.sleep(GRACE)  # for the last frames
    return used * SECONDS / elapsed


def _first_frame(callers: list[Caller]) -> float:
    firsts = [c.first_frame for c in callers[1::2] if c.first_frame is not None]
    if not firsts:
        raise RuntimeError("no frame arrived")
    return 1000 * statistics.median(firsts)


def _delays(callers: list[Caller]) -> dict[str, float]:
    delays = sorted(delay for caller in callers for delay in caller.delays())
    sent = sum(len(caller.sent) for caller in callers)
    in_time = sum(1 for delay in delays if delay <= LATE)
    if not delays:
        raise RuntimeError("no frame arrived")
    return {
        "added_delay_p50": 1000 * statistics.median(delays),
        "added_delay_p99": 1000 * delays[int(0.99 * (len(delays) - 1))],
        "added_delay_max": 1000 * delays[-1],
        "late_share": 1 - in_time / sent,
    }


def main() -> None:
    """Print the figures of every case, its rounds interleaved with the others'."""
    progress("rooms: encoding the clip")
    clip()
    measured: dict[tuple[str, int], list[dict[str, float]]] = {case: [] for case in chosen()}
    failed: dict[tuple[str, int], str] = {}
    gc.collect()
    gc.freeze()  # the clip and the libraries, so that a collection here delays no frame
    for number in range(ROUNDS):
        for case, n in chosen():
            if case == "janus" and not installed():
                failed[case, n] = WHY_NOT
                continue
            progress(f"rooms: round {number + 1} of {ROUNDS}, {case}, {n} room(s)")
            try:
                measured[case, n].append(asyncio.run(measure(case, n)))
            except (RuntimeError, OSError, TimeoutError, EngineError, LinkFailed) as error:
                failed[case, n] = f"{type(error).__name__}: {error}"
                progress(f"rooms: {failed[case, n]}")
    for (case, n), rounds in measured.items():
        for name, unit in FIGURES.items():
            values = [figures[name] for figures in rounds if name in figures]
            if values:
                figure(BENCH, case, n, name, values, unit)
            elif not rounds:
                could_not(BENCH, case, n, name, unit, failed.get((case, n), "no round"))
            elif name in DELAYS:
                could_not(BENCH, case, n, name, unit, "pictures numbered anew are not known again")


if __name__ == "__main__":
    main()
