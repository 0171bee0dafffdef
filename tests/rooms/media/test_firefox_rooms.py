"""Firefox at the media server, with another Firefox and with Chromium; both sides decode."""

from collections.abc import Iterator

import pytest
from firefox_browser import Firefox, Tab
from media_running import Running
from playwright.sync_api import Browser
from test_browsers import JOIN, chromium, enter
from test_recorded_browsers import decode
from test_server import await_fact

from bench.bad_path import BadPath
from bench.call_site import serve_site
from kernel.storage import Storage
from rooms.engines import FactKind
from rooms.media.manifest import Manifest

__all__ = ["chromium"]

pytestmark = pytest.mark.e2e

# A headless Firefox decodes, but counts no frame of a video element as shown.
DECODED = """async () => {
  let frames = 0;
  for (const stat of (await window.room.statistics()).values()) {
    if (stat.type === 'inbound-rtp' && stat.kind === 'video') frames += stat.framesDecoded;
  }
  return frames;
}"""
ENERGY = """async () => {
  for (const stat of (await window.room.statistics()).values()) {
    if (stat.type === 'inbound-rtp' && stat.kind === 'audio') return stat.totalAudioEnergy;
  }
  return 0;
}"""
GREW = f"async (before) => (await ({DECODED})()) > before + 30"


@pytest.fixture(scope="module")
def firefox() -> Iterator[Firefox]:
    with Firefox() as browser:
        yield browser


def come(browser: Firefox, site: str, role: str) -> Tab:
    page = browser.page(site)
    page.evaluate(JOIN, {"role": role, "room": "oral", "peer": role, "observe": False})
    return page


def pictures(storage: Storage, name: str) -> dict[str, int]:
    """Decode every file of a recording to its end; return how many pictures each person has."""
    counts: dict[str, int] = {}
    for segment in Manifest.model_validate_json(storage.bytes(name)).segments:
        moments, loudness = decode(storage, segment)
        assert moments == sorted(set(moments))
        assert moments[-1] > segment.duration_s - 3
        assert max(loudness) > 0
        counts[segment.role] = counts.get(segment.role, 0) + len(moments)
    return counts


def test_two_firefoxes_meet_and_are_recorded(
    media: Running, site: str, storage: Storage, firefox: Firefox
) -> None:
    media.engine.open("oral")
    pages = [come(firefox, site, role) for role in ("evaluator", "candidate")]
    for page in pages:
        page.wait_for_function(GREW, 0, 20_000)
    media.engine.start_recording("oral", "rec-1")
    for page in pages:
        for _ in range(2):
            page.wait_for_function(GREW, page.evaluate(DECODED), 20_000)
        assert page.evaluate(ENERGY) > 0.001
    media.engine.close("oral")
    ready = await_fact(media, FactKind.RECORDING_READY, 60)
    for page in pages:
        page.close()
    counts = pictures(storage, ready.data["manifest"])
    assert sorted(counts) == ["candidate", "evaluator"]
    assert min(counts.values()) > 40


def test_firefox_and_chromium_meet(
    media: Running, site: str, firefox: Firefox, chromium: Browser
) -> None:
    media.engine.open("oral")
    evaluator = enter(chromium, site, "evaluator")
    candidate = come(firefox, site, "candidate")
    candidate.wait_for_function(GREW, 0, 20_000)
    evaluator.wait_for_function(GREW, arg=0, timeout=20_000)
    for _ in range(2):
        evaluator.wait_for_function(GREW, arg=evaluator.evaluate(DECODED), timeout=10_000)
        candidate.wait_for_function(GREW, candidate.evaluate(DECODED), 10_000)
    assert candidate.evaluate(ENERGY) > 0.001
    assert evaluator.evaluate(ENERGY) > 0.001
    assert candidate.evaluate("() => window.states") == ["connecting", "connected"]
    candidate.close()
    evaluator.context.close()


@pytest.mark.parametrize("loss", [0.05, 0.1])
def test_video_goes_on_over_a_path_that_loses_packets(
    media: Running, storage: Storage, firefox: Firefox, chromium: Browser, loss: float
) -> None:
    media.engine.open("oral")
    with BadPath(loss) as path, serve_site(media.engine, path) as site:
        evaluator = enter(chromium, site, "evaluator")
        candidate = come(firefox, site, "candidate")
        candidate.wait_for_function(GREW, 0, 30_000)
        evaluator.wait_for_function(GREW, arg=0, timeout=30_000)
        media.engine.start_recording("oral", "rec-1")
        for _ in range(2):
            evaluator.wait_for_function(GREW, arg=evaluator.evaluate(DECODED), timeout=30_000)
            candidate.wait_for_function(GREW, candidate.evaluate(DECODED), 30_000)
        media.engine.close("oral")
        ready = await_fact(media, FactKind.RECORDING_READY, 60)
        candidate.close()
        evaluator.context.close()
    assert min(path.dropped.values()) > 20
    counts = pictures(storage, ready.data["manifest"])
    assert sorted(counts) == ["candidate", "evaluator"]
    assert min(counts.values()) > 30
