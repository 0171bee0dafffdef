"""One browser: its link, what it sends, what it is sent."""

import asyncio
import time

import structlog

from rooms.engines import PeerStats, Role
from rooms.media import rtcp, rtp
from rooms.media.arrivals import Arrivals
from rooms.media.hooks import Link, LinkFailed, SrtpError
from rooms.media.inbound import Inbound
from rooms.media.listeners import Listener, Recorder
from rooms.media.network import Network
from rooms.media.outbound import Outbound
from rooms.media.quality import Meter, Quality, Totals
from rooms.media.sdp import Offer, Sent, Transport, write_answer
from rooms.media.streams import new_ssrc, receive, sections_received, sections_sent, send
from rooms.media.talk import TalkMeter

log = structlog.get_logger()

CONNECT_WITHIN = 15.0
SILENT_AFTER = 2.0
LOST_AFTER = 30.0
PACKETS_A_SECOND = 1500
OCTETS_A_SECOND = 1_000_000
ROUND_TRIP_EVERY = 2.0
FEEDBACK_EVERY = 0.09  # seconds: every second tick, as often as browsers do themselves
NO_CAP = 10_000_000
TELL_UNCAPPED = 5  # times: one of them arrives


class Peer:
    """One connection of one browser. ``heard_roles`` names whose media it is sent, in order."""

    def __init__(
        self,
        name: str,
        role: Role,
        offer: Offer,
        *,
        heard_roles: tuple[str, ...],
        network: Network,
        listener: Listener,
    ) -> None:
        self.name = name
        self.role = role
        self.connected = False
        self.closed = False
        self.silent_since: float | None = None
        self.inbound: dict[str, Inbound] = {}
        self.outbound: list[Outbound] = []
        self.talk = TalkMeter()
        self.recorder: Recorder | None = None
        self.refused = 0
        self._offer = offer
        self._listener = listener
        self._link = Link(network, offer, self._media, self._link_down)
        self._ssrc = new_ssrc()
        self._by_type: dict[int, tuple[Inbound, bool]] = {}
        self._by_ssrc: dict[int, Outbound] = {}
        self._arrivals = Arrivals()
        self._fed_back = 0.0
        self._task: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()
        self._asking: asyncio.TimerHandle | None = None
        self._heard = time.monotonic()
        self._second = 0
        self._in_second = self._octets_in_second = 0
        self._octets_in = self._octets_out = 0
        self._meter = Meter(self._heard)
        self._round_trip: float | None = None
        self._uncapped = TELL_UNCAPPED
        self.quality = Quality(None, 0.0, 0.0, 0.0, 0.0)
        self._plan(heard_roles)

    def _plan(self, heard_roles: tuple[str, ...]) -> None:
        if self.role is not Role.OBSERVER:
            for section in sections_received(self._offer):
                stream = receive(section, self._ssrc, self._send_rtcp)
                self.inbound[stream.kind] = stream
                self._by_type[stream.payload_type] = (stream, False)
                if stream.rtx_payload_type is not None:
                    self._by_type[stream.rtx_payload_type] = (stream, True)
        for role, section in sections_sent(self._offer, heard_roles):
            leg = send(section, role, self._send, self._send_rtcp)
            leg.bounds = self.role is not Role.OBSERVER
            self.outbound.append(leg)
            self._by_ssrc[leg.ssrc] = leg

    # Its life --------------------------------------------------------------------------------

    async def answer(self) -> str:
        """Bind sockets, begin to connect, and return the answer SDP."""
        transport = await self._link.gather()
        self._task = asyncio.create_task(self._live())
        return self._answer(transport)

    def is_same(self, offer: Offer) -> bool:
        """Tell whether an offer is of the connection that stands, seeking another way (ICE)."""
        return (
            self.connected
            and offer.fingerprints == self._offer.fingerprints
            and offer.sections == self._offer.sections
        )

    def restart(self, offer: Offer) -> str:
        """Return the answer to an offer of the same connection with new ICE credentials."""
        self._offer = offer
        log.info("media.ice_restarted", peer=self.name, role=self.role)
        return self._answer(self._link.restart(offer))

    def _answer(self, transport: Transport) -> str:
        receiving = frozenset(stream.mid for stream in self.inbound.values())
        sending = {leg.mid: Sent(leg.ssrc, leg.rtx_ssrc, leg.role) for leg in self.outbound}
        return write_answer(self._offer, transport, receiving, sending)

    async def _live(self) -> None:
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                await self._link.connect()
        except (LinkFailed, TimeoutError, OSError) as error:
            log.info("media.never_connected", peer=self.name, role=self.role, error=str(error))
            self._down("never_connected")
            return
        except Exception:
            # What a stranger's handshake may raise inside the libraries is not to be foreseen, and
            # a peer that nobody takes out again would hold its place for good.
            log.exception("media.handshake_failed", peer=self.name, role=self.role)
            self._down("never_connected")
            return
        self.connected = True
        self._heard = time.monotonic()
        self._listener.peer_up(self)
        while True:
            measured = await self._link.round_trip()
            if measured is not None:
                before = self._round_trip
                self._round_trip = measured if before is None else 0.7 * before + 0.3 * measured
                for stream in self.inbound.values():
                    stream.expect(self._round_trip)
            await asyncio.sleep(ROUND_TRIP_EVERY)

    def _link_down(self) -> None:
        self._down("left")

    def _down(self, why: str) -> None:
        if not self.closed:
            self.connected = False
            self._listener.peer_down(self, why)

    async def close(self) -> None:
        """Close the connection, without telling the listener."""
        if self.closed:
            return
        self.closed = True
        self.connected = False
        for leg in self.outbound:
            leg.connect(None, 0.0)
        if self._asking is not None:
            self._asking.cancel()
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()
        await self._link.close()
        refused = self.refused + self._link.refused
        if refused:
            log.info("media.packets_refused", peer=self.name, role=self.role, count=refused)

    # Packets ---------------------------------------------------------------------------------

    def _media(self, data: bytes, arrival: float) -> None:
        second = int(arrival)
        if second != self._second:
            self._second, self._in_second, self._octets_in_second = second, 0, 0
        self._in_second += 1
        self._octets_in_second += len(data)
        if (
            self._in_second > PACKETS_A_SECOND
            or self._octets_in_second > OCTETS_A_SECOND
            or not 12 <= len(data) <= rtp.MAX_PACKET
        ):
            self.refused += 1
            return
        try:
            if 192 <= data[1] <= 223:
                self._control(self._link.unprotect_rtcp(data), arrival)
            else:
                self._packet(self._link.unprotect(data), arrival)
        except (SrtpError, rtp.BadPacketError, ValueError):
            self.refused += 1
            return
        self._heard = arrival
        self._octets_in += len(data)

    def _packet(self, data: bytes, arrival: float) -> None:
        packet = rtp.parse(data)
        known = self._by_type.get(packet.payload_type)
        if known is None:
            self.refused += 1
            return
        stream, repeated = known
        number = packet.extensions.get(stream.transport_id)
        if number is not None and len(number) >= 2:
            self._arrivals.note(number[0] << 8 | number[1], arrival)
        if repeated:
            original = rtp.unwrap_rtx(packet, stream.payload_type, stream.ssrc)
            if original is None:
                return
            packet = original
        if not stream.take(packet, arrival):
            return
        if stream.missing:
            self._ask_later()
        self._pass_on(stream, packet, arrival)
        if self.recorder is not None:
            whole = rtp.write(packet) if repeated else data
            self.recorder.packet(self.name, stream.kind, whole, arrival)

    def _pass_on(self, stream: Inbound, packet: rtp.Packet, arrival: float) -> None:
        level = packet.extensions.get(stream.level_id)
        if level:
            self.talk.feed(level[0] & 0x7F, arrival)
        for leg in stream.legs:
            ready = leg.forward(packet, arrival)
            if ready is not None:
                leg.send(ready)

    def _ask_later(self) -> None:
        """Have what is missing asked for again as soon as an answer should have come."""
        if self._asking is not None:
            return
        due = min((at for stream in self.inbound.values() if (at := stream.ask_at)), default=None)
        if due is not None:
            self._asking = self._loop.call_later(max(0.0, due - time.monotonic()), self._ask)

    def _ask(self) -> None:
        self._asking = None
        if self.connected:
            now = time.monotonic()
            for stream in self.inbound.values():
                stream.ask_again(now)
            self._ask_later()

    def _send(self, packet: bytes) -> None:
        self._octets_out += len(packet)
        self._link.send(packet)

    def _send_rtcp(self, packet: bytes) -> None:
        self._link.send_rtcp(packet)

    def _control(self, data: bytes, arrival: float) -> None:
        for message in rtcp.parse(data):
            if isinstance(message, rtcp.SenderInfo):
                self._sender_report(message, arrival)
            elif isinstance(message, rtcp.Remb):
                for ssrc in message.ssrcs:
                    if ssrc in self._by_ssrc:
                        self._by_ssrc[ssrc].path.estimate(message.bits_per_second)
            else:
                leg = self._by_ssrc.get(message.ssrc)
                if leg is not None:
                    self._about_leg(leg, message, arrival)

    def _about_leg(
        self,
        leg: Outbound,
        message: rtcp.Report | rtcp.Nack | rtcp.KeyFrameRequest,
        arrival: float,
    ) -> None:
        if isinstance(message, rtcp.Nack):
            for sequence in message.sequences[:256]:
                packet = leg.repeat(sequence, arrival)
                if packet is not None:
                    self._send(packet)
        elif isinstance(message, rtcp.Report):
            leg.reported(message, arrival)
        elif leg.source is not None:
            leg.source.request_key_frame(arrival)

    def _sender_report(self, report: rtcp.SenderInfo, arrival: float) -> None:
        for stream in self.inbound.values():
            if stream.ssrc == report.ssrc and stream.highest >= 0:
                stream.sender_report(report, arrival)
                if self.recorder is not None:
                    self.recorder.clock(self.name, report.ssrc, report.timestamp, report.ntp)
                for leg in stream.legs:
                    written = leg.sender_report(report, arrival)
                    if written is not None:
                        leg.send_rtcp(written)

    # Time ------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Do what is due every 50 ms: silence, key frames; and feedback."""
        video = self.inbound.get("video")
        if not self.connected:
            return
        self._listen(now)
        if now - self._fed_back >= FEEDBACK_EVERY:
            self._fed_back = now
            media = video.ssrc if video is not None else 0
            for packet in self._arrivals.feedback(self._ssrc, media):
                self._send_rtcp(packet)
        for stream in self.inbound.values():
            stream.keep_asking(now)
            if self.recorder is not None:
                stream.keep_seekable(now)

    def second(self, now: float) -> None:
        """Do what is due every second: reports, the viewer's cap."""
        if not self.connected:
            return
        receptions = [s.reception(now) for s in self.inbound.values() if s.ssrc]
        if receptions:
            self._send_rtcp(rtcp.receiver_report(self._ssrc, receptions))
        self._tell_cap()
        self._link.authenticated(self._heard)

    def _listen(self, now: float) -> None:
        """Tell that nothing comes any more, or again."""
        silence = now - max(self._heard, self._link.heard)
        if silence > LOST_AFTER:
            self._down("lost")
        elif silence > SILENT_AFTER and self.silent_since is None:
            self.silent_since = now - silence
            self._listener.peer_silent(self, silence)
        elif silence <= SILENT_AFTER and self.silent_since is not None:
            self._listener.peer_heard(self, now - self.silent_since)
            self.silent_since = None

    def _tell_cap(self) -> None:
        """Keep this publisher below what its viewers' paths carry."""
        video = self.inbound.get("video")
        if video is None or not video.ssrc:
            return
        caps = [cap for cap in (leg.judge_path() for leg in video.legs) if cap is not None]
        if caps:
            self._uncapped = 0
            self._send_rtcp(rtcp.remb(self._ssrc, min(caps), [video.ssrc]))
        elif self._uncapped < TELL_UNCAPPED:
            self._uncapped += 1
            self._send_rtcp(rtcp.remb(self._ssrc, NO_CAP, [video.ssrc]))

    def measure(self, now: float) -> Quality:
        """Close a measuring interval and return its quality."""
        streams = self.inbound.values()
        expected, lost = (
            sum(stream.expected for stream in streams),
            sum(stream.lost for stream in streams),
        )
        totals = Totals(self._octets_in, self._octets_out, expected, lost)
        loss_up, kbps_up, kbps_down = self._meter.read(now, totals)
        trips = [leg.round_trip for leg in self.outbound if leg.round_trip is not None]
        trip = self._round_trip if self._round_trip is not None else min(trips, default=None)
        active = [leg for leg in self.outbound if leg.source is not None]
        self.quality = Quality(
            rtt_ms=None if trip is None else round(trip * 1000, 1),
            loss_up=loss_up,
            loss_down=round(max((leg.own_loss for leg in active), default=0.0), 4),
            kbps_up=kbps_up,
            kbps_down=kbps_down,
        )
        return self.quality

    def bars(self, now: float) -> int:
        """Return the connection's bars, 0 to 4."""
        if not self.connected or self.silent_since is not None:
            return 0
        return self.quality.bars(now - max(self._heard, self._link.heard))

    def stats(self) -> PeerStats:
        """Return how this peer is connected."""
        return PeerStats(
            peer=self.name,
            role=self.role,
            connected=self.connected,
            rtt_ms=self.quality.rtt_ms,
            loss_up=self.quality.loss_up,
            loss_down=self.quality.loss_down,
            kbps_up=self.quality.kbps_up,
            kbps_down=self.quality.kbps_down,
            audio_level=-self.talk.level,
            bars=self.bars(time.monotonic()),
        )
