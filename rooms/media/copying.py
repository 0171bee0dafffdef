"""Make one file of a recording, to hand over: both people side by side, their voices mixed.

`python -m rooms.media.copying <target> <recording>…` does it in a process of its own, at the lowest
priority: unlike everything else here it decodes and encodes. Each line that it prints is the share
done, 0 to 1. Like a segment, the file grows in memory and lies encrypted in the storage.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import reduce
from typing import BinaryIO, Final

import av
import numpy as np
from av.container import OutputContainer
from numpy.typing import NDArray

from kernel import settings
from kernel.storage import Storage, StorageError, StoredFile, from_settings
from rooms.media import manifest
from rooms.media.manifest import Manifest
from rooms.media.replay import HALF, Picture, Sound

FPS: Final = 25
RATE: Final = 48_000
_PIECE: Final = 1 << 20
_NICENESS: Final = 19
_SIDES: Final = ("candidate", "evaluator")  # from left to right

Halves = NDArray[np.uint8]


def copy(
    storage: Storage, target: str, recordings: Sequence[str], tell: Callable[[float], None]
) -> StoredFile:
    """Write the whole of `recordings`, in their order of time, as the MP4 file `target`.

    `tell` hears the share done after each second of the oral. Raise NotStored, Tampered,
    KeyMissing.
    """
    parts = [
        Manifest.model_validate_json(storage.bytes(manifest.name(name))) for name in recordings
    ]
    whole = reduce(manifest.merge, sorted(parts, key=lambda part: part.started_at))
    with os.fdopen(os.memfd_create("copy"), "w+b") as plain:
        _encode(storage, whole, plain, tell)
        plain.seek(0)
        with storage.create(target) as sealed:
            while piece := plain.read(_PIECE):
                sealed.write(piece)
            return sealed.close()


class _File:
    """An MP4 file: H.264 and AAC, which whatever it is handed to can play."""

    def __init__(self, target: BinaryIO) -> None:
        width, height = HALF
        self._file: OutputContainer = av.open(target, "w", format="mp4")
        self._video = self._file.add_stream(
            "libx264", rate=FPS, options={"preset": "veryfast", "crf": "27"}
        )
        self._video.width, self._video.height = 2 * width, height
        self._video.pix_fmt = "yuv420p"
        self._video.codec_context.thread_count = 1
        self._audio = self._file.add_stream("aac", rate=RATE, layout="mono")
        self._audio.bit_rate = 96_000

    def picture(self, number: int, sides: Sequence[Halves]) -> None:
        """Write the picture `number` from two halves, each as planar YUV."""
        frame = av.VideoFrame.from_ndarray(_beside(sides), format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, FPS)
        self._file.mux(self._video.encode(frame))

    def sound(self, sample: int, voices: Sequence[NDArray[np.int32]]) -> None:
        """Write what was said from `sample` on; loud moments of both are held in bounds."""
        mixed = np.clip(np.sum(voices, axis=0), -32_768, 32_767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(mixed.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, sample, Fraction(1, RATE)
        self._file.mux(self._audio.encode(frame))

    def close(self) -> None:
        """Write what the encoders still hold."""
        self._file.mux(self._video.encode(None))
        self._file.mux(self._audio.encode(None))
        self._file.close()


def _encode(
    storage: Storage, whole: Manifest, plain: BinaryIO, tell: Callable[[float], None]
) -> None:
    of = {
        role: sorted(
            (segment for segment in whole.segments if segment.role == role),
            key=lambda segment: segment.offset_s,
        )
        for role in _SIDES
    }
    pictures = [Picture(storage, of[role]) for role in _SIDES]
    voices = [Sound(storage, of[role], RATE) for role in _SIDES]
    file = _File(plain)
    for start, length in _seconds(whole.duration_s):
        for number in range(start * FPS, start * FPS + round(length * FPS)):
            file.picture(number, [side.at(number / FPS) for side in pictures])
        samples = round(length * RATE)
        file.sound(start * RATE, [voice.span(start * RATE, samples) for voice in voices])
        tell(min(1.0, (start + length) / whole.duration_s))
    file.close()


def _seconds(duration: float) -> Iterator[tuple[int, float]]:
    """Cut a duration in seconds, the last of which may be shorter: (start, length)."""
    for start in range(int(duration) + 1):
        length = min(1.0, duration - start)
        if length >= 1 / FPS:
            yield start, length


def _beside(sides: Sequence[Halves]) -> Halves:
    """Put two pictures side by side, plane by plane."""
    width, height = HALF
    half, quarter = height // 2, height // 4
    planes = np.empty((height + half, 2 * width), np.uint8)
    planes[:height] = np.concatenate([side[:height] for side in sides], axis=1)
    for top, bottom, place in ((0, quarter, height), (quarter, half, height + quarter)):
        colour = [side[height + top : height + bottom].reshape(half, width // 2) for side in sides]
        planes[place : place + quarter] = np.concatenate(colour, axis=1).reshape(quarter, -1)
    return planes


def main(arguments: list[str]) -> int:
    """Copy the recordings named into one file; return the exit code."""
    if len(arguments) < 2:
        sys.stderr.write("usage: python -m rooms.media.copying TARGET RECORDING...\n")
        return 2
    os.setpriority(os.PRIO_PROCESS, 0, _NICENESS)

    def tell(share: float) -> None:
        sys.stdout.write(f"{share:.4f}\n")
        sys.stdout.flush()

    try:
        copy(from_settings(settings.load()), arguments[0], arguments[1:], tell)
    except (StorageError, av.FFmpegError, OSError, ValueError) as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
