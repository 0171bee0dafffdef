"""Run a coroutine to its end, whatever the test's own thread is doing.

A browser that Playwright drives keeps an event loop running on the thread of the tests, for the
whole run: a loop of one's own needs a thread of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


def run(act: Coroutine[object, object, Result]) -> Result:
    """Return what `act` returns; raise what it raises."""
    return apart(asyncio.run, act)


def apart(act: Callable[..., Result], *arguments: object) -> Result:
    """Call a function that runs a loop of its own; return what it returns, raise what it raises."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(act, *arguments).result()
