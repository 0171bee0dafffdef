"""When each packet of a browser arrived, told back to it ten times a second.

With this transport-wide feedback the browser itself finds what its path can carry.
"""

from rooms.media import rtcp

MAX_PACKETS = 420
TICK = 4000  # units of 250 µs in a second


class Arrivals:
    """Arrivals by transport-wide sequence number, since the last feedback."""

    def __init__(self) -> None:
        self._arrived: dict[int, int] = {}
        self._next: int | None = None
        self._highest = -1
        self._count = 0

    def note(self, sequence: int, arrival: float) -> None:
        """Note that a packet came, at a time in seconds on the monotonic clock."""
        if self._next is None:
            self._next = self._highest = sequence
        step = (sequence - self._highest) & 0xFFFF
        unwrapped = self._highest + (step if step < 0x8000 else step - 0x10000)
        if unwrapped < self._next:
            return  # reported as lost already; the sender has acted on it
        self._highest = max(self._highest, unwrapped)
        self._arrived[unwrapped] = int(arrival * TICK)

    def feedback(self, sender: int, media: int) -> list[bytes]:
        """Return the feedback for everything since the last call."""
        packets: list[bytes] = []
        if not self._arrived or self._next is None:
            return packets
        if self._highest - self._next > 4 * MAX_PACKETS:
            self._next = max(min(self._arrived), self._highest - 4 * MAX_PACKETS)
        while self._next <= self._highest:
            end = min(self._next + MAX_PACKETS, self._highest + 1)
            run = [self._arrived.pop(number, None) for number in range(self._next, end)]
            if any(arrival is not None for arrival in run):
                packets.append(rtcp.transport_feedback(sender, media, self._count, self._next, run))
                self._count = (self._count + 1) & 0xFF
            self._next = end
        self._arrived.clear()
        return packets
