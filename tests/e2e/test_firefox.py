"""The oral with a candidate in Firefox before an evaluator in Chromium, by contract names."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from firefox_browser import Firefox, Tab
from oral_steps import MEDIA, assert_moves, assert_recordings_play, identify, press
from test_candidate_room import Oral, oral

__all__ = ["oral"]

pytestmark = pytest.mark.e2e

# A headless Firefox decodes, but counts no frame of a video element as shown: the connections
# themselves are asked, so they are kept as they are made.
KEEP = """() => {
  const Real = window.RTCPeerConnection;
  window.calls = [];
  window.RTCPeerConnection = class extends Real {
    constructor(...given) { super(...given); window.calls.push(this); }
  };
}"""
DECODED = """async () => {
  let frames = 0;
  for (const call of window.calls ?? []) {
    if (call.connectionState !== 'connected') continue;
    for (const stat of (await call.getStats()).values()) {
      if (stat.type === 'inbound-rtp' && stat.kind === 'video') frames += stat.framesDecoded;
    }
  }
  return frames;
}"""
GREW = f"async (before) => (await ({DECODED})()) > before + 30"
PRESS = """async (name) => {
  if (document.readyState !== 'complete') return false;
  for (const button of document.querySelectorAll('button')) {
    const called = (button.getAttribute('aria-label') ?? button.textContent).trim();
    if (called === name && !button.disabled && button.checkVisibility()) {
      button.click();
      return true;
    }
  }
  return false;
}"""
TICK = """() => {
  if (document.readyState !== 'complete') return false;
  const ticks = [...document.querySelectorAll('input[type=checkbox]')];
  for (const tick of ticks) if (!tick.checked) tick.click();
  return ticks.length > 0;
}"""


@pytest.fixture
def firefox() -> Iterator[Firefox]:
    with Firefox() as browser:
        browser.ask("script.addPreloadScript", functionDeclaration=KEEP)
        yield browser


def enter(candidate: Tab) -> None:
    """Take the candidate from the e-mailed link to the waiting room."""
    candidate.wait_for_function(PRESS, "Continuer")
    candidate.wait_for_function(TICK)
    candidate.wait_for_function(PRESS, "Tester mon équipement")
    candidate.wait_for_function(PRESS, "Entrer en salle d'attente", MEDIA)
    candidate.wait_for_function("() => document.body.innerText.includes('Ce qui va se passer')")


def test_a_candidate_in_firefox_sits_an_oral_before_chromium(oral: Oral, firefox: Firefox) -> None:
    oral.page.close()
    candidate = firefox.page(oral.link)
    enter(candidate)
    evaluator = oral.evaluator.page
    evaluator.goto(oral.evaluator.base.rstrip("/"))
    press(evaluator, "Ouvrir la salle")
    identify(evaluator)
    press(evaluator, "Commencer")
    for _ in range(2):
        candidate.wait_for_function(GREW, candidate.evaluate(DECODED), MEDIA)
        assert_moves(evaluator, "Vidéo du candidat")
    connections = candidate.evaluate("() => window.calls.length")
    press(evaluator, "Partie suivante")
    evaluator.get_by_role("button", name="B2", exact=True).first.click()
    press(evaluator, "Révéler la carte")
    press(evaluator, "Partie suivante")
    assert_moves(evaluator, "Vidéo du candidat")
    candidate.wait_for_function(GREW, candidate.evaluate(DECODED), MEDIA)
    assert candidate.evaluate("() => window.calls.length") == connections
    press(evaluator, "Terminer l'entretien")
    candidate.wait_for_function(
        """() => document.body.innerText.includes("C'est terminé, merci.")""", None, MEDIA
    )
    assert_recordings_play(evaluator)
