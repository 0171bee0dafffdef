"""What two real Chromiums send is recorded, over a reload, and decodes to its end."""

import io

import av
import numpy as np
import pytest
from media_running import Running
from playwright.sync_api import Browser
from test_browsers import DECODED, GREW, JOIN, chromium, enter
from test_server import await_fact

from kernel.storage import Storage
from rooms.engines import FactKind
from rooms.media.manifest import Manifest, SegmentFile

__all__ = ["chromium"]

pytestmark = pytest.mark.e2e


def decode(storage: Storage, segment: SegmentFile) -> tuple[list[float], list[float]]:
    """Return the moments of the pictures, and the loudness of each packet of sound."""
    moments, loudness = [], []
    with av.open(io.BytesIO(storage.bytes(segment.key))) as container:
        for frame in container.decode():
            if isinstance(frame, av.VideoFrame):
                moments.append(float(frame.pts * frame.time_base))
                assert (frame.width, frame.height) == (segment.width, segment.height)
            else:
                loudness.append(float(np.abs(frame.to_ndarray()).max()))
    return moments, loudness


def test_browsers_are_recorded_over_a_reload(
    media: Running, site: str, storage: Storage, chromium: Browser
) -> None:
    media.engine.open("oral")
    evaluator = enter(chromium, site, "evaluator")
    candidate = enter(chromium, site, "candidate")
    for page in (evaluator, candidate):
        page.wait_for_function(GREW, arg=0, timeout=15_000)
    media.engine.set_part("oral", 1)
    media.engine.start_recording("oral", "rec-1")
    for _ in range(2):
        evaluator.wait_for_function(GREW, arg=evaluator.evaluate(DECODED), timeout=15_000)
    media.engine.set_part("oral", 2)
    candidate.reload()
    again = {"role": "candidate", "room": "oral", "peer": "candidate", "observe": False}
    candidate.evaluate(JOIN, again)
    candidate.wait_for_function(GREW, arg=0, timeout=15_000)
    for _ in range(2):
        evaluator.wait_for_function(GREW, arg=evaluator.evaluate(DECODED), timeout=15_000)
    media.engine.close("oral")
    ready = await_fact(media, FactKind.RECORDING_READY, 60)
    for page in (evaluator, candidate):
        page.context.close()

    manifest = Manifest.model_validate_json(storage.bytes(ready.data["manifest"]))
    assert manifest.dropped == 0
    assert [part.number for part in manifest.parts] == [1, 2]
    mine = [segment for segment in manifest.segments if segment.role == "candidate"]
    theirs = [segment for segment in manifest.segments if segment.role == "evaluator"]
    assert len(mine) >= 2
    assert sum(segment.duration_s for segment in theirs) == pytest.approx(
        manifest.duration_s, abs=1.5
    )
    assert max(mine[-1].offset_s, 0) > manifest.parts[1].start_s
    for segment in manifest.segments:
        moments, loudness = decode(storage, segment)
        assert moments == sorted(set(moments))
        assert len(moments) > 10 * (segment.duration_s - 1)
        assert sum(loudness) > 0
        assert len(loudness) == pytest.approx(segment.duration_s * 50, abs=15)
    for role in ("candidate", "evaluator"):
        assert max(manifest.peaks[role]) > 0.3
