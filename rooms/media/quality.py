"""How good a connection is, in figures and in bars; pure."""

from dataclasses import dataclass


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
