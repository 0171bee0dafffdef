"""Wait until the demo's processes answer, then say where to go.

The standard library alone: this process has nothing else to load while the others start.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

PATIENCE = 120.0
LINKS = "links.json"
FILLED = "links.new"
"""What the jobs process leaves once the demo is filled; it becomes `links.json` when all answer."""


def open_up(var: Path, base_url: str, over: Callable[[], bool]) -> None:
    """Wait for the demo in `var`, write `links.json` and print it; `over` tells to stop waiting.

    Raises:
        TimeoutError: it is not filled, or web, media or jobs does not answer.
    """
    filled = var / FILLED
    deadline = time.monotonic() + PATIENCE
    last = "it is being filled"
    while not over():
        if filled.exists():
            last = _ill(base_url)
            if not last:
                break
        if time.monotonic() > deadline:
            msg = f"the demo did not become ready: {last}"
            raise TimeoutError(msg)
        time.sleep(0.1)
    else:
        return
    filled.replace(var / LINKS)
    links: dict[str, str] = json.loads((var / LINKS).read_text())
    width = max(map(len, links))
    table = "\n".join(f"  {name:{width}}  {link}" for name, link in links.items())
    print(f"\nViva Voce is ready: {base_url}\n\n{table}\n", flush=True)
    print(f"Mail lands in {var / 'mail'}. Ctrl-C ends everything.\n", flush=True)


def _ill(base_url: str) -> str:
    """Return what does not answer yet; nothing when all do."""
    try:
        with urllib.request.urlopen(f"{base_url}/healthz", timeout=3) as answer:  # noqa: S310 -- our own address
            return "" if json.load(answer)["status"] == "ok" else "unwell"
    except urllib.error.HTTPError as error:
        return error.read().decode("utf-8", "replace")
    except OSError as error:
        return str(error)
