"""Log lines: to a stream that may fail without anybody else failing, and not without end."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import TextIO, cast

# All controls but the line's end and the tab; next line, line and paragraph separators; what turns
# the direction of reading.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


# How an SMTP server's answer begins: 550, 550 5.1.1.
_ANSWER = re.compile(r"[245]\d\d(?: [245]\.\d{1,3}\.\d{1,3})?(?=[ -]|$)")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:'\"]+@[^\s<>()\[\],;:'\"]+")


def discreet(words: str) -> str:
    """Return what a log may tell of a failure's words: nobody's address, no value of a row.

    Of a mail server's answer that is its code; else the first line, as PostgreSQL's further ones
    name values. Addresses are left out.
    """
    answer = _ANSWER.match(words)
    if answer is not None:
        return answer[0]
    return _ADDRESS.sub("…", words.partition("\n")[0])


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
    the work that it tells of.
    """
    return cast("TextIO", _Unfailing(stream))


class LogThrottle:
    """The same thing is said once in `seconds`, and then how often it was kept back meanwhile."""

    MOST = 1000
    """So many things are remembered; beyond, all are said anew."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        """Nothing was said yet; `now` gives seconds."""
        self._seconds, self._now = seconds, now
        self._lock = threading.Lock()
        self._said: dict[Hashable, tuple[float, int]] = {}

    def kept_back(self, thing: Hashable) -> int | None:
        """Return how often `thing` was kept back since it was last said; None: keep it back too."""
        with self._lock:
            moment = self._now()
            said, kept = self._said.get(thing, (None, 0))
            if said is not None and moment - said < self._seconds:
                self._said[thing] = (said, kept + 1)
                return None
            if len(self._said) >= self.MOST:
                self._said.clear()
            self._said[thing] = (moment, 0)
            return kept

    def forget(self) -> None:
        """Say everything anew."""
        with self._lock:
            self._said.clear()


THROTTLE = LogThrottle(60)
"""For failures that come back: an outage of an hour is sixty lines, not thousands of traces."""
