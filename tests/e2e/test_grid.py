"""The grid in a real browser: by keyboard alone, offline and back, half empty, without a fault."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from at_rest import look
from marking_steps import Marking, an_oral_to_mark, submit
from playwright.sync_api import expect

from rooms.models import InterviewState
from rubrics.library import grid

NAMES = [criterion.name.fr for criterion in grid().criteria]


@pytest.fixture
def marking(demo, visit, state) -> Iterator[Marking]:
    with an_oral_to_mark(demo, visit, state) as made:
        yield made


ended = pytest.mark.parametrize("state", [InterviewState.ENDED])


@ended
def test_the_whole_grid_by_keyboard(marking):
    page = marking.page
    expect(page.get_by_role("button", name="Soumettre la grille")).to_be_visible()
    page.keyboard.press("ArrowDown")
    focused = page.locator(":focus")
    for number, criterion in enumerate(grid().criteria):
        expect(focused).to_have_attribute("name", f"mark-{criterion.key}")
        for _ in range(number + 1):
            page.keyboard.press("ArrowRight")
        page.keyboard.press(criterion.letter.lower())
        page.keyboard.type(f"heard {number}")
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowDown")
    marking.is_saved()
    # The first starts from the middle of the scale (B1), the others from their neighbour's mark.
    expected, mark = {}, 9
    for number, criterion in enumerate(grid().criteria):
        mark += number + 1
        expected[criterion.key] = min(mark, 18)
    assert marking.marks() == expected
    assert [(note.criterion, note.text) for note in marking.kept().notes] == [
        (criterion.key, f"heard {number}") for number, criterion in enumerate(grid().criteria)
    ]
    submit(page)
    expect(page.locator("#submit-line")).to_contain_text("Grille soumise.")
    assert marking.kept().state == "submitted"
    expect(marking.group("Vocabulaire").get_by_role("radio").first).to_be_disabled()


@ended
def test_the_ends_of_the_scale_hold_and_escape_drops_a_note(marking):
    page = marking.page
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    expect(
        marking.group("Compréhension orale").get_by_role("radio", name="C2", exact=True)
    ).to_be_checked()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    below = marking.group("Compréhension orale").get_by_role("radio", name="Inférieur à A1")
    expect(below).to_be_checked()
    page.keyboard.press("v")
    page.keyboard.type("never mind")
    page.keyboard.press("Escape")
    expect(below).to_be_focused()
    page.keyboard.press("n")
    page.keyboard.type("The sound was lost")
    page.keyboard.press("Tab")
    marking.is_saved()
    [mark] = marking.kept().marks
    assert (mark.not_assessable, mark.thirds, mark.reason) == (True, None, "The sound was lost")
    assert marking.kept().notes == []


@ended
def test_a_half_empty_grid_says_what_is_missing(marking):
    page = marking.page
    for name in NAMES[1:]:
        marking.group(name).get_by_role("radio", name="B2", exact=True).check()
        page.get_by_role("checkbox", name=f"Rien à ajouter : {name}").check()
    page.get_by_role("button", name="Soumettre la grille").click()
    alert = page.get_by_role("alert").filter(has_text="incomplète")
    expect(alert).to_have_text("La grille est incomplète. À compléter : Compréhension orale.")
    marking.group(NAMES[0]).get_by_role("radio", name="A2+", exact=True).check()
    page.get_by_role("checkbox", name=f"Rien à ajouter : {NAMES[0]}").check()
    submit(page)
    expect(page.locator("#submit-line")).to_contain_text("Grille soumise.")


@ended
def test_a_reload_shows_what_was_marked(marking):
    marking.group("Interaction").get_by_role("radio", name="C1-", exact=True).check()
    marking.is_saved()
    marking.page.reload()
    expect(
        marking.group("Interaction").get_by_role("radio", name="C1-", exact=True)
    ).to_be_checked()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "state", [InterviewState.PLANNED, InterviewState.ENDED, InterviewState.ABORTED]
)
def test_axe_finds_nothing_and_nothing_scrolls(marking, language):
    page = marking.page
    page.goto(f"{page.url.split('?')[0]}?lang={language}")
    for width, height in ((1280, 720), (820, 1180), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        expect(page.locator(".vv-console-panel:visible")).to_have_count(1)
        page.wait_for_function(
            "([width, height]) => document.body.scrollWidth === width"
            " && document.body.scrollHeight === height",
            arg=[width, height],
        )
    report = look(page, options={"resultTypes": ["violations"]})
    assert report.violations_count == 0, report.generate_report()
    assert re.search(r"undefined|\[object", page.inner_text("body")) is None


@ended
def test_the_home_has_no_fault(marking):
    page = marking.page
    for language in ("fr", "en"):
        page.goto(f"{page.url.split('/evaluator')[0]}/evaluator/?lang={language}")
        expect(page.locator("#agenda")).to_be_visible()
        report = look(page, options={"resultTypes": ["violations"]})
        assert report.violations_count == 0, report.generate_report()
