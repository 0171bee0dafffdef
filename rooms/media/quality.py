"""How good a connection is, in figures and in bars; pure."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Quality:
    """A connection over the last seconds. Losses are shares from 0 to 1."""

    rtt_ms: float | None
    loss_up: float
    loss_down: float
    kbps_up: float
    kbps_down: float

    def bars(self, silent: float) -> int:
        """Return 0 (nothing was heard for ``silent`` seconds) to 4 (good)."""
        if silent > 3.0:
            return 0
        loss = max(self.loss_up, self.loss_down)
        rtt = self.rtt_ms or 0.0
        if loss > 0.15 or rtt > 800:
            return 1
        if loss > 0.05 or rtt > 400:
            return 2
        if loss > 0.01 or rtt > 200:
            return 3
        return 4


class Totals(NamedTuple):
    """What a connection carried since it began; packets of what it sends us, by their numbers."""

    octets_in: int = 0
    octets_out: int = 0
    expected: int = 0
    lost: int = 0


class Meter:
    """Turns totals into what was carried between one reading and the next."""

    def __init__(self, now: float) -> None:
        self._at = now
        self._before = Totals()

    def read(self, now: float, totals: Totals) -> tuple[float, float, float]:
        """Return the share lost on the way to us, and kbit/s up and down."""
        elapsed = max(0.001, now - self._at)
        new = Totals(*(a - b for a, b in zip(totals, self._before, strict=True)))
        self._at, self._before = now, totals
        loss = min(1.0, new.lost / new.expected) if new.expected > 0 and new.lost > 0 else 0.0
        return (
            round(loss, 4),
            round(new.octets_in / elapsed / 125, 1),
            round(new.octets_out / elapsed / 125, 1),
        )
