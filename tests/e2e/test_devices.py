"""A microphone or a camera that is unplugged while two people talk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from at_rest import look
from oral_steps import assert_moves
from playwright.sync_api import Page, expect
from room_steps import Meeting, a_meeting

SOON = 30_000

# The page is told what is plugged in; a track that is unplugged ends as the browser ends it.
SOCKETS = """(() => {
    const media = navigator.mediaDevices;
    const gone = new Set();
    const busy = new Set();
    const tracks = [];
    const ask = media.getUserMedia.bind(media);
    const enumerate = media.enumerateDevices.bind(media);
    media.getUserMedia = async (wish) => {
        for (const kind of ['audio', 'video']) {
            if (wish[kind] && gone.has(kind)) throw new DOMException('none', 'NotFoundError');
            if (wish[kind] && busy.has(kind)) throw new DOMException('held', 'NotReadableError');
        }
        const stream = await ask(wish);
        tracks.push(...stream.getTracks());
        return stream;
    };
    media.enumerateDevices = async () =>
        (await enumerate()).filter((one) => !gone.has(one.kind.replace('input', '')));
    window.unplug = (kind, spare) => {
        if (!spare) gone.add(kind);
        for (const one of tracks.filter((one) => one.kind === kind && one.readyState === 'live')) {
            one.stop();
            one.dispatchEvent(new Event('ended'));
        }
        media.dispatchEvent(new Event('devicechange'));
    };
    // Another program takes one, and lets go of it again: nothing tells when.
    window.occupy = (kind) => { busy.add(kind); window.unplug(kind, true); };
    window.release = (kind) => busy.delete(kind);
    // The system, or the button of a headset, lets nothing through.
    window.silence = (kind, muted) => {
        const track = tracks.findLast((one) => one.kind === kind && one.readyState === 'live');
        Object.defineProperty(track, 'muted', { value: muted, configurable: true });
        track.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
    };
    window.plug = (kind) => {
        gone.delete(kind);
        media.dispatchEvent(new Event('devicechange'));
    };
    window.calls = [];
    const Connection = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Connection {
        constructor(...parts) {
            super(...parts);
            window.calls.push(this);
        }
    };
})()"""

# What is said for a while is over at once.
NO_TIME_TO_READ = """(() => {
    const later = window.setTimeout;
    window.setTimeout = (act, ms, ...said) => later(act, ms >= 10_000 ? 0 : ms, ...said);
})()"""

# Packets that the call has sent of one kind, from the track that it sends now.
SENT = """async (kind) => {
    const call = window.calls.at(-1);
    const sender = call.getSenders().find((one) => one.track?.kind === kind);
    if (sender?.track.readyState !== 'live') return -1;
    const found = [...(await sender.getStats()).values()];
    return found.find((one) => one.type === 'outbound-rtp').packetsSent;
}"""


@pytest.fixture
def meeting(demo, visit) -> Iterator[Meeting]:
    with a_meeting(demo, visit, SOCKETS, SOCKETS) as made:
        yield made


def sends(page: Page, kind: str) -> None:
    """Wait until 20 more packets of that kind have left."""
    before = page.evaluate(SENT, kind)
    for _ in range(100):
        if page.evaluate(SENT, kind) >= max(before, 0) + 20:
            return
        page.wait_for_timeout(200)
    pytest.fail(f"no {kind} leaves")


def test_what_vanishes_is_said_to_both_and_comes_back_by_itself(meeting: Meeting) -> None:
    mine, theirs = meeting.candidate, meeting.evaluator
    meeting.meet()
    calls = [page.evaluate("window.calls.length") for page in (mine, theirs)]

    def both_say(page: Page, own: str, other: Page, others: str) -> None:
        expect(page.get_by_text(own)).to_be_visible(timeout=SOON)
        expect(other.get_by_text(others)).to_be_visible(timeout=SOON)

    mine.evaluate("unplug('audio')")
    gone = "Le micro de Camille ne fonctionne plus."
    both_say(mine, "Votre micro ne fonctionne plus", theirs, gone)
    for page in (mine, theirs):
        assert look(page).response["violations"] == []
    mine.evaluate("plug('audio')")
    back = "Le micro de Camille fonctionne de nouveau."
    both_say(mine, "Votre micro fonctionne de nouveau", theirs, back)
    expect(theirs.get_by_text(gone)).to_have_count(0)
    sends(mine, "audio")
    theirs.evaluate("unplug('video')")
    gone = "La caméra de votre évaluateur ne fonctionne plus"
    both_say(theirs, "Votre caméra ne fonctionne plus", mine, gone)
    theirs.evaluate("plug('video')")
    back = "La caméra de votre évaluateur fonctionne de nouveau."
    both_say(theirs, "Votre caméra fonctionne de nouveau", mine, back)
    assert_moves(mine, "Vidéo de l'évaluateur")
    # Others are plugged in: one of them is taken, and the choice is offered until it is made.
    theirs.evaluate(NO_TIME_TO_READ)
    back = theirs.get_by_text("Votre micro fonctionne de nouveau")
    offer = theirs.get_by_role("button", name="Choisir un autre appareil")
    theirs.evaluate("unplug('audio', true)")
    expect(offer).to_be_visible(timeout=SOON)
    theirs.get_by_role("button", name="Garder celui-ci").click()
    expect(back).to_be_hidden()
    theirs.evaluate("unplug('audio', true)")
    offer.click(timeout=SOON)
    expect(theirs.get_by_role("dialog", name="Caméra et micro")).to_be_visible()
    expect(back).to_be_hidden()
    sends(theirs, "audio")
    # All of it in the same two calls.
    assert [page.evaluate("window.calls.length") for page in (mine, theirs)] == calls


def test_who_came_without_any_is_seen_and_heard_once_they_are_plugged_in(demo, visit) -> None:
    bare = f"{SOCKETS}; unplug('audio'); unplug('video')"
    with a_meeting(demo, visit, bare, SOCKETS) as meeting:
        mine, theirs = meeting.candidate, meeting.evaluator
        expect(theirs.get_by_text("Votre micro ne fonctionne plus")).to_be_visible(timeout=SOON)
        gone = "Le micro de votre évaluateur ne fonctionne plus"
        expect(mine.get_by_text(gone)).to_be_visible(timeout=SOON)
        for kind in ("audio", "video"):
            theirs.evaluate(f"plug('{kind}')")
        meeting.meet()
        for kind in ("audio", "video"):
            sends(theirs, kind)
        assert_moves(mine, "Vidéo de l'évaluateur")


def test_one_that_another_program_holds_or_the_system_silences_is_told_and_taken_back(
    meeting: Meeting,
) -> None:
    mine, theirs = meeting.candidate, meeting.evaluator
    meeting.meet()
    mine.evaluate("occupy('video')")
    expect(mine.get_by_text("Votre caméra est utilisée par un autre programme")).to_be_visible(
        timeout=SOON
    )
    gone = "La caméra de Camille ne fonctionne plus."
    expect(theirs.get_by_text(gone)).to_be_visible(timeout=SOON)
    mine.evaluate("release('video')")
    expect(mine.get_by_text("Votre caméra fonctionne de nouveau")).to_be_visible(timeout=SOON)
    expect(theirs.get_by_text(gone)).to_have_count(0, timeout=SOON)
    sends(mine, "video")
    mine.evaluate("silence('audio', true)")
    silenced = mine.get_by_text("Votre micro est coupé par l'ordinateur ou par son propre bouton")
    expect(silenced).to_be_visible(timeout=SOON)
    gone = "Le micro de Camille ne fonctionne plus."
    expect(theirs.get_by_text(gone)).to_be_visible(timeout=SOON)
    mine.evaluate("silence('audio', false)")
    expect(silenced).to_have_count(0, timeout=SOON)
    expect(theirs.get_by_text(gone)).to_have_count(0, timeout=SOON)
