"""Where log lines go: to a stream that may fail without anybody else failing."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TextIO, cast

# All controls but the line's end and the tab; next line, line and paragraph separators; what turns
# the direction of reading.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def escaped(text: str) -> str:
    """Return `text` with every sign that a terminal or a reader would obey written out."""
    return _UNSEEN.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


class _Unfailing:
    """The part of a text stream that loggers use."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what the stream takes; return the length of `text` in any case."""
        with suppress(OSError):
            self._stream.write(escaped(text))
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
