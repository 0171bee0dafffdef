"""Two real Chromiums meet through the real media server, with the product's own client."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from media_process import MediaProcess
from media_running import Running
from playwright.sync_api import Browser, Page, Playwright

from bench.bad_path import BadPath
from bench.call_site import serve_site
from kernel.storage import Storage
from rooms.engines import FactKind

pytestmark = pytest.mark.e2e

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]

JOIN = """async ({role, room, peer, observe}) => {
  const media = await import('/media/connection.js');
  const negotiate = async (sdp) => {
    const answer = await fetch('/negotiate', {method: 'POST',
      body: JSON.stringify({room, peer, role, sdp})});
    const text = await answer.text();
    if (!answer.ok) throw Object.assign(new Error(text), {fatal: answer.status === 409});
    return text;
  };
  const getLocalStream = observe ? undefined
    : () => navigator.mediaDevices.getUserMedia(media.CONSTRAINTS);
  const room_ = new media.RoomConnection({negotiate, getLocalStream, remotes: observe ? 2 : 1});
  window.room = room_;
  window.streams = {};
  window.states = [];
  window.readings = [];
  room_.addEventListener('state', (event) => window.states.push(event.detail.state));
  room_.addEventListener('quality', (event) => window.readings.push(event.detail));
  room_.addEventListener('stream', (event) => {
    window.streams[event.detail.role] = event.detail.stream;
    document.querySelector('video').srcObject = event.detail.stream;
  });
  await room_.connect();
  return room_.state;
}"""

# energy of what is heard, so that silence would not pass for sound
HEARD = """async () => {
  const [stream] = Object.values(window.streams);
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const end = performance.now() + 5000;
  let loudest = 0;
  while (performance.now() < end && loudest < 0.01) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    analyser.getFloatTimeDomainData(samples);
    loudest = Math.max(loudest, ...samples.map(Math.abs));
  }
  return loudest;
}"""

DECODED = "() => document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames"
GREW = """(before) =>
  document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames > before + 30"""

# frames of the connection that stands, which begins to count at 0
ANEW = "() => window.readings.some((reading) => reading.framesDecoded > 30)"

# the certificate stays with the connection; the credentials are those of its way
WAY = """async () => {
  for (const stat of (await window.room.statistics()).values()) {
    if (stat.type === 'transport') return [stat.localCertificateId, stat.iceLocalUsernameFragment];
  }
}"""

REPAIRED = """async () => {
  for (const stat of (await window.room.statistics()).values()) {
    if (stat.type === 'inbound-rtp' && stat.kind === 'video') {
      return [stat.retransmittedPacketsReceived, stat.pliCount, stat.framesDecoded];
    }
  }
  return [0, 0, 0];
}"""


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield browser
    browser.close()


def enter(browser: Browser, site: str, role: str, peer: str = "", room: str = "oral") -> Page:
    page = browser.new_context(permissions=["camera", "microphone"]).new_page()
    page.goto(site)
    given = {"role": role, "room": room, "peer": peer or role, "observe": role == "observer"}
    page.evaluate(JOIN, given)
    return page


def test_two_people_see_and_hear_each_other(media: Running, site: str, chromium: Browser) -> None:
    media.engine.open("oral")
    evaluator = enter(chromium, site, "evaluator")
    candidate = enter(chromium, site, "candidate")
    for page in (evaluator, candidate):
        page.wait_for_function(GREW, arg=0, timeout=15_000)
        page.wait_for_function(GREW, arg=page.evaluate(DECODED), timeout=10_000)
        assert page.evaluate(HEARD) >= 0.01
    assert evaluator.evaluate("() => Object.keys(window.streams)") == ["candidate"]
    assert candidate.evaluate("() => Object.keys(window.streams)") == ["evaluator"]
    size = "() => [document.querySelector('video').videoWidth, window.room.state]"
    evaluator.wait_for_function("() => document.querySelector('video').videoWidth >= 640")
    assert evaluator.evaluate(size)[1] == "connected"
    up = [fact.data["role"] for fact in media.engine.facts(0, 0) if fact.kind is FactKind.PEER_UP]
    assert up == ["evaluator", "candidate"]
    for page in (evaluator, candidate):
        page.context.close()


def test_a_reload_takes_its_own_place(media: Running, site: str, chromium: Browser) -> None:
    media.engine.open("oral")
    evaluator = enter(chromium, site, "evaluator")
    candidate = enter(chromium, site, "candidate")
    evaluator.wait_for_function(GREW, arg=0, timeout=15_000)
    candidate.reload()
    candidate.evaluate(
        JOIN, {"role": "candidate", "room": "oral", "peer": "candidate", "observe": False}
    )
    candidate.wait_for_function(GREW, arg=0, timeout=15_000)
    evaluator.wait_for_function(GREW, arg=evaluator.evaluate(DECODED), timeout=10_000)
    assert evaluator.evaluate(HEARD) >= 0.01
    assert evaluator.evaluate("() => window.states") == ["connecting", "connected"]
    for page in (evaluator, candidate):
        page.context.close()


def test_a_connection_that_breaks_is_made_anew(
    media: Running, site: str, chromium: Browser
) -> None:
    media.engine.open("oral")
    evaluator = enter(chromium, site, "evaluator")
    candidate = enter(chromium, site, "candidate")
    evaluator.wait_for_function(GREW, arg=0, timeout=15_000)
    media.engine.leave("oral", "candidate")
    candidate.wait_for_function(
        "() => window.states.join() === 'connecting,connected,reconnecting,connected'",
        timeout=15_000,
    )
    evaluator.wait_for_function(GREW, arg=evaluator.evaluate(DECODED), timeout=10_000)
    candidate.wait_for_function(GREW, arg=0, timeout=10_000)
    for page in (evaluator, candidate):
        page.context.close()


def test_a_media_server_that_dies_is_found_again(
    storage: Storage, chromium: Browser, tmp_path: Path
) -> None:
    with MediaProcess(tmp_path) as server, serve_site(server.engine) as site:
        pages = [enter(chromium, site, role) for role in ("evaluator", "candidate")]
        for page in pages:
            page.wait_for_function(GREW, arg=0, timeout=15_000)
        server.kill_and_start()
        for page in pages:
            page.wait_for_function(
                "() => window.states.join() === 'connecting,connected,reconnecting,connected'",
                timeout=20_000,
            )
            page.evaluate("() => { window.readings = []; }")
        for page in pages:
            page.wait_for_function(ANEW, timeout=15_000)
            page.context.close()


def test_a_path_that_loses_a_twentieth_is_repaired(media: Running, chromium: Browser) -> None:
    media.engine.open("oral")
    with BadPath(0.05) as path, serve_site(media.engine, path) as site:
        pages = [enter(chromium, site, role) for role in ("evaluator", "candidate")]
        for page in pages:
            page.wait_for_function(GREW, arg=0, timeout=20_000)
            page.evaluate("() => { window.readings = []; }")
        for page in pages:
            page.wait_for_function("() => window.readings.length === 5", timeout=20_000)
            assert page.evaluate(HEARD) >= 0.01
        repaired = [page.evaluate(REPAIRED) for page in pages]
        lost = [
            fact.data["loss_up"]
            for fact in media.engine.facts(0, 0)
            if fact.kind is FactKind.QUALITY
        ]
        for page in pages:
            page.context.close()
    assert min(path.dropped.values()) > 50
    assert 0.01 < max(lost) < 0.2
    for repeated, lost_pictures, decoded in repaired:
        assert repeated > 5
        # A picture given up costs a key frame; a busy machine may give up one in a while.
        assert lost_pictures * 15 < decoded
        assert decoded > 80


def test_another_way_is_found_for_the_connection_that_stands(
    media: Running, chromium: Browser
) -> None:
    media.engine.open("oral")
    with BadPath() as path, serve_site(media.engine, path) as site:
        candidate = enter(chromium, site, "candidate")
        with serve_site(media.engine) as elsewhere:
            evaluator = enter(chromium, elsewhere, "evaluator")
            candidate.wait_for_function(GREW, arg=0, timeout=15_000)
            certificate, way = candidate.evaluate(WAY)
            path.loss = 1.0
            candidate.wait_for_function("() => window.room.state === 'reconnecting'")
            path.loss = 0.0
            candidate.wait_for_function("() => window.room.state === 'connected'", timeout=10_000)
            candidate.wait_for_function(GREW, arg=candidate.evaluate(DECODED), timeout=10_000)
            evaluator.wait_for_function(GREW, arg=evaluator.evaluate(DECODED), timeout=10_000)
            kept, other = candidate.evaluate(WAY)
            for page in (evaluator, candidate):
                page.context.close()
    assert kept == certificate
    assert other != way
    up = [fact.data["role"] for fact in media.engine.facts(0, 0) if fact.kind is FactKind.PEER_UP]
    assert sorted(up) == ["candidate", "evaluator"]


def test_a_third_person_is_refused_and_an_observer_sees_both(
    media: Running, site: str, chromium: Browser
) -> None:
    media.engine.open("oral")
    pages = [enter(chromium, site, "evaluator"), enter(chromium, site, "candidate")]
    third = enter(chromium, site, "candidate", peer="somebody-else")
    assert third.evaluate("() => window.states") == ["connecting", "refused"]
    observer = enter(chromium, site, "observer")
    observer.wait_for_function(
        "() => Object.keys(window.streams).sort().join() === 'candidate,evaluator'"
    )
    observer.wait_for_function(GREW, arg=0, timeout=15_000)
    assert observer.evaluate(HEARD) >= 0.01
    roles = sorted(peer.role.value for peer in media.engine.stats("oral").peers)
    assert roles == ["candidate", "evaluator", "observer"]
    for page in (*pages, third, observer):
        page.context.close()


def test_the_network_probe_measures_through_the_server(
    media: Running, site: str, chromium: Browser
) -> None:
    page = chromium.new_context(permissions=["camera", "microphone"]).new_page()
    page.goto(site)
    result = page.evaluate("""async () => {
      const {probeNetwork} = await import('/media/probe.js');
      const {CONSTRAINTS} = await import('/media/connection.js');
      const stream = await navigator.mediaDevices.getUserMedia(CONSTRAINTS);
      const negotiate = async (sdp) => (await fetch('/negotiate', {method: 'POST',
        body: JSON.stringify({role: 'probe', peer: 'me', sdp})})).text();
      const shares = [];
      const result = await probeNetwork({negotiate, stream, progress: (s) => shares.push(s)});
      return {...result, last: shares.at(-1)};
    }""")
    assert result["last"] == 1
    assert result["rttMs"] < 100
    assert result["lossPercent"] == 0
    assert result["upKbps"] > 300
    assert result["downKbps"] > 300
    assert result["verdict"] == "good"
    page.context.close()


def test_a_still_has_the_cameras_full_size(site: str, chromium: Browser) -> None:
    page = chromium.new_context(permissions=["camera", "microphone"]).new_page()
    page.goto(site)
    still = page.evaluate("""async () => {
      const {takeStill} = await import('/media/still.js');
      const video = {width: 1920, height: 1080};
      const stream = await navigator.mediaDevices.getUserMedia({video});
      const [track] = stream.getVideoTracks();
      const {width} = track.getSettings();
      const blob = await takeStill(track, 4 * 1024 * 1024);
      const picture = await createImageBitmap(blob);
      return {type: blob.type, enough: picture.width >= width * 0.9, width, size: blob.size};
    }""")
    assert still["type"] == "image/jpeg"
    assert still["enough"] is True
    assert 2_000 < still["size"] <= 4 * 1024 * 1024
    page.context.close()


def test_mute_camera_and_another_device_keep_the_call(
    media: Running, site: str, chromium: Browser
) -> None:
    media.engine.open("oral")
    evaluator = enter(chromium, site, "evaluator")
    candidate = enter(chromium, site, "candidate")
    evaluator.wait_for_function(GREW, arg=0, timeout=15_000)
    candidate.evaluate("""async () => {
      window.room.setMuted(true);
      window.room.setCamera(false);
      const stream = await navigator.mediaDevices.getUserMedia({video: true, audio: true});
      for (const track of stream.getTracks()) await window.room.replaceTrack(track);
    }""")
    enabled = "() => window.room.localStream.getTracks().map((track) => track.enabled)"
    assert candidate.evaluate(enabled) == [False, False]
    candidate.evaluate("() => { window.room.setMuted(false); window.room.setCamera(true); }")
    assert candidate.evaluate(enabled) == [True, True]
    evaluator.wait_for_function(GREW, arg=evaluator.evaluate(DECODED), timeout=10_000)
    assert evaluator.evaluate(HEARD) >= 0.01
    candidate.evaluate("() => window.room.close()")
    evaluator.wait_for_function("() => window.readings.at(-1).kbpsDown < 20", timeout=15_000)
    for page in (evaluator, candidate):
        page.context.close()


CLOSED = """() => {
  const [last] = window.calls.slice(-1);
  last.close();
  return window.states.length;
}"""
# What a browser shows that gets packets and can decrypt none.
GARBLED = """() => {
  const [last] = window.calls.slice(-1);
  const look = last.getStats.bind(last);
  last.getStats = async () => new Map([...await look()].map(([name, stat]) =>
    [name, stat.type === 'inbound-rtp' ? {...stat, packetsReceived: 0} : stat]));
  return window.states.length;
}"""
COUNTED = """(() => {
  window.calls = [];
  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(...parts) { super(...parts); window.calls.push(this); }
  };
})()"""
BACK = """(before) => {
  const since = window.states.slice(before);
  return since.includes('reconnecting') && since.at(-1) === 'connected';
}"""


@pytest.mark.parametrize("broken", [CLOSED, GARBLED], ids=["closed", "garbled"])
def test_a_connection_that_died_without_a_word_is_replaced(
    chromium: Browser, media: Running, site: str, broken: str
) -> None:
    media.engine.open("oral")
    enter(chromium, site, "evaluator")
    context = chromium.new_context(permissions=["camera", "microphone"])
    context.add_init_script(COUNTED)
    page = context.new_page()
    page.goto(site)
    given = {"role": "candidate", "room": "oral", "peer": "candidate", "observe": False}
    assert page.evaluate(JOIN, given) == "connected"
    page.wait_for_function(GREW, arg=0)
    before = page.evaluate(broken)
    page.wait_for_function(BACK, arg=before)
    assert page.evaluate("window.calls.length") == 2
    page.wait_for_function(GREW, arg=page.evaluate(DECODED))
