"""Decode one person's stored segments in the order of time: what was seen and heard at a moment."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any, Final

import av
import numpy as np
from av.container import InputContainer
from numpy.typing import NDArray

from kernel.storage import Storage
from rooms.media.manifest import SegmentFile

HALF: Final = (640, 360)
"""Width and height of one person's picture in a copy, in pixels."""
_READ: Final = 1 << 18
_GREY: Final = 128  # no colour


def black() -> NDArray[np.uint8]:
    """Return a dark picture, as planar YUV."""
    width, height = HALF
    planes = np.full((height * 3 // 2, width), _GREY, np.uint8)
    planes[:height] = 16
    return planes


class StoredReader(io.RawIOBase):
    """A stored blob as a file that can be read anywhere; decrypted where it is read."""

    def __init__(self, storage: Storage, key: str) -> None:
        """Raise NotStored, Tampered, KeyMissing."""
        self._storage, self._key = storage, key
        self._size = storage.size(key)
        self._place = 0

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can be read anywhere."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a byte; return which."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(0, base + offset)
        return self._place

    def readinto(self, buffer: Any, /) -> int:
        """Fill `buffer` from where it stands; return how many bytes came."""
        view = memoryview(buffer)
        end = min(self._size, self._place + len(view))
        if end <= self._place:
            return 0
        data = b"".join(self._storage.read(self._key, self._place, end))
        view[: len(data)] = data
        self._place += len(data)
        return len(data)


def _open(storage: Storage, segment: SegmentFile) -> InputContainer:
    source = io.BufferedReader(StoredReader(storage, segment.key), _READ)
    return av.open(source, "r", format="matroska")


class Picture:
    """What is seen of one person, moment by moment."""

    def __init__(self, storage: Storage, segments: Sequence[SegmentFile]) -> None:
        """Decode nothing yet."""
        self._storage = storage
        self._seen = [segment for segment in segments if segment.width]
        self._frames = self._decode()
        self._next = next(self._frames, None)
        self._dark = black()
        self._shown = self._dark

    def at(self, moment: float) -> NDArray[np.uint8]:
        """Return the picture of `moment`, in seconds, as planar YUV; moments never go back."""
        last: av.VideoFrame | None = None
        while self._next is not None and self._next[0] <= moment:
            last = self._next[1]
            self._next = next(self._frames, None)
        if last is not None:
            self._shown = _fitted(last)
        return self._shown if self._is_on(moment) else self._dark

    def _is_on(self, moment: float) -> bool:
        return any(
            segment.offset_s <= moment <= segment.offset_s + segment.duration_s + 0.1
            for segment in self._seen
        )

    def _decode(self) -> Iterator[tuple[float, av.VideoFrame]]:
        for segment in self._seen:
            with _open(self._storage, segment) as container:
                for frame in container.decode(video=0):
                    yield segment.offset_s + (frame.time or 0.0), frame


class Sound:
    """What is heard of one person, sample by sample."""

    def __init__(self, storage: Storage, segments: Sequence[SegmentFile], rate: int) -> None:
        """Decode nothing yet; `rate`: samples a second."""
        self._storage, self._rate = storage, rate
        self._heard = [segment for segment in segments if segment.sound]
        self._pieces = self._decode()
        self._next = next(self._pieces, None)

    def span(self, start: int, count: int) -> NDArray[np.int32]:
        """Return `count` samples from `start` on, silence where nothing came; never go back."""
        samples = np.zeros(count, np.int32)
        while self._next is not None and self._next[0] < start + count:
            first, piece = self._next
            skip = max(0, start - first)
            taken = piece[skip : start + count - first]
            if len(taken):
                place = first + skip - start
                samples[place : place + len(taken)] = taken
            if first + len(piece) > start + count:
                break
            self._next = next(self._pieces, None)
        return samples

    def _decode(self) -> Iterator[tuple[int, NDArray[np.int16]]]:
        for segment in self._heard:
            resampler = av.AudioResampler(format="s16", layout="mono", rate=self._rate)
            with _open(self._storage, segment) as container:
                for frame in container.decode(audio=0):
                    for chunk in resampler.resample(frame):
                        moment = segment.offset_s + (chunk.time or 0.0)
                        samples = np.asarray(chunk.to_ndarray(), np.int16).reshape(-1)
                        yield round(moment * self._rate), samples


def _fitted(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """Return a frame in the middle of its half, as large as it fits."""
    width, height = HALF
    scale = min(width / frame.width, height / frame.height)
    # Multiples of four, so that the colour of what is left around them lies on whole pixels.
    wide, high = (max(4, int(side * scale) // 4 * 4) for side in (frame.width, frame.height))
    resized = frame.reformat(width=wide, height=high, format="yuv420p")
    small = np.asarray(resized.to_ndarray(), np.uint8)
    if (wide, high) == HALF:
        return small
    left, top = (width - wide) // 4 * 2, (height - high) // 4 * 2
    planes = black()
    planes[top : top + high, left : left + wide] = small[:high]
    quarter = height // 4
    for number in range(2):
        colour = planes[height + number * quarter : height + (number + 1) * quarter]
        placed = colour.reshape(height // 2, width // 2)
        begins = high + number * (high // 4)
        placed[top // 2 : (top + high) // 2, left // 2 : (left + wide) // 2] = small[
            begins : begins + high // 4
        ].reshape(high // 2, wide // 2)
    return planes
