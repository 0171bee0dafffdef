"""The whole product, as its users meet it: `viva demo` in a process, and real Chromiums."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import instants
import pytest
from mailbox_server import free_port
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from evaluator_app.demo.links import SIGN_IN
from evaluator_app.processes.supervisor import SUPERVISOR
from kernel import clock
from kernel.db import Database
from kernel.permissions import SYSTEM
from kernel.settings import HERE, Settings
from people import entry
from people.models import LinkPurpose, User

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
]
READY = 150.0
PATIENCE = 60_000  # milliseconds: two browsers with video share the server's cores
expect.set_options(timeout=PATIENCE)
# A computer goes by the same time as the server. The whole Date, however it is asked for the
# present; what is made from a moment stays as it is.
SHIFT = """(() => {
    const Right = Date;
    const shift = %d;
    window.Date = class extends Right {
        constructor(...parts) {
            if (parts.length) super(...parts);
            else super(Right.now() + shift);
        }
        static now() {
            return Right.now() + shift;
        }
    };
})()"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here that opens a browser is marked so."""
    for item in items:
        if not {"demo", "own_demo", "served"}.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.e2e)


@dataclass
class Demo:
    """A running demo: its links, its folder, its mail."""

    var: Path
    links: dict[str, str]
    log: Path
    taken: set[str] = field(default_factory=set)
    pid: int = 0  # of the supervisor, where this run started it

    @property
    def clock_file(self) -> Path:
        """The file that says how far this demo's clock is from the machine's."""
        return self.var / "clock-offset"

    def enter(self, who: str) -> str:
        """Return a link by which `who` may sign in, made anew: those of `links` work once."""
        if who == "candidate":
            return self.links[who]
        kept = json.loads((self.var / "secrets.json").read_text())
        settings = Settings(
            mode="demo",
            base_url=self.links["base_url"],
            var=self.var,
            secret_key=kept["VIVA_SECRET_KEY"],
        )
        database = Database(settings.database)
        with database.transaction() as db:
            user = db.scalars(select(User).where(User.email == SIGN_IN[who])).one()
            link = entry.make(db, SYSTEM, settings, user, LinkPurpose.SIGN_IN)
        database.dispose()
        return link

    def mails(self, to: str, template: str) -> list[EmailMessage]:
        """Return the mails of one kind that somebody got, oldest first."""
        files = sorted(self.var.glob(f"mail/*-{template}-{to}-*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


def _start(var: Path, instant: datetime) -> tuple[subprocess.Popen[bytes], Demo]:
    """Start a demo from nothing, whose clock begins at `instant`."""
    log = var.with_name(f"{var.name}.log")
    instants.begin(instant, var / "clock-offset")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("VIVA_")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "evaluator_app.cli", "demo", "--port", str(free_port())],
            cwd=HERE,
            env={**environment, "VIVA_VAR": str(var), SUPERVISOR: str(os.getpid())},
            stdout=output,
            stderr=output,
        )
    file = var / "links.json"
    deadline = time.monotonic() + READY
    while not file.exists():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    return process, Demo(var, json.loads(file.read_text()), log, pid=process.pid)


@pytest.fixture(scope="session")
def _begins(pytestconfig: pytest.Config) -> datetime:
    return instants.named(pytestconfig.option.instant)


@pytest.fixture(scope="session")
def demo(_begins: datetime, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`viva demo` from nothing, for the whole run; E2E_DEMO names one that runs already."""
    if running := os.environ.get("E2E_DEMO"):
        var = Path(running)
        yield Demo(var, json.loads((var / "links.json").read_text()), var / "logs" / "web.log")
        return
    process, opened = _start(tmp_path_factory.mktemp("demo") / "var", _begins)
    yield opened
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0


@pytest.fixture(scope="module")
def own_demo(_begins: datetime, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`viva demo` for one module alone: its processes may be killed, its clock moved."""
    process, opened = _start(tmp_path_factory.mktemp("own") / "var", _begins)
    yield opened
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0


@pytest.fixture(autouse=True)
def server_clock(request: pytest.FixtureRequest, offset_file: Path) -> None:
    """Keep the test to the clock of the server that it looks at: a demo's, or the machine's."""
    if "served" in request.fixturenames:  # as in production, where no clock can be moved
        clock.use(None)
        return
    for name in ("own_demo", "demo"):
        if name in request.fixturenames:
            running: Demo = request.getfixturevalue(name)
            clock.use(running.clock_file)
            return


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Use Debian's Chromium, with a camera and a microphone that need nobody's leave."""
    return {"executable_path": CHROMIUM, "args": FLAGS, "headless": True}


Visit = Callable[..., Page]


@pytest.fixture
def visit(
    browser: Browser, request: pytest.FixtureRequest, tmp_path: Path, server_clock: None
) -> Iterator[Visit]:
    """Open an address in a browser of its own; on a failure keep a picture of each page."""
    contexts: list[BrowserContext] = []

    ahead_ms = round(clock.offset().total_seconds() * 1000)

    def open_(
        address: str,
        locale: str = "fr-FR",
        width: int = 1440,
        height: int = 900,
        zone: str = "Europe/Paris",
    ) -> Page:
        context = browser.new_context(
            locale=locale,
            timezone_id=zone,
            viewport={"width": width, "height": height},
            permissions=["camera", "microphone"],
        )
        context.set_default_timeout(PATIENCE)
        context.add_init_script(SHIFT % ahead_ms)
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield open_
    report = getattr(request.node, "outcome_of_call", None)
    for number, context in enumerate(contexts):
        for page in context.pages:
            if report is None or report.failed:
                picture = tmp_path / f"{number}.png"
                page.screenshot(path=picture)
                print(f"{page.url}\n  {picture}")
        context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Let fixtures know how the test itself went."""
    report = yield
    if call.when == "call":
        item.outcome_of_call = report
    return report
