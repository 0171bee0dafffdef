"""The steps of an oral in two browsers, by the names that people and machines rely on."""

from __future__ import annotations

import re

from marking_steps import press, submit
from playwright.sync_api import Locator, Page, expect

CRITERIA = (
    "Compréhension orale",
    "Prononciation et intonation",
    "Vocabulaire",
    "Aisance",
    "Grammaire et syntaxe",
    "Interaction",
)
TRIES = 3
MEDIA = 90_000  # milliseconds: two browsers encode video on a core or two

SHOWN = """[...document.querySelectorAll("#player [data-playback-person] video:not([hidden])")]"""
# Where, as a share of the whole, the longest time begins in which both people were recorded; a
# little later, so that neither is at an edge.
BOTH_RECORDED = """async () => {
    const { base } = JSON.parse(document.getElementById("page-data").textContent);
    const { recordings } = await (await fetch(`${base}recording`)).json();
    const kept = recordings.filter(({ manifest }) => manifest?.segments.length);
    const begun = Math.min(...kept.map(({ manifest }) => Date.parse(manifest.started_at)));
    const files = kept.flatMap(({ manifest }) => manifest.segments.map((file) => {
        const from = (Date.parse(manifest.started_at) - begun) / 1000 + file.offset_s;
        return { role: file.role, from, to: from + file.duration_s };
    }));
    const [ours, theirs] = ["evaluator", "candidate"].map(
        (role) => files.filter((file) => file.role === role));
    const together = ours.flatMap((a) => theirs.map((b) => {
        const from = Math.max(a.from, b.from);
        return { from, lasts: Math.min(a.to, b.to) - from };
    })).sort((a, b) => b.lasts - a.lasts)[0];
    const ends = kept.map(({ manifest }) =>
        (Date.parse(manifest.started_at) - begun) / 1000 + manifest.duration_s);
    return (together.from + together.lasts / 4) / Math.max(...ends);
}"""


def video(page: Page, name: str) -> Locator:
    return page.locator(f'video[aria-label="{name}"]')


def frames(page: Page, name: str) -> int:
    """Return how many frames the video of that name has shown."""
    return video(page, name).evaluate("v => v.getVideoPlaybackQuality().totalVideoFrames")


def assert_moves(page: Page, name: str) -> None:
    """Wait until the video has shown at least 30 more frames than now."""
    expect(video(page, name)).to_be_visible(timeout=MEDIA)
    before = frames(page, name)
    page.wait_for_function(
        """([name, goal]) => document.querySelector(`video[aria-label="${name}"]`)
            .getVideoPlaybackQuality().totalVideoFrames >= goal""",
        arg=[name, before + 30],
        timeout=MEDIA,
    )


def get_ready(candidate: Page) -> None:
    """Take the candidate from the e-mailed link to the waiting room."""
    press(candidate, "Continuer")
    # Boxes are listed as they stand at once: only where the oral's page is there are they its own.
    expect(candidate.get_by_role("button", name="Tester mon équipement")).to_be_visible()
    for tick in candidate.get_by_role("checkbox").all():
        tick.check()
    enter_waiting_room(candidate)


def enter_waiting_room(candidate: Page) -> None:
    """Test the equipment and enter; where a busy machine was found too slow, test again."""
    test = candidate.get_by_role("button", name="Tester mon équipement", exact=True)
    enter = candidate.get_by_role("button", name="Entrer en salle d'attente", exact=True)
    for _ in range(TRIES):
        test.click()
        expect(test).not_to_have_attribute("aria-disabled", "true", timeout=MEDIA)
        if enter.is_enabled():
            break
    expect(enter).to_be_enabled()
    enter.click()


def open_room(evaluator: Page, candidate: str) -> None:
    """Open the room of the interview with `candidate`, from the evaluator's home."""
    if evaluator.get_by_role("button", name="Ouvrir la salle").count() == 0:
        evaluator.get_by_role("link", name=re.compile(candidate)).first.click()
    press(evaluator, "Ouvrir la salle")


def identify(evaluator: Page) -> None:
    """Check the document and confirm."""
    press(evaluator, "Faire entrer le candidat", timeout=MEDIA)
    press(evaluator, "Prendre la photo", timeout=MEDIA)
    expect(evaluator.locator("#still-image")).to_be_visible(timeout=MEDIA)
    evaluator.get_by_label("Type de document").select_option(index=1)
    evaluator.get_by_label("Date d'expiration").fill("2031-05-30")
    for tick in evaluator.get_by_role("checkbox").all():
        if tick.is_visible():
            tick.check()
    press(evaluator, "Identité confirmée")


def speak(evaluator: Page, candidate: Page) -> None:
    """Go through the three parts of an oral that has begun."""
    assert_moves(evaluator, "Vidéo du candidat")
    assert_moves(candidate, "Vidéo de l'évaluateur")
    press(evaluator, "Partie suivante")
    evaluator.get_by_role("button", name="B2", exact=True).first.click()
    press(evaluator, "Révéler la carte")
    press(evaluator, "Partie suivante")
    assert_moves(evaluator, "Vidéo du candidat")
    press(evaluator, "Terminer l'entretien")


def mark(evaluator: Page) -> None:
    """Fill in the grid and submit it."""
    for criterion in CRITERIA:
        group = evaluator.get_by_role("radiogroup", name=criterion, exact=True)
        group.get_by_role("radio", name="B2", exact=True).check()
        evaluator.get_by_role(
            "checkbox", name=re.compile(f"^Rien à ajouter\\s: {criterion}$")
        ).check()
    submit(evaluator)


def assert_recordings_play(evaluator: Page) -> None:
    """Play where both people were recorded, and wait until both move, with sound decoded.

    A call that a loaded machine interrupted has several files a person, and holes between them.
    """
    player = evaluator.locator("#player [data-playback]")
    expect(player).to_have_class(re.compile(r"\bis-ready\b"), timeout=2 * MEDIA)
    wave = player.get_by_role("slider", name="Position dans l'enregistrement")
    box = wave.bounding_box()
    share = evaluator.evaluate(BOTH_RECORDED)
    wave.click(position={"x": box["width"] * share, "y": box["height"] / 2})
    evaluator.wait_for_function(
        f"() => {SHOWN}.filter(video => video.readyState >= 2).length === 2"
    )
    evaluator.evaluate(
        f"() => {SHOWN}.forEach(video => {{ video.dataset.from = video.currentTime; }})"
    )
    player.get_by_role("button", name="Lire", exact=True).click()
    evaluator.wait_for_function(
        f"""() => {SHOWN}.filter(video => video.currentTime - Number(video.dataset.from) > 0.5
            && video.getVideoPlaybackQuality().totalVideoFrames > 0
            && video.webkitAudioDecodedByteCount > 0).length === 2""",
        timeout=MEDIA,
    )
