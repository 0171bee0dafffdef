"""The coordinator's plan in a browser: axe finds nothing, and the board is used by keyboard."""

from __future__ import annotations

import re

from tests.e2e.test_axe import violations

CONTINUE = re.compile("^(Continuer|Continue)$")
MOST_TABS = 60


def test_an_oral_of_the_board_is_reached_and_opened_by_keyboard(demo, visit):
    page = visit(demo.enter("coordinator"))
    page.get_by_role("button", name=CONTINUE).click()
    page.wait_for_load_state()
    page.goto(f"{demo.links['base_url']}/coordinator/plan?week=&lang=fr")
    assert violations(page) == []
    page.goto(f"{demo.links['base_url']}/coordinator/plan?lang=fr")
    assert violations(page) == []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id.startsWith('oral-')"):
            break
    named = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/coordinator/candidacies/\d+$"))
    assert page.get_by_role("heading", level=1).inner_text().split("\n")[0] in named
