"""The frame and every macro in a real browser: accessible, within the policy, and well-behaved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.e2e

PAGES = ["/", "/parts", "/form", "/stage", "/error/404"]


@pytest.fixture
def look(chromium: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Open a page in a window of its own; what its console says in red fails the test."""
    contexts, said = [], []

    def open_page(path: str, width: int = 1280, height: int = 720, **options) -> Page:
        options = {"locale": "fr-FR", "timezone_id": "Europe/Paris"} | options
        context = chromium.new_context(
            viewport={"width": width, "height": height}, base_url=address, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []


def faults(page: Page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    return [f"{fault['id']}: {node['target']}" for fault in violations for node in fault["nodes"]]


@pytest.mark.parametrize(("language", "scheme"), [("fr", "light"), ("en", "dark")])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(look, path, scheme, language):
    page = look(f"{path}?lang={language}", color_scheme=scheme)
    assert faults(page) == []
    assert page.locator("html").get_attribute("data-bs-theme") == scheme
    assert page.locator("html").get_attribute("lang") == language


def test_axe_finds_nothing_in_a_refused_form_nor_in_a_dialog(look):
    page = look("/form")
    page.get_by_role("button", name="Inscrire").click()
    name = page.get_by_label("Nom")
    expect(name).to_be_focused()
    expect(name).to_have_accessible_description("De naissance. Indiquez le nom.")
    assert faults(page) == []
    page.goto("/parts")
    page.get_by_role("button", name="Déplacer").click()
    assert faults(page) == []


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 720), (820, 1180), (390, 844)])
def test_no_page_is_wider_than_its_window(look, width, height):
    page = look("/", width, height)
    wider = {}
    for path in PAGES:
        page.goto(path)
        wider[path] = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider == dict.fromkeys(PAGES, 0)


def test_the_stage_fills_the_window_and_does_not_scroll(look):
    page = look("/stage", 1280, 720)
    assert page.evaluate("document.documentElement.scrollHeight") == 720
    box = page.get_by_role("main").bounding_box()
    assert box["y"] + box["height"] == 720


def test_every_icon_on_the_pages_is_in_the_sprite(look):
    page = look("/parts")
    asked, sprite = set(), ""
    for path in PAGES:
        page.goto(path)
        for reference in page.locator("svg.icon use").evaluate_all(
            "all => all.map(use => use.getAttribute('href'))"
        ):
            sprite, _, name = reference.partition("#")
            asked.add(name)
    drawn = set(re.findall(r'<symbol id="([^"]+)"', page.request.get(sprite).text()))
    assert asked - drawn == set()


def test_a_dialog_asks_first_and_gives_the_focus_back(look, site: Flask):
    page = look("/parts")
    opener = page.get_by_role("button", name="Déplacer")
    dialog = page.get_by_role("dialog", name="Déplacer ce rendez-vous ?")
    opener.click()
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    dialog.get_by_role("button", name="Annuler").click()
    expect(dialog).to_be_hidden()
    site.extensions["sent"].clear()
    opener.click()
    dialog.get_by_role("button", name="Confirmer").dblclick()
    page.wait_for_url("**/stage")
    assert site.extensions["sent"] == ["POST"]


def test_light_and_dark_are_kept(look):
    page = look("/parts", color_scheme="light")
    page.get_by_role("button", name="Passer en sombre").click()
    page.reload()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    page.get_by_role("button", name="Passer en clair").click()
    assert page.locator("html").get_attribute("data-bs-theme") == "light"


def test_typing_filters_in_place_and_the_address_keeps_it(look):
    page = look("/parts?state=later")
    rows = page.get_by_role("table", name="Candidatures").locator("tbody tr")
    expect(rows).to_have_count(5)
    page.get_by_role("searchbox", name="Rechercher").press_sequentially("périer")
    expect(rows).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?q=p%C3%A9rier&state=later$"))
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.reload()
    expect(rows).to_have_count(1)
    expect(page.get_by_role("searchbox")).to_have_value("périer")
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(re.compile(r"\?q=p%C3%A9rier&state=later&lang=en$"))


def test_the_lists_work_without_scripts(look):
    page = look("/parts", java_script_enabled=False)
    page.get_by_role("searchbox", name="Rechercher").fill("zoé")
    page.get_by_role("button", name="Filtrer").click()
    expect(page.locator("tbody tr[data-href]")).to_have_count(1)


def test_a_page_keeps_its_clock_and_says_where_the_computers_differs(look):
    said = "Les heures de cette page sont à l'heure de Paris ; cet ordinateur est réglé sur "
    for zone, note in (("Europe/Brussels", None), ("America/New_York", f"{said}New York.")):
        page = look("/parts", timezone_id=zone)
        expect(page.locator("tbody time").first).to_have_text("jeudi 3 décembre 2026 à 14:30")
        line = page.locator("[data-other-zone]")
        expect(line).to_be_visible(visible=note is not None)
        if note:
            expect(line).to_have_text(note)


def test_a_row_opens_and_a_menu_closes(look):
    page = look("/parts")
    page.locator("tbody tr[data-href] td").first.click()
    page.wait_for_url("**/stage")
    page.goto("/parts")
    menu = page.get_by_text("Se déconnecter")
    page.locator("summary").click()
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
