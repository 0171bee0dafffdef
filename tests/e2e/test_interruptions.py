"""Nothing interrupts an oral: reloads, a crash, networks, killed processes, one after the other.

After each both are back in the same part, with the same time and the same marks, without doing
anything; the recording has what was said, and its gaps are where nobody could be heard.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cut_path import CutPath
from interruptions import BASE, Cut, Oral
from oral_steps import MEDIA, assert_moves, get_ready, identify, open_room, press
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e

LATE = 3.0  # seconds that a page, a fact or a clock may be behind on a loaded machine
RECORDED = f"async () => (await fetch({BASE} + 'recording')).json()"
SHEET = f"""async () => {{
    const headers = {{
        'Content-Type': 'application/json',
        'X-CSRFToken': document.querySelector('meta[name="csrf-token"]').content,
    }};
    const asked = {{ method: 'POST', headers, body: '{{}}' }};
    return (await fetch({BASE} + 'scoresheet', asked)).json();
}}"""


@pytest.fixture
def oral(own_demo, visit) -> Iterator[Oral]:
    """An oral in its second part, with a mark given."""
    candidate = visit(own_demo.links["candidate"])
    evaluator = visit(own_demo.links["evaluator"])
    with CutPath(candidate.context) as path:
        get_ready(candidate)
        press(evaluator, "Continuer")
        open_room(evaluator, "Camille")
        identify(evaluator)
        press(evaluator, "Commencer")
        assert_moves(evaluator, "Vidéo du candidat")
        assert_moves(candidate, "Vidéo de l'évaluateur")
        press(evaluator, "Partie suivante")
        second = evaluator.locator('.vv-console-part[data-part="2"]')
        expect(second).to_have_attribute("aria-current", "step", timeout=MEDIA)
        _vocabulary(evaluator).check()
        yield Oral(evaluator, candidate, path, own_demo.pid)


def _vocabulary(evaluator):
    group = evaluator.get_by_role("radiogroup", name="Vocabulaire", exact=True)
    return group.get_by_role("radio", name="B2", exact=True)


def check(oral: Oral) -> None:
    """Look at the second part, its time and the mark, after whatever happened last."""
    state = oral.settled()
    assert (state["state"], state["part"], state["parts"][1]["paused"]) == ("running", 2, False)
    _agree(oral)
    expect(oral.candidate.locator('.vv-room-parts [data-part="2"]')).to_have_attribute(
        "aria-current", "step"
    )
    expect(_vocabulary(oral.evaluator)).to_be_checked()


def _agree(oral: Oral) -> None:
    """Wait until both pages show the server's time; to look at three takes a while under load."""
    for _ in range(20):
        least = oral.settled()["parts"][1]["elapsed_s"]
        shown = oral.shown_times(2)
        most = oral.settled()["parts"][1]["elapsed_s"]
        if all(least - LATE < seconds < most + LATE for seconds in shown):
            return
        oral.evaluator.wait_for_timeout(500)
    raise AssertionError((least, shown, most))


def check_time(oral: Oral) -> None:
    """Compare the part's time with the clock and what was paused, by the server's clock.

    A busy machine may fall silent between the interruptions as well: that is paused too.
    """
    after = oral.settled()
    assert after["pause"]["taken_s"] > sum(cut.paused for cut in oral.cuts) - 1
    ran = after["recording"]["second"] - after["parts"][0]["elapsed_s"] - after["pause"]["taken_s"]
    assert after["parts"][1]["elapsed_s"] == pytest.approx(ran, abs=0.5)


def recorded(oral: Oral) -> dict[str, Any]:
    """End the oral, and return the manifest of its recording once it is ready."""
    press(oral.evaluator, "Terminer l'entretien")
    press(oral.evaluator, "Confirmer")
    for _ in range(240):
        recordings = oral.evaluator.evaluate(RECORDED)["recordings"]
        if recordings[0]["state"] == "ready":
            assert len(recordings) == 1
            return recordings[0]["manifest"]
        oral.evaluator.wait_for_timeout(250)
    raise AssertionError(recordings)


def gap_over(manifest: dict[str, Any], role: str, cut: Cut) -> dict[str, float]:
    """Return the longest gap of `role` that an interruption made."""
    gaps = [
        gap
        for gap in manifest["gaps"]
        if gap["role"] == role and gap["start_s"] < cut.ended and gap["end_s"] > cut.began - 1
    ]
    assert gaps, (role, cut, manifest["gaps"])
    return max(gaps, key=lambda gap: gap["end_s"] - gap["start_s"])


def test_nothing_interrupts_an_oral(oral):
    for happen in (
        lambda: oral.reload("candidate"),
        lambda: oral.reload("evaluator"),
        oral.change_network,
        oral.crash,
        lambda: oral.offline(20),
        oral.kill_media,
        oral.kill_web,
        oral.kill_jobs,
    ):
        happen()
        check(oral)
    cuts = {cut.name: cut for cut in oral.cuts}
    if place := os.environ.get("INTERRUPTIONS_FIGURES"):
        Path(place).write_text(json.dumps({cut.name: cut.seconds for cut in oral.cuts}))

    assert cuts["kill_web"].paused == 0
    began, ended = cuts["offline"].silence
    assert ended - began - LATE < cuts["offline"].paused
    assert cuts["offline"].paused < cuts["offline"].ended - cuts["offline"].began
    for name in ("reload_candidate", "reload_evaluator", "crash", "kill_media", "kill_jobs"):
        assert 0 < cuts[name].paused < cuts[name].ended - cuts[name].began, name
    check_time(oral)
    assert oral.evaluator.evaluate(SHEET)["marks"]["vocabulary"]["thirds"] is not None

    manifest = recorded(oral)
    segments = [segment["role"] for segment in manifest["segments"]]
    assert segments.count("candidate") >= 6  # two reloads, a network, a crash, media's end
    assert segments.count("evaluator") >= 3
    assert [part["number"] for part in manifest["parts"]] == [1, 2]
    offline = cuts["offline"]
    gap = gap_over(manifest, "candidate", offline)
    assert offline.began - LATE < gap["start_s"] < began + LATE
    assert ended - LATE < gap["end_s"] < offline.ended + LATE
    gap_over(manifest, "candidate", cuts["crash"])
    for role in ("candidate", "evaluator"):
        # What was said until a second before the kill is there.
        assert gap_over(manifest, role, cuts["kill_media"])["start_s"] > (
            cuts["kill_media"].began - 1
        )
