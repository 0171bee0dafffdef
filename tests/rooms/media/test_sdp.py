import pytest

from rooms.media.sdp import BadOfferError, Sent, Transport, parse_offer, write_answer

PRINT = "sha-256 " + ":".join(["AB"] * 32)
HEAD = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1"]
ICE = ["a=ice-ufrag:abcd", "a=ice-pwd:abcdefghijklmnopqrstuvwx", f"a=fingerprint:{PRINT}"]
AUDIO = [
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9",
    *ICE,
    "a=setup:actpass",
    "a=mid:0",
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "a=sendrecv",
    "a=rtcp-mux",
    "a=rtpmap:111 opus/48000/2",
    "a=rtcp-fb:111 transport-cc",
    "a=fmtp:111 minptime=10;useinbandfec=1",
    "a=rtpmap:63 red/48000/2",
    "a=rtpmap:9 G722/8000",
]
VIDEO = [
    "m=video 9 UDP/TLS/RTP/SAVPF 98 99 96 97",
    *ICE,
    "a=mid:1",
    "a=extmap:2/recvonly http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    "a=extmap:4 urn:3gpp:video-orientation",
    "a=sendrecv",
    "a=rtcp-mux",
    "a=rtcp-rsize",
    "a=rtpmap:98 VP9/90000",
    "a=rtpmap:99 rtx/90000",
    "a=fmtp:99 apt=98",
    "a=rtpmap:96 VP8/90000",
    "a=rtcp-fb:96 nack",
    "a=rtcp-fb:96 nack pli",
    "a=rtpmap:97 rtx/90000",
    "a=fmtp:97 apt=96",
]
TRANSPORT = Transport("uuuu", "p" * 22, PRINT, "active", ("1 1 udp 1 192.0.2.1 5000 typ host",))


def text(*parts: list[str]) -> str:
    return "\r\n".join(line for part in parts for line in part) + "\r\n"


def test_vp8_and_opus_are_found_among_others() -> None:
    offer = parse_offer(text(HEAD, AUDIO, VIDEO))
    audio, video = offer.sections
    assert (audio.payload_type, audio.rtx_payload_type) == (111, None)
    assert (video.payload_type, video.rtx_payload_type) == (96, 97)
    assert audio.feedback == ("transport-cc",)
    assert video.feedback == ("nack", "nack pli")
    assert list(video.extensions.values()) == [2]
    assert (offer.ice_ufrag, offer.setup) == ("abcd", "actpass")


@pytest.mark.parametrize(
    ("sdp", "why"),
    [
        ("", "not a session description"),
        ("nonsense", "not a session description"),
        ("v=0\r\n" + "a" * 5000, "a line of the offer is too long"),
        ("v=0\r\n" + "a=x\r\n" * 100_000, "the offer is too long"),
        (text(HEAD), "between 1 and 12 media sections"),
        (text(HEAD, *[AUDIO] * 13), "between 1 and 12 media sections"),
        (text(HEAD, AUDIO, AUDIO), "the same mid"),
        (text(HEAD, ["m=audio"]), "short m= line"),
        (text(HEAD, [line for line in AUDIO if line != "a=rtcp-mux"]), "and rtcp-mux"),
        (text(HEAD, ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "a=mid:2"]), "no section"),
        (text(HEAD, ["m=audio 9 X 111", "a=rtcp-mux"]), "mid missing"),
        (text(HEAD, [*AUDIO[:-1], "a=rtpmap:x G722/8000"]), "cannot be read"),
        (text(HEAD, ["m=audio 9 X 999", "a=mid:0"]), "out of range"),
        (text(HEAD, [line for line in AUDIO if "ufrag" not in line]), "ice-ufrag"),
        (text(HEAD, [line for line in AUDIO if "fingerprint" not in line]), "fingerprint"),
        (text(HEAD, [line.replace("actpass", "holdconn") for line in AUDIO]), "setup must be"),
        (
            text(HEAD, AUDIO, [line.replace("96", "111") for line in VIDEO]),
            "serves two kinds of media",
        ),
    ],
)
def test_what_cannot_be_served_is_refused_with_a_reason(sdp: str, why: str) -> None:
    with pytest.raises(BadOfferError, match=why):
        parse_offer(sdp)


def test_the_answer_takes_what_is_served_and_refuses_the_rest() -> None:
    data = ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "a=mid:2"]
    offer = parse_offer(text(HEAD, AUDIO, VIDEO, data))
    answer = write_answer(offer, TRANSPORT, frozenset({"0"}), {"1": Sent(7, 8, "candidate")})
    lines = answer.split("\r\n")
    assert [line for line in lines if line.startswith("m=")] == [
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
        "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
    ]
    assert "a=group:BUNDLE 0 1" in lines
    # Whoever holds a tablet upright is to turn the picture before coding it: see EXTENSIONS.
    assert [line for line in lines if "extmap" in line and "orientation" in line] == []
    assert [line for line in lines if line in ("a=recvonly", "a=sendonly", "a=inactive")] == [
        "a=recvonly",
        "a=sendonly",
        "a=inactive",
    ]
    assert [line for line in lines if "ssrc" in line and "extmap" not in line] == [
        "a=ssrc-group:FID 7 8",
        "a=ssrc:7 cname:candidate",
        "a=ssrc:8 cname:candidate",
    ]


def test_a_session_without_our_codecs_is_refused_with_a_reason() -> None:
    with pytest.raises(BadOfferError, match="no section has Opus or VP8"):
        parse_offer(text(HEAD, [line.replace("opus", "speex") for line in AUDIO]))
