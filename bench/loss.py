"""What two Chromiums see of each other when the path to our media server is bad.

Each has a path of its own, both ways: it loses a share of the packets (`lost_5`, `lost_10`), or
carries 500 kbit/s for a while and then everything again (`narrow`). `freeze_s_per_minute` is what
Chromium itself counts as frozen, of the worse side; `lip_sync_p95` how far apart sound and picture
are played, 95 times of 100, by the senders' clocks; `kbps` what arrives at the end of the measured
time; `climb_s` how long it takes, once a narrow path is wide again, until both browsers believe
that it carries twice as much (what arrives is bounded by the fake camera);
`recorded_share` how much of the measured time decodes from the recording, of the worse person.
`BENCH_SECONDS` sets how long each round measures.
"""

from __future__ import annotations

import base64
import io
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from bench.bad_path import BadPath
from bench.call_site import serve_site
from bench.chromium import Chromium, NoChromium, Page
from bench.figures import could_not, figure, progress
from bench.rooms_janus import address
from kernel.storage import KeyRing, Storage
from rooms.engines import EngineUnavailable, FactKind
from rooms.engines.native import NativeEngine
from rooms.media.manifest import Manifest

BENCH = "loss"
CASES = {"clean": (0.0, 0.0), "lost_5": (0.05, 0.0), "lost_10": (0.1, 0.0), "narrow": (0.0, 500.0)}
ROUNDS = 2
SECONDS = float(os.environ.get("BENCH_SECONDS", "15"))
SETTLE = 6.0
CLIMB = 30.0
FIGURES = {
    "freeze_s_per_minute": "s",
    "freezes_per_minute": "count",
    "lip_sync_p95": "ms",
    "kbps": "kbit/s",
    "recorded_share": "share",
}

JOIN = """async ({role}) => {
  const media = await import('/media/connection.js');
  const negotiate = async (sdp) => (await fetch('/negotiate', {method: 'POST',
    body: JSON.stringify({room: 'bench', peer: role, role, sdp})})).text();
  const getLocalStream = () => navigator.mediaDevices.getUserMedia(media.CONSTRAINTS);
  window.room = new media.RoomConnection({negotiate, getLocalStream});
  window.readings = [];
  room.addEventListener('quality', (event) => readings.push(event.detail));
  room.addEventListener('stream', (event) => {
    document.querySelector('video').srcObject = event.detail.stream;
  });
  await room.connect();
  return room.state;
}"""
LOOK = """async () => {
  const seen = {kbps: readings.at(-1)?.kbpsDown ?? 0, freezes: 0, frozen: 0, frames: 0, room: 0};
  for (const stat of (await room.statistics()).values()) {
    if (stat.type === 'candidate-pair' && stat.nominated) {
      seen.room = (stat.availableOutgoingBitrate ?? 0) / 1000;
    }
    if (stat.type !== 'inbound-rtp') continue;
    seen[stat.kind] = stat.estimatedPlayoutTimestamp ?? null;
    if (stat.kind !== 'video') continue;
    seen.freezes = stat.freezeCount;
    seen.frozen = stat.totalFreezesDuration;
    seen.frames = stat.framesDecoded;
  }
  return seen;
}"""


@dataclass
class Watched:
    """What one side saw, from the first look to the last."""

    looks: list[dict[str, Any]]

    def grew(self, name: str) -> float:
        """Return by how much a counter grew, a minute."""
        return float(self.looks[-1][name] - self.looks[0][name]) / SECONDS * 60

    def apart(self) -> list[float]:
        """Return, for each look, how far apart sound and picture were played, in ms."""
        pairs = [(look.get("audio"), look.get("video")) for look in self.looks]
        return [abs(sound - picture) for sound, picture in pairs if sound and picture]


def _watch(pages: list[Page]) -> list[Watched]:
    watched = [Watched([]) for _ in pages]
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        for page, watch in zip(pages, watched, strict=True):
            watch.looks.append(page.evaluate(LOOK))
        time.sleep(0.5)
    return watched


def _climb(pages: list[Page], path: BadPath) -> float:
    """Widen the path; return the seconds until both find twice the room (30 at most)."""
    wanted = 2 * path.kbps
    path.kbps = 0.0
    began = time.monotonic()
    while time.monotonic() - began < CLIMB:
        if all(page.evaluate(LOOK)["room"] >= wanted for page in pages):
            break
        time.sleep(0.25)
    return time.monotonic() - began


