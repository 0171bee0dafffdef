"""The one file to hand over: decoded again, it shows both people, and says what was said."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest

from kernel.storage import KeyRing, NotStored, Storage
from rooms.media.copying import FPS, copy
from tests.evaluator_app.playback.recorded_oral import make_recording

KEY = "bm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm4="


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Storage:
    storage = Storage(tmp_path_factory.mktemp("storage"), KeyRing.from_base64([KEY]))
    make_recording(storage)
    return storage


@pytest.fixture(scope="module")
def made(storage: Storage) -> tuple[bytes, list[float]]:
    shares: list[float] = []
    stored = copy(storage, "recordings/12/copy-1.mp4", ["12"], shares.append)
    plain = storage.bytes(stored.key)
    assert len(plain) == stored.size
    return plain, shares


def test_both_are_seen_side_by_side_and_an_absence_is_dark(made):
    with av.open(io.BytesIO(made[0])) as container:
        video = container.streams.video[0]
        assert (video.codec_context.name, video.width, video.height) == ("h264", 1280, 360)
        bright = [
            (frame.to_ndarray(format="gray")[:, :640], frame.to_ndarray(format="gray")[:, 640:])
            for frame in container.decode(video=0)
        ]
    assert len(bright) == pytest.approx(16 * FPS, abs=2)
    # A picture is white during the first fifth of each second, and grey after.
    for second, candidate in ((3, True), (7, False), (12, True)):
        left, right = bright[second * FPS + 2]
        assert (left.mean() > 140, right.mean() > 140) == (candidate, True)
        left, right = bright[second * FPS + 15]
        assert left.mean() < 140
        assert 20 < right.mean() < 140
    assert bright[7 * FPS + 15][0].max() < 30


def test_both_are_heard(made):
    with av.open(io.BytesIO(made[0])) as container:
        audio = container.streams.audio[0]
        assert (audio.codec_context.name, audio.rate) == ("aac", 48_000)
        heard = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    assert len(heard) / 48_000 == pytest.approx(16, abs=0.1)
    loud = [float(np.sqrt(np.mean(heard[s * 48_000 : (s + 1) * 48_000] ** 2))) for s in (3, 7)]
    # Two voices are louder than the one that stays while the candidate is away.
    assert loud[0] > 1.2 * loud[1] > 0


def test_the_share_done_grows_to_the_whole(made):
    shares = made[1]
    assert shares == sorted(shares)
    assert len(shares) >= 16
    assert shares[-1] == pytest.approx(1, abs=0.01)


def test_it_lies_encrypted(storage, made):
    raw = (storage.root / "recordings/12/copy-1.mp4").read_bytes()
    assert b"ftyp" in made[0][:32]
    assert b"ftyp" not in raw


def test_what_is_not_there_cannot_be_copied(storage):
    with pytest.raises(NotStored):
        copy(storage, "recordings/13/copy-1.mp4", ["13"], lambda _share: None)
