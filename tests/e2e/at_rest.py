"""What axe finds on a page that has come to rest."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

REST = """() => Promise.allSettled(document.getAnimations()
  .filter((one) => one instanceof CSSTransition).map((one) => one.finished)).then(() => true)"""


def look(page: Page, **options: Any) -> AxeResults:
    """Run axe once nothing moves: a colour on its way to another one is no colour to judge.

    What a script starts while axe looks is over at once, as for whoever asked for less motion.
    """
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(REST)
    return Axe().run(page, **options)
