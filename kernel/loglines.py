"""Where log lines go: to a stream that may fail without anybody else failing."""

from __future__ import annotations

from contextlib import suppress
from typing import TextIO, cast


class _Unfailing:
    """The part of a text stream that loggers use."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what the stream takes; return the length of `text` in any case."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush what the stream takes."""
        with suppress(OSError):
            self._stream.flush()


def unfailing(stream: TextIO) -> TextIO:
    """Return a stream whose writers never hear that the disk is full or the reader gone.

    A log lies on the same disk as what it tells of: a line that cannot be written must not stop
    the oral whose trouble it was to tell.
    """
    return cast("TextIO", _Unfailing(stream))
