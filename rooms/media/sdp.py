"""Offers read, answers written: VP8 and Opus alone, one bundle, everything in one go.

Pure: text in, values out. An offer that we cannot serve raises :class:`BadOfferError` with why.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

MAX_SDP = 256 * 1024
MAX_SECTIONS = 12
MAX_LINE = 4096

AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
# Not the orientation of the video: without it a browser turns the picture itself before coding
# it. With it a tablet held upright would be recorded lying on its side.
EXTENSIONS = {
    "audio": (AUDIO_LEVEL, TRANSPORT_CC),
    "video": (ABS_SEND_TIME, TRANSPORT_CC),
}
FEEDBACK = {
    "audio": ("transport-cc", "nack"),
    "video": ("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"),
}
CODEC = {"audio": "opus/48000/2", "video": "vp8/90000"}
VIDEO_BITS_PER_SECOND = 1_500_000
START_KBPS = 1000  # Chromium starts there, at 300 otherwise, with a stamp-sized picture

_ICE_WORD = re.compile(r"[A-Za-z0-9+/]{4,256}")
_SHORTEST_PASSWORD = 22  # RFC 8839, 5.4
_FINGERPRINT = re.compile(r"(?i)sha-(256|384|512) [0-9A-F]{2}(:[0-9A-F]{2}){31,63}")
_MID = re.compile(r"[A-Za-z0-9_.-]{1,32}")


class BadOfferError(ValueError):
    """The offer is not one that we can answer; the text says why."""


@dataclass(slots=True)
class Section:
    """One media section of an offer, reduced to what we serve."""

    kind: str
    mid: str
    direction: str = "sendrecv"
    payload_type: int | None = None
    rtx_payload_type: int | None = None
    fmtp: str = ""
    feedback: tuple[str, ...] = ()
    extensions: dict[str, int] = field(default_factory=dict)
    rtcp_mux: bool = False
    rtcp_rsize: bool = False

    @property
    def usable(self) -> bool:
        """Whether both ends can speak in this section."""
        return self.payload_type is not None and self.rtcp_mux

    @property
    def sends(self) -> bool:
        """Whether the browser wants to send here."""
        return self.direction in ("sendrecv", "sendonly")

    @property
    def receives(self) -> bool:
        """Whether the browser wants to receive here."""
        return self.direction in ("sendrecv", "recvonly")


@dataclass(frozen=True, slots=True)
class Offer:
    """A browser's complete offer."""

    sections: tuple[Section, ...]
    ice_ufrag: str
    ice_pwd: str
    ice_lite: bool
    fingerprints: tuple[tuple[str, str], ...]
    setup: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What we send in one section: the announced sources."""

    ssrc: int
    rtx_ssrc: int
    stream: str


@dataclass(frozen=True, slots=True)
class Transport:
    """Our end of the transport, as the answer announces it."""

    ufrag: str
    pwd: str
    fingerprint: str
    setup: str
    candidates: tuple[str, ...]


def parse_offer(text: str) -> Offer:
    """Read an offer; its candidates are passed over.

    The browser's first check reveals where it is. What an offer claims may be anybody's address,
    or, where browsers hide theirs (Firefox always), a name that only costs a second to resolve.
    """
    if len(text) > MAX_SDP:
        raise BadOfferError("the offer is too long")
    lines = text.replace("\r\n", "\n").split("\n")
    if not lines or lines[0] != "v=0":
        raise BadOfferError("this is not a session description")
    if any(len(line) > MAX_LINE for line in lines):
        raise BadOfferError("a line of the offer is too long")
    session, blocks = _blocks(lines)
    if not blocks or len(blocks) > MAX_SECTIONS:
        raise BadOfferError("the offer needs between 1 and 12 media sections")
    try:
        sections = tuple(_section(block) for block in blocks)
    except (ValueError, IndexError) as error:
        raise BadOfferError(f"a media section cannot be read: {error}") from None
    mids = [section.mid for section in sections]
    if len(set(mids)) != len(mids):
        raise BadOfferError("two media sections have the same mid")
    if not any(section.usable for section in sections):
        raise BadOfferError("no section has Opus or VP8 and rtcp-mux")
    _check_payload_types(sections)
    everything = session + [line for block in blocks for line in block]
    return Offer(
        sections=sections,
        ice_ufrag=_ice_word(everything, "a=ice-ufrag:"),
        ice_pwd=_ice_word(everything, "a=ice-pwd:", _SHORTEST_PASSWORD),
        ice_lite="a=ice-lite" in session,
        fingerprints=_fingerprints(everything),
        setup=_setup(everything),
    )


def _blocks(lines: Iterable[str]) -> tuple[list[str], list[list[str]]]:
    session: list[str] = []
    blocks: list[list[str]] = []
    for line in lines:
        if line.startswith("m="):
            blocks.append([line])
        elif blocks:
            blocks[-1].append(line)
        elif line:
            session.append(line)
    return session, blocks


def _first(lines: Iterable[str], prefix: str) -> str:
    for line in lines:
        if line.startswith(prefix):
            return line[len(prefix) :].strip()
    return ""


def _ice_word(lines: list[str], prefix: str, shortest: int = 4) -> str:
    word = _first(lines, prefix)
    if not _ICE_WORD.fullmatch(word) or len(word) < shortest:
        raise BadOfferError(f"{prefix[2:-1]} is missing or malformed")
    return word


def _fingerprints(lines: list[str]) -> tuple[tuple[str, str], ...]:
    fingerprints = {
        line[14:].strip(): None
        for line in lines
        if line.startswith("a=fingerprint:") and _FINGERPRINT.fullmatch(line[14:].strip())
    }
    if not fingerprints:
        raise BadOfferError("no fingerprint that we know")
    pairs = [value.split(" ", 1) for value in fingerprints]
    return tuple((algorithm.lower(), value) for algorithm, value in pairs)


def _setup(lines: list[str]) -> str:
    setup = _first(lines, "a=setup:") or "actpass"
    if setup not in ("actpass", "active", "passive"):
        raise BadOfferError("setup must be actpass, active or passive")
    return setup


def _section(block: list[str]) -> Section:
    head = block[0][2:].split()
    if len(head) < 4:
        raise ValueError("short m= line")
    mid = _first(block, "a=mid:")
    if not _MID.fullmatch(mid):
        raise ValueError("mid missing or malformed")
    section = Section(kind=head[0], mid=mid)
    if section.kind not in CODEC:
        return section
    for line in block[1:]:
        if line[2:] in ("sendrecv", "sendonly", "recvonly", "inactive"):
            section.direction = line[2:]
    section.rtcp_mux = "a=rtcp-mux" in block
    section.rtcp_rsize = "a=rtcp-rsize" in block
    formats = dict.fromkeys(int(word) for word in head[3:])
    _codec(section, block, formats)
    _extensions(section, block)
    return section


def _codec(section: Section, block: list[str], formats: Iterable[int]) -> None:
    maps: dict[int, str] = {}
    fmtps: dict[int, str] = {}
    for line in block:
        if line.startswith("a=rtpmap:"):
            key, _, name = line[9:].partition(" ")
            maps[int(key)] = name.strip().lower()
        elif line.startswith("a=fmtp:"):
            key, _, value = line[7:].partition(" ")
            fmtps[int(key)] = value.strip()
    for number in formats:
        if not 0 <= number <= 127:
            raise ValueError("payload type out of range")
        if section.payload_type is None and maps.get(number) == CODEC[section.kind]:
            section.payload_type = number
    chosen = section.payload_type
    if chosen is None:
        return
    section.fmtp = fmtps.get(chosen, "")
    for number in formats:
        if maps.get(number) == "rtx/90000" and fmtps.get(number, "").split(";")[0] == (
            f"apt={chosen}"
        ):
            section.rtx_payload_type = number
            break
    offered = {
        line.partition(" ")[2].strip()
        for line in block
        if line.startswith((f"a=rtcp-fb:{chosen} ", "a=rtcp-fb:* "))
    }
    section.feedback = tuple(word for word in FEEDBACK[section.kind] if word in offered)


def _extensions(section: Section, block: list[str]) -> None:
    for line in block:
        if line.startswith("a=extmap:"):
            number, _, uri = line[9:].partition(" ")
            ident = int(number.split("/")[0])
            words = uri.split()
            if words and words[0] in EXTENSIONS[section.kind] and 1 <= ident <= 14:
                section.extensions.setdefault(words[0], ident)


def _check_payload_types(sections: tuple[Section, ...]) -> None:
    """Two kinds may not share a payload type: packets are told apart by it."""
    kinds: dict[int, str] = {}
    for section in sections:
        for number in (section.payload_type, section.rtx_payload_type):
            if number is not None and kinds.setdefault(number, section.kind) != section.kind:
                raise BadOfferError("a payload type serves two kinds of media")


def write_answer(
    offer: Offer,
    transport: Transport,
    receiving: frozenset[str],
    sending: dict[str, Sent],
) -> str:
    """Write the answer: we receive in the sections ``receiving``, send in ``sending`` (by mid)."""
    accepted = [section for section in offer.sections if section.usable]
    lines = [
        "v=0",
        "o=- 1 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE " + " ".join(section.mid for section in accepted),
        "a=msid-semantic: WMS *",
    ]
    for section in offer.sections:
        if section.usable:
            lines += _answer_section(
                section, transport, section.mid in receiving, sending.get(section.mid)
            )
        else:
            lines += _refused_section(section)
    return "\r\n".join(lines) + "\r\n"


def _refused_section(section: Section) -> list[str]:
    protocol = (
        "UDP/DTLS/SCTP webrtc-datachannel"
        if section.kind == "application"
        else "UDP/TLS/RTP/SAVPF 0"
    )
    return [
        f"m={section.kind} 0 {protocol}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{section.mid}",
        "a=inactive",
    ]


def _answer_section(
    section: Section, transport: Transport, receives: bool, sent: Sent | None
) -> list[str]:
    chosen = section.payload_type
    rtx = section.rtx_payload_type if "nack" in section.feedback else None
    formats = f"{chosen} {rtx}" if rtx is not None else f"{chosen}"
    direction = {
        (True, True): "sendrecv",
        (True, False): "recvonly",
        (False, True): "sendonly",
        (False, False): "inactive",
    }[receives, sent is not None]
    name = {"audio": "opus/48000/2", "video": "VP8/90000"}[section.kind]
    lines = [f"m={section.kind} 9 UDP/TLS/RTP/SAVPF {formats}", "c=IN IP4 0.0.0.0"]
    if section.kind == "video":
        lines.append(f"b=TIAS:{VIDEO_BITS_PER_SECOND}")
    lines.append("a=rtcp:9 IN IP4 0.0.0.0")
    lines += [f"a=candidate:{candidate}" for candidate in transport.candidates]
    lines += [
        "a=end-of-candidates",
        f"a=ice-ufrag:{transport.ufrag}",
        f"a=ice-pwd:{transport.pwd}",
        f"a=fingerprint:{transport.fingerprint}",
        f"a=setup:{transport.setup}",
        f"a=mid:{section.mid}",
    ]
    lines += [f"a=extmap:{ident} {uri}" for uri, ident in section.extensions.items()]
    lines += [f"a={direction}", "a=rtcp-mux"]
    if section.rtcp_rsize:
        lines.append("a=rtcp-rsize")
    lines.append(f"a=rtpmap:{chosen} {name}")
    lines += [f"a=rtcp-fb:{chosen} {word}" for word in section.feedback]
    if section.kind == "audio":
        lines.append(f"a=fmtp:{chosen} minptime=10;useinbandfec=1")
    else:
        lines.append(f"a=fmtp:{chosen} x-google-start-bitrate={START_KBPS}")
    if rtx is not None:
        lines += [f"a=rtpmap:{rtx} rtx/90000", f"a=fmtp:{rtx} apt={chosen}"]
    if sent is not None:
        lines += _sources(sent, section.kind, rtx is not None)
    return lines


def _sources(sent: Sent, kind: str, with_rtx: bool) -> list[str]:
    lines = [f"a=msid:{sent.stream} {sent.stream}-{kind}"]
    if with_rtx:
        lines.append(f"a=ssrc-group:FID {sent.ssrc} {sent.rtx_ssrc}")
    lines.append(f"a=ssrc:{sent.ssrc} cname:{sent.stream}")
    if with_rtx:
        lines.append(f"a=ssrc:{sent.rtx_ssrc} cname:{sent.stream}")
    return lines
