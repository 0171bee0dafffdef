"""Who speaks, and how long, from the audio levels in the packets (RFC 6464); pure.

A level is in -dBov: 0 is the loudest, 127 is silence. Somebody speaks when their level stands
clearly above their own background; short pauses inside a sentence count as speech.
"""

FRAME = 0.02
QUIETEST_FLOOR = 75.0  # a muted microphone is quieter, but says nothing of the room behind it
FLOOR_RISE = 3.0  # dB a second by which the background estimate follows a louder room
ABOVE_FLOOR = 12.0
AUDIBLE = 60  # quieter than -60 dBov is never speech
PAUSE = 0.4
ONSET = 3  # frames, so that a click is not speech


class TalkMeter:
    """Speech of one person, accumulated until taken."""

    def __init__(self) -> None:
        self._floor = QUIETEST_FLOOR  # -dBov of the background
        self._run = 0
        self._last_speech = -1e9
        self._last_frame: float | None = None
        self._seconds = 0.0
        self.level = 127

    def feed(self, level: int, at: float) -> None:
        """Note the level of one packet, at a time in seconds."""
        self.level = level
        elapsed = FRAME if self._last_frame is None else at - self._last_frame
        self._last_frame = at
        if not 0 < elapsed < 0.2:
            elapsed = FRAME
        if level > self._floor:
            towards = min(float(level), QUIETEST_FLOOR) - self._floor
            self._floor += towards * min(1.0, elapsed / 0.2)
        else:
            self._floor = max(float(level), self._floor - FLOOR_RISE * elapsed)
        loud = level <= AUDIBLE and self._floor - level >= ABOVE_FLOOR
        self._run = self._run + 1 if loud else 0
        if self._run >= ONSET:
            if self._run == ONSET and at - self._last_speech > PAUSE:
                self._seconds += (ONSET - 1) * FRAME
            self._last_speech = at
        if at - self._last_speech <= PAUSE:
            self._seconds += elapsed

    @property
    def speaking(self) -> bool:
        """Whether the last packets were speech."""
        return self._last_frame is not None and self._last_frame - self._last_speech <= PAUSE

    def take(self) -> float:
        """Return the seconds spoken since the last call."""
        seconds, self._seconds = self._seconds, 0.0
        return seconds
