"""How soon four pages stand on a computer four times as slow as this one, and what they weigh.

`viva demo` in its processes, and a Chromium beside it on the same machine, whose pages have a
quarter of the processor. Each visit finds an empty cache. `first_paint`: the first text or picture
is on the screen, since the visit began. `interactive`: what the page is for can be pressed, and no
task has held the page for 50 ms or more for two seconds from then on. `layout_shift`: how far what
was shown has moved by itself until the end of these seconds (Chromium's CLS). `scripts` and
`styles`: what the page loads or may load later, gzipped, without the detector of faces, which has a
worker of its own.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.chromium import Chromium, NoChromium
from bench.figures import could_not, figure, progress
from bench.pages_rows import lead_to_the_test
from kernel.settings import HERE, Settings

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))
SLOWER = 4
SCREEN = {"width": 1440, "height": 900, "deviceScaleFactor": 1, "mobile": False}
QUIET_MS = 2000
START, PATIENCE = 150.0, 60.0
UNITS = {"first_paint": "s", "interactive": "s", "layout_shift": "share"}
SIZES = {"scripts": "kB", "styles": "kB"}

# What is noted from the first moment of a visit on, until what the page is for can be pressed.
WATCH = """((wanted) => {
  const seen = { paint: 0, ready: 0, busy: 0, shift: 0 };
  window.benchSeen = seen;
  const note = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take))
    .observe({ type, buffered: true });
  note('paint', (entry) => {
    if (entry.name === 'first-contentful-paint') seen.paint = entry.startTime;
  });
  note('longtask', (entry) => { seen.busy = entry.startTime + entry.duration; });
  note('layout-shift', (entry) => { if (!entry.hadRecentInput) seen.shift += entry.value; });
  const look = () => {
    if (document.querySelector(wanted)) seen.ready = performance.now();
    else requestAnimationFrame(look);
  };
  document.addEventListener('DOMContentLoaded', look);
})(%s)"""
SETTLED = """(quiet) => {
  const { paint, ready, busy } = window.benchSeen ?? {};
  return Boolean(paint && ready) && performance.now() - Math.max(ready, busy) > quiet;
}"""
SEEN = "() => window.benchSeen"
FILES = """() => [...document.querySelectorAll('script[src], link[rel=stylesheet]')]
  .map((asked) => new URL(asked.src || asked.href).pathname.split('/').at(-1))"""
COME_IN = "() => document.querySelector('main form[method=post] button').click()"
IS_IN = "() => document.readyState === 'complete' && !location.pathname.startsWith('/e/')"
FIND = "(link) => document.querySelector(link)?.href"
IMPORT = re.compile(rb'"\./([\w.-]+\.js)"')


@dataclass
class Visited:
    """A page that is measured: where it is, whose browser asks for it, what must be there."""

    name: str
    address: str
    context: str
    wanted: str
    heard: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in UNITS})
    files: list[str] = field(default_factory=list)


def main() -> None:
    """Visit each page in turn, round after round, and print what was seen."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="viva-bench-"))
        progress("pages: the demo is filled")
        var = Path(folder) / "var"
        links = stack.enter_context(_demo(var))
        lead_to_the_test(var, links["base_url"])
        try:
            browser = stack.enter_context(Chromium())
            pages = _pages(browser, links)
            for number in range(ROUNDS):
                for page in pages:
                    _visit(browser, page)
                progress(f"pages: round {number + 1} of {ROUNDS}")
        except NoChromium as why:
            for name, unit in (UNITS | SIZES).items():
                could_not("pages", "console", SLOWER, name, unit, str(why))
            raise SystemExit(1) from None
    for page in pages:
        for name, values in page.heard.items():
            figure("pages", page.name, SLOWER, name, values, UNITS[name])
        for name, size in _sizes(Settings().assets, page.files).items():
            figure("pages", page.name, SLOWER, name, [size / 1000], SIZES[name])


@contextmanager
def _demo(var: Path) -> Iterator[dict[str, str]]:
    """Run `viva demo` from nothing in `var`; give its links once all of it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "evaluator_app.cli", "demo", "--port", port],
        cwd=HERE,
        env={**os.environ, "VIVA_VAR": str(var)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(lambda: (var / "links.json").exists() or process.poll() is not None, START)
        if process.poll() is not None:
            raise RuntimeError("the demo does not come up")
        yield json.loads((var / "links.json").read_text())
    finally:
        process.terminate()
        process.wait(30)


def _wait(there: Callable[[], object], patience: float = PATIENCE) -> None:
    """Wait until something is there. Raise RuntimeError after so many seconds."""
    end = time.monotonic() + patience
    while not there():
        if time.monotonic() > end:
            raise RuntimeError("what the benchmark waits for does not come")
        time.sleep(0.05)


def _pages(browser: Chromium, links: dict[str, str]) -> list[Visited]:
    """Sign in whoever has a page that is measured, and find it from their home."""
    evaluator, console = _come_in(browser, links["evaluator"], 'a[href*="/interviews/"]')
    candidate, way = _come_in(browser, links["candidate_new"], 'a[href$="/written/"]')
    other, booking = _come_in(browser, links["candidate_booking"], 'a[href$="/booking"]')
    nobody = browser.context()
    return [
        Visited("home", links["base_url"], nobody, "main a[href]"),
        Visited("console", console, evaluator, "#open:not([hidden])"),
        Visited("test", f"{way}test", candidate, "[data-start]:enabled"),
        Visited("booking", booking, other, "[name=starts_at]"),
    ]


def _come_in(browser: Chromium, link: str, wanted: str) -> tuple[str, str]:
    """Use a link to sign in; return the browser's context, and where the `wanted` link leads."""
    context = browser.context()
    page = browser.page(link, context)
    page.evaluate(COME_IN)
    _wait(lambda: page.evaluate(IS_IN))
    address = page.evaluate(FIND, wanted)
    if address is None:
        raise RuntimeError(f"no {wanted} on {page.evaluate('() => location.href')}")
    page.close()
    return context, str(address)


def _visit(browser: Chromium, visited: Visited) -> None:
    """Open a page anew, on a slowed processor and with nothing kept; note what was seen."""
    page = browser.page("about:blank", visited.context)
    page.ask("Page.enable")
    page.ask("Network.clearBrowserCache")
    page.ask("Emulation.setCPUThrottlingRate", rate=SLOWER)
    page.ask("Emulation.setDeviceMetricsOverride", **SCREEN)
    page.ask("Page.addScriptToEvaluateOnNewDocument", source=WATCH % json.dumps(visited.wanted))
    page.ask("Page.navigate", url=visited.address)
    _wait(lambda: page.evaluate(SETTLED, QUIET_MS))
    seen = page.evaluate(SEEN)
    visited.heard["first_paint"].append(seen["paint"] / 1000)
    visited.heard["interactive"].append(max(seen["ready"], seen["busy"]) / 1000)
    visited.heard["layout_shift"].append(seen["shift"])
    visited.files = page.evaluate(FILES)
    page.close()


def _sizes(assets: Path, names: list[str]) -> dict[str, int]:
    """Return how many bytes a page's scripts and styles are, gzipped, with all that they import."""
    sizes = dict.fromkeys(SIZES, 0)
    waiting, known = list(names), set(names)
    while waiting:
        content = (assets / (name := waiting.pop())).read_bytes()
        sizes["styles" if name.endswith(".css") else "scripts"] += len(gzip.compress(content))
        more = {asked.decode() for asked in IMPORT.findall(content)} - known
        known |= more
        waiting += more
    return sizes


if __name__ == "__main__":
    main()
