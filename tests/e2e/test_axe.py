"""axe finds nothing on any page, in either language, and no page lacks a rule of Tabler's."""

from __future__ import annotations

import re

import pytest
import styles
import written_steps
from at_rest import follow, look
from playwright.sync_api import Page, expect

LANGUAGES = ("fr", "en")
CLASSES = "() => [...document.querySelectorAll('[class]')].flatMap(shown => [...shown.classList])"
# Links of drawings have no plain `href` property.
LINKS = "all => all.map(a => new URL(a.getAttribute('href'), document.baseURI).href)"
CONTINUE = re.compile("^(Continuer|Continue)$")
# From each desk's home, every page that a link leads to, so many steps away.
STEPS = 2
MOST = 40
ELSEWHERE = re.compile(
    r"/(assets|logout|documents)/|^/(legal|privacy|accessibility)|\.(csv|ics|jpg|json|pdf|webm|xlsx)(\?|$)|^mailto:|#"
)
PUBLIC = (
    "/",
    "/legal",
    "/privacy",
    "/accessibility",
    "/verify/",
    "/verify/NOTHING-HERE",
    "/login",
    "/login/forgotten",
    "/login/link",
    "/nowhere",
)


def violations(page: Page) -> list[str]:
    """Return what axe finds on the page as it stands, and the rules of Tabler that it lacks."""
    lacking = styles.lost(set(page.evaluate(CLASSES)))
    report = look(page)
    return [f"{page.url} no rule of Tabler's for .{name}" for name in lacking] + [
        f"{page.url} [{violation['impact']}] {violation['id']}: {node['html'][:160]}"
        for violation in report.response["violations"]
        for node in violation["nodes"]
    ]


def _like(address: str) -> str:
    """Return the address with its numbers taken out: one page of a kind is enough."""
    return re.sub(r"/\d+", "/…", address.split("?", maxsplit=1)[0])


def _walk(page: Page, base: str, start: str, language: str) -> list[str]:
    """Give what axe finds on every kind of page within two links of `start`."""
    faults: list[str] = []
    seen: set[str] = set()
    waiting = [(start, 0)]
    while waiting and len(seen) < MOST:
        address, steps = waiting.pop(0)
        if _like(address) in seen:
            continue
        seen.add(_like(address))
        page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
        faults += violations(page)
        if steps < STEPS:
            links = page.eval_on_selector_all("a[href]", LINKS)
            waiting += [
                (link.split("?")[0], steps + 1)
                for link in links
                if link.startswith(base) and not ELSEWHERE.search(link.removeprefix(base))
            ]
    assert len(seen) > 1
    return faults


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "who",
    ["candidate", "candidate_new", "candidate_booking", "evaluator", "organisation", "coordinator"],
)
def test_every_page_of_a_desk(demo, visit, who, language):
    page = visit(demo.enter(who))
    follow(page.get_by_role("button", name=CONTINUE))
    assert "\n".join(_walk(page, demo.links["base_url"], page.url, language)) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_booking(demo, visit, language):
    page = visit(demo.enter("candidate_booking") + f"?lang={language}")

    def go(part: str) -> None:
        follow(page.locator(part).first)
        faults.extend(violations(page))

    faults: list[str] = []
    follow(page.get_by_role("button", name=CONTINUE))
    go('a[href$="/booking"]')
    go("#view-list")
    page.evaluate("document.querySelector('[name=starts_at]').value = '2026-01-01T00:00:00Z'")
    go("[name=starts_at]")  # a past hour: the nearest are offered
    go("[name=starts_at]")
    go('form:not([action]) [type="submit"]')  # confirmed
    go('form[action$="/booking"] button')
    go('a[href$="/cancel"]')
    page.locator(".btn-danger").click()  # without a reason: the browser asks for one
    faults += violations(page)
    page.locator("textarea").fill("…")
    go(".btn-danger")
    assert page.url.endswith("/booking")
    assert "\n".join(faults) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_public_page(demo, visit, language):
    base = demo.links["base_url"]
    page = visit(base)
    faults = []
    for path in PUBLIC:
        page.goto(f"{base}{path}?lang={language}")
        faults += violations(page)
    page.goto(demo.enter("evaluator2") + f"?lang={language}")
    faults += violations(page)
    assert "\n".join(faults) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_written_test(demo, visit, language):
    page = visit(written_steps.ready(demo, f"axe-{language}") + f"?lang={language}")
    written_steps.come_in(page)
    home = f"{demo.links['base_url']}/candidate/"
    page.goto(home)
    base = re.sub(r"/demo$", "", page.locator('a[href$="/written/demo"]').get_attribute("href"))
    faults = violations(page)
    for name in ("demo", "watch", "document", "test"):
        page.goto(f"{demo.links['base_url']}{base}/{name}")
        page.wait_for_load_state("networkidle")
        faults += violations(page)
    page.locator("[data-start]").click()
    page.locator("[data-submit]:visible").wait_for()
    faults += violations(page)
    page.locator("[data-opens=trouble]").click()
    faults += violations(page)
    page.locator("[data-help]").click()
    faults += violations(page)
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    for _ in range(10):  # a text counts each of its questions: a test may end early
        if written_steps.at_the_end(page):
            break
        written_steps.fill(page)
        written_steps.submit(page)
        faults += violations(page)
    page.goto(f"{demo.links['base_url']}{base.removesuffix('/written')}/help")
    page.locator("textarea").fill("…")
    follow(page.locator("form[method=post] [type=submit]").last)
    faults += violations(page)
    assert "\n".join(faults) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_after_a_written_test(demo, visit, language):
    who = f"axe-after-{language}"
    page = visit(written_steps.ready(demo, who) + f"?lang={language}")
    written_steps.sat(demo, f"{who}@candidats.example")
    written_steps.come_in(page)
    faults = violations(page)
    page.locator('a[href$="/booking"]').first.click()
    page.locator("[data-leave-watch]").wait_for()
    faults += violations(page)
    page.goto(page.url.replace("/booking", "/written/end"))
    faults += violations(page)
    follow(page.locator("[data-leave-watch] button"))
    faults += violations(page)
    assert "\n".join(faults) == ""
