"""The coordinator's plan in a browser: axe, the board by keyboard, renewed by what happens."""

from __future__ import annotations

import re
import time

from at_rest import follow

from kernel import live
from kernel.db import Database
from kernel.settings import Settings
from tests.e2e.test_axe import violations

CONTINUE = re.compile("^(Continuer|Continue)$")
MOST_TABS = 60
PATIENCE_S = 15
"""Half of what the board's own timer takes."""


def test_an_oral_of_the_board_is_reached_and_opened_by_keyboard(demo, visit):
    page = visit(demo.enter("coordinator"))
    follow(page.get_by_role("button", name=CONTINUE))
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


def test_the_board_is_renewed_by_what_happens(demo, visit):
    page = visit(demo.enter("coordinator"))
    follow(page.get_by_role("button", name=CONTINUE))
    database = Database(Settings(mode="demo", var=demo.var).database)
    for query in ("?lang=fr", "?week=&lang=fr"):
        page.goto(f"{demo.links['base_url']}/coordinator/plan{query}")
        page.evaluate("document.getElementById('plan').dataset.before = 'yes'")
        deadline = time.monotonic() + PATIENCE_S
        while page.locator("#plan[data-before]").count():
            assert time.monotonic() < deadline
            with database.transaction() as db:
                live.publish(db, "plan")
            page.wait_for_timeout(1000)
        assert page.locator("#plan").count() == 1
    database.dispose()