def _recorded(engine: NativeEngine, storage: Storage, lasted: float) -> float:
    """Return the share of the time that the recordings hold, of the worse person."""
    engine.close("bench")
    after, end, name = 0, time.monotonic() + 60, ""
    while not name and time.monotonic() < end:
        for fact in engine.facts(after, 1.0):
            after = fact.seq
            if fact.kind is FactKind.RECORDING_FAILED:
                raise RuntimeError(str(fact.data["why"]))
            if fact.kind is FactKind.RECORDING_READY:
                name = str(fact.data["manifest"])
    if not name:
        raise RuntimeError("the recording was not made playable")
    held: dict[str, float] = defaultdict(float)
    for segment in Manifest.model_validate_json(storage.bytes(name)).segments:
        with av.open(io.BytesIO(storage.bytes(segment.key))) as container:
            moments = [float(frame.time or 0.0) for frame in container.decode(video=0)]
        held[segment.role] += max(moments, default=0.0)
    return min((held[role] for role in ("candidate", "evaluator")), default=0.0) / lasted


def _round(case: str, engine: NativeEngine, storage: Storage) -> dict[str, float]:
    loss, kbps = CASES[case]
    engine.open("bench")
    with BadPath(loss) as path, serve_site(engine, path) as site, Chromium() as browser:
        pages = [browser.page(site) for _ in range(2)]
        for page, role in zip(pages, ("evaluator", "candidate"), strict=True):
            if page.evaluate(JOIN, {"role": role}) != "connected":
                raise RuntimeError("a browser did not connect")
        time.sleep(SETTLE)
        path.kbps = kbps
        time.sleep(SETTLE if kbps else 0.0)
        engine.start_recording("bench", "rec")
        began = time.monotonic()
        watched = _watch(pages)
        lasted = time.monotonic() - began
        climbed = {"climb_s": _climb(pages, path)} if kbps else {}
        lasted += climbed.get("climb_s", 0.0)
        share = _recorded(engine, storage, lasted)
    apart = sorted(value for watch in watched for value in watch.apart())
    return climbed | {
        "freeze_s_per_minute": max(watch.grew("frozen") for watch in watched),
        "freezes_per_minute": max(watch.grew("freezes") for watch in watched),
        "lip_sync_p95": apart[int(0.95 * (len(apart) - 1))] if apart else float("nan"),
        "kbps": statistics.median(watch.looks[-1]["kbps"] for watch in watched),
        "recorded_share": share,
    }


@contextmanager
def _media(folder: Path) -> Iterator[tuple[NativeEngine, Storage]]:
    """Run our media server, its recordings in a folder."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    secret, key = secrets.token_hex(16), base64.b64encode(secrets.token_bytes(32)).decode()
    given = {
        "VIVA_VAR": str(folder),
        "VIVA_STORAGE_ROOT": str(folder / "storage"),
        "VIVA_STORAGE_KEYS": key,
        "VIVA_MEDIA_URL": url,
        "VIVA_MEDIA_SECRET": secret,
        "VIVA_MEDIA_BIND_IPS": address(),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "rooms.media"],
        env={**os.environ, **given},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    engine = NativeEngine(url, secret)
    try:
        end = time.monotonic() + 30
        while not engine.healthy():
            if time.monotonic() > end:
                raise RuntimeError("the media server does not come up")
            time.sleep(0.05)
        yield engine, Storage(folder / "storage", KeyRing.from_base64([key]))
    finally:
        process.terminate()
        process.wait()


def measure(case: str) -> dict[str, float]:
    """Run one round and return its figures."""
    with tempfile.TemporaryDirectory() as folder, _media(Path(folder)) as (engine, storage):
        return _round(case, engine, storage)


def main() -> None:
    """Print the figures of every case, its rounds interleaved with the others'."""
    measured: dict[str, list[dict[str, float]]] = {case: [] for case in CASES}
    failed: dict[str, str] = {}
    for number in range(ROUNDS):
        for case in CASES:
            progress(f"loss: round {number + 1} of {ROUNDS}, {case}")
            try:
                measured[case].append(measure(case))
            except (NoChromium, RuntimeError, OSError, EngineUnavailable) as error:
                failed[case] = f"{type(error).__name__}: {error}"
    for case, rounds in measured.items():
        units = FIGURES | ({"climb_s": "s"} if CASES[case][1] else {})
        for name, unit in units.items():
            if rounds:
                figure(BENCH, case, 2, name, [figures[name] for figures in rounds], unit)
            else:
                could_not(BENCH, case, 2, name, unit, failed.get(case, "no round"))


if __name__ == "__main__":
    main()
