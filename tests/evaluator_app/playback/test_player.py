from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

STATE = """() => {
  const state = {position: window.player.position, people: {}};
  for (const person of document.querySelectorAll('[data-playback-person]')) {
    const video = person.querySelector('video:not([hidden])');
    state.people[person.dataset.playbackPerson] = video && {
      file: video.src.split('/').at(-1),
      time: video.currentTime,
      frames: video.webkitDecodedFrameCount,
      sound: video.webkitAudioDecodedByteCount,
      paused: video.paused,
    };
  }
  return state;
}"""
OFFSETS = {"evaluator-0.webm": 0.0, "candidate-0.webm": 0.0, "candidate-1.webm": 9.0}


@pytest.fixture
def page(chromium, address):
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: line.type == "error" and faults.append(line.text))
    page.add_init_script(
        "addEventListener('playback-ready', (e) => { window.player = e.detail.player; });"
    )
    page.goto(address)
    page.wait_for_function("() => window.player && document.querySelector('.vv-playback.is-ready')")
    yield page
    assert faults == []
    context.close()


def reach(page: Page, second: float) -> dict:
    page.wait_for_function("(s) => window.player.position >= s", arg=second, timeout=20_000)
    return page.evaluate(STATE)


def settled(page: Page) -> dict:
    """Return the state once both pictures stand at the position."""
    page.wait_for_function(
        "() => [...document.querySelectorAll('.vv-playback video:not([hidden])')]"
        ".every((v) => !v.seeking && v.readyState >= 2)"
    )
    return page.evaluate(STATE)


def moment(person: dict) -> float:
    return OFFSETS[person["file"]] + person["time"]


def test_both_play_in_step_with_picture_and_sound(page):
    page.get_by_role("button", name="Lire").click()
    state = reach(page, 3.0)
    for person in state["people"].values():
        assert person["frames"] > 20
        assert person["sound"] > 1000
        assert abs(moment(person) - state["position"]) < 0.15
    page.get_by_role("button", name="Mettre en pause").click()
    stood = settled(page)
    assert all(person["paused"] for person in stood["people"].values())
    apart = [moment(person) for person in stood["people"].values()]
    assert abs(apart[0] - apart[1]) < 0.1


def test_time_goes_on_over_a_gap_and_the_next_file_takes_over(page):
    page.evaluate("window.player.seek(5)")
    page.get_by_role("button", name="Lire").click()
    state = reach(page, 7.0)
    assert state["people"]["candidate"] is None
    expect(page.get_by_text("Rien n'arrivait à ce moment.").first).to_be_visible()
    assert abs(moment(state["people"]["evaluator"]) - state["position"]) < 0.15
    state = reach(page, 11.0)
    assert state["people"]["candidate"]["file"] == "candidate-1.webm"
    assert abs(moment(state["people"]["candidate"]) - state["position"]) < 0.15


def test_it_stops_at_the_end_and_begins_again(page):
    page.evaluate("window.player.seek(15)")
    page.get_by_role("button", name="Lire").click()
    page.wait_for_function("() => !window.player.playing", timeout=10_000)
    assert page.evaluate("window.player.position") == pytest.approx(16, abs=0.05)
    page.get_by_role("button", name="Lire").click()
    state = reach(page, 0.3)
    assert state["position"] < 5
    assert page.evaluate("window.player.playing")


def test_keys_play_and_jump_but_not_from_a_field(page):
    page.locator("h1").click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("window.player.position") == 5
    expect(page.locator("[data-playback-time]")).to_have_text("0:05")
    page.keyboard.press("Space")
    assert page.evaluate("window.player.playing")
    page.keyboard.press("Space")
    assert not page.evaluate("window.player.playing")
    before = page.evaluate("window.player.position")
    page.locator("#note").focus()
    page.keyboard.type("a b")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("window.player.position") == before
    assert page.locator("#note").input_value() == "a b"


def test_a_click_seeks_and_a_pin_jumps_to_its_second(page):
    wave = page.get_by_role("slider", name="Position dans l'enregistrement")
    box = wave.bounding_box()
    wave.click(position={"x": box["width"] * 0.75, "y": box["height"] - 10})
    assert page.evaluate("window.player.position") == pytest.approx(12, abs=0.05)
    expect(wave).to_have_attribute("aria-valuetext", "0:12")
    wave.click(position={"x": box["width"] * 11 / 16 + 6, "y": 30})
    assert page.evaluate("window.player.position") == 11
    page.get_by_role("button", name="0:02 V").click()
    state = settled(page)
    assert state["position"] == 2.5
    for person in state["people"].values():
        assert abs(moment(person) - 2.5) < 0.06


def test_the_picture_shown_is_the_one_of_that_second(page):
    # The picture is white during the first fifth of each second, and grey after.
    shade = """() => {
      const video = document.querySelector('[data-playback-person=candidate] video:not([hidden])');
      const canvas = document.createElement('canvas');
      canvas.width = 32; canvas.height = 18;
      const pen = canvas.getContext('2d');
      pen.drawImage(video, 0, 0, 32, 18);
      return pen.getImageData(16, 9, 1, 1).data[0];
    }"""
    for second, bright in ((4.1, True), (4.6, False), (11.1, True), (13.7, False)):
        page.evaluate("(s) => window.player.seek(s)", second)
        settled(page)
        assert (page.evaluate(shade) > 140) is bright


def test_a_seek_asks_for_few_bytes(page, asked):
    page.wait_for_load_state("networkidle")
    asked.clear()
    page.evaluate("window.player.seek(13)")
    settled(page)
    assert 1 <= len(asked) <= 6


def test_files_that_are_neither_shown_nor_next_are_let_go(page):
    held = """() => [...document.querySelectorAll('[data-playback-person]')].map(
        (place) => [place.dataset.playbackPerson, place.querySelectorAll('video').length])"""
    for second in (0.3, 13, 0.3, 13):
        page.evaluate("(s) => window.player.seek(s)", second)
        settled(page)
        assert sorted(page.evaluate(held)) == [["candidate", 1], ["evaluator", 1]]


def test_speed_changes(page):
    page.get_by_label("Vitesse").select_option("2")
    page.locator("h1").click()
    page.keyboard.press("Space")
    reach(page, 1.0)
    rates = page.evaluate(
        "[...document.querySelectorAll('.vv-playback video:not([hidden])')]"
        ".map((video) => video.playbackRate)"
    )
    assert all(1.8 < rate < 2.2 for rate in rates)


def test_a_recording_that_cannot_be_read_says_so(chromium, address):
    page = chromium.new_page(locale="fr-FR")
    page.route("**/manifest.json", lambda route: route.fulfill(status=404, body=""))
    page.goto(address)
    expect(page.get_by_text("L'enregistrement ne peut pas être lu.")).to_be_visible()
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(page, theme):
    page.evaluate("(theme) => { document.documentElement.dataset.bsTheme = theme; }", theme)
    page.evaluate("() => window.player.seek(7)")
    report = Axe().run(page, ".vv-playback")
    assert [violation["id"] for violation in report.response["violations"]] == []
