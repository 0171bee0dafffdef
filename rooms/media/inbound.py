"""One stream that a browser sends us: what arrived, what is missing, what to report."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from rooms.media import rtcp
from rooms.media.rtp import Packet, is_vp8_key_frame, newer

if TYPE_CHECKING:
    from rooms.media.outbound import Outbound

Kind = Literal["audio", "video"]
CLOCK: dict[Kind, int] = {"audio": 48_000, "video": 90_000}
MAX_GAP = 512
MOST_MISSING = 1024  # packets waited for at once: a bound on what a hostile sender can cost
OTHER_SOURCE_AFTER = 0.5  # seconds of silence before another source may take the stream's place
MAX_TRIES = 10
LEAST_WAIT = 0.015  # seconds until a packet is asked for again, on the shortest of paths
GIVE_UP_AFTER = 1.0
KEY_FRAME_INTERVAL = 0.5
KEY_FRAME_WHILE_RECORDING = 8.0


@dataclass(slots=True)
class Missing:
    """A packet that has been asked for again."""

    since: float
    next_ask: float
    tries: int = 1


@dataclass(slots=True)
class Inbound:
    """The audio or the video of one browser, as it comes in.

    ``epoch`` grows when the browser starts its stream anew: sequence numbers and timestamps have
    then nothing to do with what came before.
    """

    kind: Kind
    mid: str
    payload_type: int
    rtx_payload_type: int | None
    level_id: int
    transport_id: int
    can_nack: bool
    send_rtcp: Callable[[bytes], None]
    own_ssrc: int
    ssrc: int = 0
    epoch: int = 0
    legs: "list[Outbound]" = field(default_factory=list)
    packets: int = 0
    octets: int = 0
    lost: int = 0
    highest: int = -1
    cycles: int = 0
    first: int = 0
    jitter: float = 0.0
    recent_loss: float = 0.0
    last_arrival: float = 0.0
    last_key_frame: float = 0.0
    missing: dict[int, Missing] = field(default_factory=dict)
    patience: float = 0.1  # seconds that an answer to a request may take: a round trip and a little
    _transit: float | None = None
    _asked_key_frame: float = -1e9
    _wants_key_frame: bool = False
    _sr_ntp: int = 0
    _sr_at: float = 0.0
    _reported: tuple[int, int] = (0, 0)

    def take(self, packet: Packet, arrival: float) -> bool:
        """Note a packet; False when it is a duplicate or comes too late to matter."""
        sequence = packet.sequence
        if packet.ssrc != self.ssrc or self.highest < 0:
            if self.highest >= 0 and arrival - self.last_arrival < OTHER_SOURCE_AFTER:
                return False
            self._begin(packet, arrival)
        elif sequence == (self.highest + 1) & 0xFFFF:
            self._advance(sequence)
        elif newer(sequence, self.highest):
            self._gap(packet, arrival)
        elif self.missing.pop(sequence, None) is None:
            return self._perhaps_restarted(packet, arrival)
        self.packets += 1
        self.octets += len(packet.payload)
        self._note_jitter(packet.timestamp, arrival)
        self.last_arrival = arrival
        if self.kind == "video" and is_vp8_key_frame(packet.payload):
            self.last_key_frame = arrival
            self._wants_key_frame = False
        return True

    def _begin(self, packet: Packet, arrival: float) -> None:
        self.ssrc = packet.ssrc
        self.epoch += 1
        self.first = self.highest = packet.sequence
        self.cycles = self.lost = self.packets = self.octets = 0
        self.jitter = 0.0
        self._transit = None
        self._reported = (0, 0)
        self.missing.clear()
        if not is_vp8_key_frame(packet.payload):
            self.request_key_frame(arrival)

    def _advance(self, sequence: int) -> None:
        if sequence < self.highest:
            self.cycles += 0x10000
        self.highest = sequence

    def _gap(self, packet: Packet, arrival: float) -> None:
        sequence = packet.sequence
        size = (sequence - self.highest) & 0xFFFF
        if size > MAX_GAP:
            self._begin(packet, arrival)
            return
        self.lost += size - 1
        if len(self.missing) + size > MOST_MISSING:
            self.request_key_frame(arrival)
        else:
            absent = [(self.highest + step) & 0xFFFF for step in range(1, size)]
            tries = 1 if self.can_nack else MAX_TRIES
            for number in absent:
                self.missing[number] = Missing(arrival, arrival + self.patience, tries)
            if self.can_nack:
                self.send_rtcp(rtcp.nack(self.own_ssrc, self.ssrc, absent[:256]))
            else:
                self.request_key_frame(arrival)
        self._advance(sequence)

    def _perhaps_restarted(self, packet: Packet, arrival: float) -> bool:
        """Follow a stream whose numbers went far back; drop a mere duplicate."""
        if (self.highest - packet.sequence) & 0xFFFF > 2048:
            self._begin(packet, arrival)
            self.packets = 1
            self.octets = len(packet.payload)
            return True
        return False

    def _note_jitter(self, timestamp: int, arrival: float) -> None:
        transit = arrival * CLOCK[self.kind] - timestamp
        if self._transit is not None:
            change = abs(transit - self._transit)
            if change < 10 * CLOCK[self.kind]:
                self.jitter += (change - self.jitter) / 16
        self._transit = transit

    def expect(self, round_trip: float) -> None:
        """Take the path's round trip, in seconds: as long a request and its answer take."""
        self.patience = max(LEAST_WAIT, 1.2 * round_trip)

    @property
    def ask_at(self) -> float | None:
        """When the next request is due; None while nothing is missing."""
        return min((gap.next_ask for gap in self.missing.values()), default=None)

    def ask_again(self, now: float) -> None:
        """Repeat requests for what is still missing; give up late, with a key frame instead."""
        due = []
        given_up = []
        for sequence, missing in self.missing.items():
            if now - missing.since > GIVE_UP_AFTER or missing.tries > MAX_TRIES:
                given_up.append(sequence)
            elif now >= missing.next_ask:
                missing.tries += 1
                missing.next_ask = now + self.patience * missing.tries
                due.append(sequence)
        for sequence in given_up:
            del self.missing[sequence]
        if due and self.can_nack:
            self.send_rtcp(rtcp.nack(self.own_ssrc, self.ssrc, due[:256]))
        if given_up and self.kind == "video":
            self.request_key_frame(now)

    def request_key_frame(self, now: float) -> None:
        """Ask for a key frame, now or as soon as the last request is old enough."""
        if self.kind != "video":
            return
        self._wants_key_frame = True
        self.keep_asking(now)

    def keep_asking(self, now: float) -> None:
        """Send a pending key frame request when it is allowed, again until one comes."""
        if (
            self._wants_key_frame
            and now - self._asked_key_frame >= KEY_FRAME_INTERVAL
            and self.ssrc
        ):
            self._asked_key_frame = now
            self.send_rtcp(rtcp.picture_loss(self.own_ssrc, self.ssrc))

    def keep_seekable(self, now: float) -> None:
        """Ask for a key frame when the recording has had none for long."""
        newest = max(self.last_key_frame, self._asked_key_frame)
        if self.kind == "video" and self.ssrc and now - newest >= KEY_FRAME_WHILE_RECORDING:
            self.request_key_frame(now)

    def sender_report(self, report: rtcp.SenderInfo, arrival: float) -> None:
        """Note the sender's report, for the round trip that it will compute from ours."""
        self._sr_ntp = report.ntp
        self._sr_at = arrival

    def reception(self, now: float) -> rtcp.Reception:
        """Return the report block of the last interval."""
        expected = self.expected
        before_expected, before_received = self._reported
        self._reported = (expected, self.packets)
        interval = expected - before_expected
        lost = interval - (self.packets - before_received)
        fraction = lost / interval if interval > 0 and lost > 0 else 0.0
        self.recent_loss = fraction
        return rtcp.Reception(
            ssrc=self.ssrc,
            fraction_lost=fraction,
            total_lost=max(0, expected - self.packets),
            highest=self.cycles + self.highest,
            jitter=int(self.jitter),
            last_sr=self._sr_ntp >> 16 & 0xFFFFFFFF,
            delay=int((now - self._sr_at) * 65536) if self._sr_ntp else 0,
        )

    @property
    def expected(self) -> int:
        """How many packets the browser has sent in this epoch, by their numbers."""
        return self.cycles + self.highest - self.first + 1 if self.highest >= 0 else 0
