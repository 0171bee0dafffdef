"""Two real Chromiums meet through the real media server, with the product's own client."""

from collections.abc import Iterator

import pytest
from media_running import Running
from playwright.sync_api import Browser, Page, sync_playwright

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
    if (!answer.ok) throw Object.assign(new Error(text), {fatal: true});
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


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
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
