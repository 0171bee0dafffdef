"""A page that has come to rest: after a press that leads elsewhere, and before axe looks."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

REST = """() => Promise.allSettled(document.getAnimations()
  .filter((each) => each instanceof CSSTransition).map((each) => each.finished)).then(() => true)"""


def follow(way: Locator) -> None:
    """Press what leads to another document, and wait until that one has loaded."""
    with way.page.expect_event("load"):
        way.click()


def look(page: Page, **options: Any) -> AxeResults:
    """Run axe once nothing moves: a colour on its way to another one is no colour to judge.

    What a script starts while axe looks is over at once, as for whoever asked for less motion.
    """
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(REST)
    return Axe().run(page, **options)
