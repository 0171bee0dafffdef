"""Write VP8 and Opus, as they are, into a WebM that a player can seek in at once.

Nothing is decoded. The file grows in memory (a memfd: the muxer wants to go back and forth, and
plain media must never touch the disk); its index stands in front, so that a player needs one
request to begin and one to jump.
"""

import os
from fractions import Fraction
from typing import BinaryIO, Final

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.stream import Stream

from rooms.media.depacketise import Frame, opus_samples
from rooms.media.segments import Segment

_MILLISECOND: Final = Fraction(1, 1000)
_SILENCE: Final = b"\xfc\xff\xfe"  # 20 ms of stereo silence in Opus
_SILENCE_SAMPLES: Final = 960
_SLACK: Final = 1440  # samples (30 ms) that sound may stray from its moment
_CUE: Final = 32  # bytes of index that a key frame takes, at most


class MuxError(Exception):
    """The file that was written does not hold what it should."""


class SegmentWriter:
    """Write one segment."""

    def __init__(self, segment: Segment) -> None:
        """Open the file in memory."""
        self._segment = segment
        self._file: BinaryIO = os.fdopen(os.memfd_create("segment"), "w+b")
        cues = segment.key_frames or 1 + int(segment.end - segment.start)
        self._container: OutputContainer = av.open(
            self._file,
            "w",
            format="webm",
            options={"reserve_index_space": str(256 + _CUE * cues)},
        )
        self._video: Stream | None = None
        if segment.pictures:
            self._video = self._container.add_mux_stream(
                "vp8", width=segment.width, height=segment.height
            )
        # add_mux_stream knows no header for Opus; an encoder that is never fed gives it.
        self._audio: AudioStream | None = None
        if segment.sounds:
            self._audio = self._container.add_stream("libopus", rate=48_000)
        self._last_picture = -1
        self._samples = 0  # of sound written so far
        self.left = segment.frames
        self._written = 0

    def add(self, frame: Frame, moment: float) -> None:
        """Write a frame that happened at `moment`, in seconds of the recording."""
        self.left -= 1
        if frame.kind == "audio":
            self._sound(frame, moment)
        else:
            self._picture(frame, moment)

    def finish(self) -> BinaryIO:
        """End the file, read it through, and return it, plain, in memory. Raise MuxError."""
        self._container.close()
        self._file.seek(0)
        with av.open(self._file, "r", format="matroska") as container:
            readable = sum(packet.size > 0 for packet in container.demux())
        if readable != self._written:
            raise MuxError(f"{readable} packets in a file that was given {self._written}")
        self._file.seek(0)
        return self._file

    def _picture(self, frame: Frame, moment: float) -> None:
        pts = max(self._last_picture + 1, round((moment - self._segment.start) * 1000))
        self._last_picture = pts
        self._mux(frame.data, pts, key=frame.key, sound=False)

    def _sound(self, frame: Frame, moment: float) -> None:
        """Write sound without holes: players join packets whatever their timestamps say.

        What was lost becomes silence; a packet too many (a sound card that runs fast) is left out.
        """
        due = round((moment - self._segment.start) * 48_000)
        if due < self._samples - _SLACK:
            return
        while due - self._samples > _SLACK:
            self._mux(_SILENCE, self._samples // 48, key=True, sound=True)
            self._samples += _SILENCE_SAMPLES
        self._mux(frame.data, self._samples // 48, key=True, sound=True)
        self._samples += opus_samples(frame.data)

    def _mux(self, data: bytes, pts: int, *, key: bool, sound: bool) -> None:
        stream = self._audio if sound else self._video
        if stream is None:
            raise MuxError("a frame of a kind that the plan does not have")
        packet = av.Packet(data)
        packet.stream = stream
        packet.time_base = _MILLISECOND
        packet.pts = packet.dts = pts
        packet.is_keyframe = key
        self._container.mux(packet)
        self._written += 1
