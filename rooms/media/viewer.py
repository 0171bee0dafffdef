"""What a viewer's path can carry, so that its publisher sends no more; pure.

Chromium's receiver estimate (REMB) starts low, grows by 8 % a second, and in good times only says
one and a half times what arrives: relayed as it is, it would hold every call at a poor picture.
It means something when it falls, and falls below what we send: then the path is full, and until
it has room again the estimate is followed.
"""

FULL = 0.95
FALL = 0.97
TWICE = 2  # falls within MEMORY seconds: one alone may be a busy machine
MEMORY = 5
ROOMY = 1.35
SECONDS_OF_ROOM = 3
HEAVY_LOSS = 0.1
LOWEST = 100_000


class ViewerPath:
    """One stream's way to one viewer, judged once a second."""

    def __init__(self) -> None:
        self.cap: int | None = None
        self._estimate: int | None = None
        self._sent = 0.0
        self._falls: list[int] = []
        self._seconds = 0
        self._roomy = 0

    def estimate(self, bits_per_second: int) -> None:
        """Take the viewer's estimate (REMB)."""
        before, self._estimate = self._estimate, bits_per_second
        if before is not None and bits_per_second < FALL * before:
            self._falls.append(self._seconds)

    def second(self, sent: float, loss: float) -> int | None:
        """Return the cap in bits a second; None when the path is not known to be full.

        ``sent`` is what went out in this second, in bits; ``loss`` the share lost on this path
        alone.
        """
        self._seconds += 1
        self._falls = [at for at in self._falls if self._seconds - at <= MEMORY]
        if sent <= 0:
            return self.cap
        estimate = self._estimate
        full = estimate is not None and estimate < FULL * max(sent, self._sent)
        self._sent = sent
        roomy = (estimate is None or estimate > ROOMY * sent) and loss < HEAVY_LOSS / 2
        self._roomy = self._roomy + 1 if roomy else 0
        if loss > HEAVY_LOSS:
            self.cap = max(LOWEST, int(sent * (1 - loss / 2)))
        elif estimate is not None and (
            self.cap is not None or (full and len(self._falls) >= TWICE)
        ):
            self.cap = max(LOWEST, estimate)
        if self._roomy >= SECONDS_OF_ROOM:
            self.cap = None
        return self.cap
