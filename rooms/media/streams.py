"""Which streams come out of an offer: one audio and one video in, one of each out a role."""

import secrets
from collections.abc import Callable, Iterator

from rooms.media.inbound import Inbound, Kind
from rooms.media.outbound import Outbound
from rooms.media.sdp import (
    ABS_SEND_TIME,
    AUDIO_LEVEL,
    TRANSPORT_CC,
    Offer,
    Section,
)

KINDS: tuple[Kind, ...] = ("audio", "video")
Write = Callable[[bytes], None]


def new_ssrc() -> int:
    """Return a fresh synchronisation source."""
    return secrets.randbelow(0xFFFFFFFE) + 1


def sections_received(offer: Offer) -> Iterator[Section]:
    """Yield the first section of each kind in which the browser sends."""
    for kind in KINDS:
        for section in offer.sections:
            if section.kind == kind and section.usable and section.sends:
                yield section
                break


def sections_sent(offer: Offer, roles: tuple[str, ...]) -> Iterator[tuple[str, Section]]:
    """Yield, for each kind, the sections that receive, paired with roles in order."""
    for kind in KINDS:
        sections = [
            section
            for section in offer.sections
            if section.kind == kind and section.usable and section.receives
        ]
        yield from zip(roles, sections, strict=False)


def receive(section: Section, own_ssrc: int, send_rtcp: Write) -> Inbound:
    """Return the stream that the browser sends in a section."""
    return Inbound(
        kind=_kind(section),
        mid=section.mid,
        payload_type=section.payload_type or 0,
        rtx_payload_type=section.rtx_payload_type,
        level_id=section.extensions.get(AUDIO_LEVEL, 0),
        transport_id=section.extensions.get(TRANSPORT_CC, 0),
        can_nack="nack" in section.feedback,
        send_rtcp=send_rtcp,
        own_ssrc=own_ssrc,
    )


def send(section: Section, role: str, send_rtp: Write, send_rtcp: Write) -> Outbound:
    """Return the stream that carries somebody's media to the browser in a section."""
    return Outbound(
        kind=_kind(section),
        role=role,
        mid=section.mid,
        ssrc=new_ssrc(),
        rtx_ssrc=new_ssrc(),
        payload_type=section.payload_type or 0,
        rtx_payload_type=section.rtx_payload_type if "nack" in section.feedback else None,
        level_id=section.extensions.get(AUDIO_LEVEL, 0),
        send_time_id=section.extensions.get(ABS_SEND_TIME, 0),
        send=send_rtp,
        send_rtcp=send_rtcp,
    )


def _kind(section: Section) -> Kind:
    return "audio" if section.kind == "audio" else "video"
