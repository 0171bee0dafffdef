"""A bank filled from a file in a browser; its questions answered by keyboard; axe finds nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from at_rest import follow
from playwright.sync_api import Page, expect
from test_axe import CONTINUE, violations

DATA = Path(__file__).parents[1] / "written_test" / "items" / "data"
WORDS = {
    "fr": ("Créer la banque", "Lire le fichier", "Importer 7 questions", "Essayer cette réponse"),
    "en": ("Create the bank", "Read the file", "Import 7 questions", "Try this answer"),
}
KINDS = ("single", "multiple", "gap_choice", "gap_free", "ordering", "matching", "reading")
RIGHT = {"fr": "Juste", "en": "Right"}


def _press(page: Page, name: str) -> None:
    follow(page.get_by_role("button", name=name))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_bank_from_its_making_to_its_questions(demo, visit, language):
    make, read, bring_in, attempt = WORDS[language]
    base = demo.links["base_url"]
    page = visit(demo.enter("coordinator"))
    follow(page.get_by_role("button", name=CONTINUE))
    page.goto(f"{base}/coordinator/banks/new?lang={language}")
    faults = violations(page)
    page.locator("#name").fill(f"Bank of a test, {language}")
    _press(page, make)
    bank = page.url
    faults += violations(page)
    page.goto(f"{bank}/import")
    faults += violations(page)
    page.locator("input[type=file]").set_input_files(DATA / "columns.csv")
    _press(page, read)
    faults += violations(page)
    _press(page, bring_in)
    faults += violations(page)
    for there in (bank, f"{bank}/states", f"{bank}/parameters"):
        page.goto(there)
        faults += violations(page)
    for kind in KINDS:
        page.goto(f"{bank}?kind={kind}")
        follow(page.locator("tbody th a[href*='/items/']").first)
        page.locator("summary").last.click()
        faults += violations(page)
    assert "\n".join(faults) == ""

    page.goto(f"{bank}?kind=ordering")
    follow(page.locator("tbody th a[href*='/items/']").first)
    _put_in_order(page, ["Dial.", "Speak.", "Hang up."])
    page.get_by_role("button", name=attempt).press("Enter")
    expect(page.locator("#tried")).to_have_text(RIGHT[language])


def _put_in_order(page: Page, wanted: list[str]) -> None:
    """Move each element up by its button and Enter alone, to where it belongs."""
    rows = page.locator("[data-order] > li")
    for place, text in enumerate(wanted):
        up = rows.filter(has_text=re.compile(rf"^\s*{re.escape(text)}")).locator("[data-move='-1']")
        up.focus()
        while rows.nth(place).get_attribute("data-text") != text:
            page.keyboard.press("Enter")
            expect(up).to_be_focused()
            expect(page.locator("[data-order-said]")).to_contain_text(text)
    assert [row.get_attribute("data-text") for row in rows.all()] == wanted


PUT = {"fr": "Mettre en service", "en": "Put into service"}
SETTLED = {"fr": "Tout est en service", "en": "Everything is in service"}
SAVE = {"fr": "Enregistrer", "en": "Save"}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_bank_goes_into_service_while_one_looks(demo, visit, language):
    base = demo.links["base_url"]
    page = visit(demo.enter("coordinator"))
    follow(page.get_by_role("button", name=CONTINUE))
    page.goto(f"{base}/coordinator/banks?lang={language}")
    follow(page.locator("tbody th a").filter(has_text="général et professionnel"))
    bank = page.url
    follow(page.locator("tbody th a[href*='/items/']").first)
    page.locator("[data-opens]").last.click()
    page.locator("dialog[open] [name=reason]").fill("Too old")
    follow(page.locator("dialog[open] [type=submit]"))
    page.goto(bank)
    faults = violations(page)
    _press(page, PUT[language])
    expect(page.locator("#release-run")).to_be_visible()
    faults += violations(page)
    page.evaluate("window.stayed = true")
    expect(page.locator("#releasing")).to_contain_text(SETTLED[language], timeout=120_000)
    assert page.evaluate("window.stayed") is True
    assert page.locator("#release-run").count() == 0
    faults += violations(page)
    page.goto(f"{base}/coordinator/certifications")
    follow(page.locator("tbody tr").filter(has_text="PASS-EN").locator("th a"))
    follow(page.locator("#written .btn").first)
    page.locator("main summary").last.click()
    faults += violations(page)
    page.locator("#share_reading").fill("24")
    _press(page, SAVE[language])
    expect(page.get_by_role("alert")).to_contain_text("99")
    faults += violations(page)
    page.locator("#share_reading").fill("25")
    _press(page, SAVE[language])
    expect(page.locator("#written")).to_be_visible()
    faults += violations(page)
    assert "\n".join(faults) == ""
