"""An oral that runs in two browsers, everything that can interrupt it, and what it must survive."""

from __future__ import annotations

import os
import re
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cut_path import CutPath
from playwright.sync_api import Page, expect

PATIENCE = 60_000  # milliseconds
SPARE = "viva-spare"
THEIRS = {"evaluator": "Vidéo du candidat", "candidate": "Vidéo de l'évaluateur"}
BASE = "location.pathname.replace(/[/]?$/, '/')"
NAME = "encodeURIComponent(sessionStorage.getItem('vv-device'))"
STATE = f"async () => (await fetch({BASE} + 'state?device=' + {NAME})).json()"

DEVICE = "() => sessionStorage.getItem('vv-device')"

AFTER_WHAT_WAS_UNDER_WAY = 20  # pictures: more than a browser still has to show of a dead call

# Counts the pictures that a video shows from its first call on, over a change of connection.
MOVES = """([name, least]) => {
    const video = document.querySelector(`video[aria-label="${name}"]`);
    if (!video) return false;
    if (video.shown === undefined) {
        video.shown = 0;
        const count = () => { video.shown += 1; video.requestVideoFrameCallback(count); };
        video.requestVideoFrameCallback(count);
    }
    return video.shown > least;
}"""
FORGET = """(name) => {
    const video = document.querySelector(`video[aria-label="${name}"]`);
    if (video) video.shown = video.shown === undefined ? undefined : 0;
}"""
SAY = f"""async (text) => {{
    const end = performance.now() + {PATIENCE};
    while (performance.now() < end) {{
        try {{
            const client_id = [...crypto.getRandomValues(new Uint8Array(8))].join('-');
            const headers = {{
                'Content-Type': 'application/json',
                'X-CSRFToken': document.querySelector('meta[name="csrf-token"]').content,
            }};
            const device = sessionStorage.getItem('vv-device');
            const body = JSON.stringify({{ device, client_id, text }});
            const answer = await fetch({BASE} + 'chat', {{ method: 'POST', headers, body }});
            if (answer.ok) return;
        }} catch {{
            // nobody answers yet
        }}
        await new Promise((go) => setTimeout(go, 50));
    }}
    throw new Error('nobody took: ' + text);
}}"""
HEARD = """(text) => document.querySelector('#chat-lines').textContent.includes(text)"""


@dataclass
class Cut:
    """One interruption as it was: seconds of the oral, of paused time, and until all was well."""

    name: str
    began: float  # on the oral's timeline
    ended: float
    paused: float
    seconds: float  # from the end of the cause until both saw each other again
    silence: tuple[float, float] | None = None  # while surely nothing came, on the timeline


@dataclass
class Oral:
    """Two pages in one oral, the candidate's network, and the processes behind."""

    evaluator: Page
    candidate: Page
    path: CutPath
    supervisor: int
    cuts: list[Cut] = field(default_factory=list)

    # What is looked at -------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Return the state as the evaluator's page may ask for it."""
        return self.evaluator.evaluate(STATE)

    def settled(self) -> dict[str, Any]:
        """Return the state once both are connected and time goes on."""
        end = time.monotonic() + PATIENCE / 1000
        while True:
            with suppress(Exception):
                state = self.state()
                up = state["candidate"]["media_up"] and state["evaluator"]["media_up"]
                if up and state["pause"]["since"] is None:
                    return state
            assert time.monotonic() < end, state
            self.evaluator.wait_for_timeout(50)

    def shown_times(self, part: int) -> tuple[int, int]:
        """Return the part's time as both pages show it, in seconds."""
        mine = self.evaluator.locator(f'.vv-console-part[data-part="{part}"] [data-elapsed]')
        theirs = self.candidate.locator(f'.vv-room-parts [data-part="{part}"] [data-time]')
        for place in (mine, theirs):  # empty while a page comes back
            expect(place).to_have_text(re.compile(r"\d:\d\d"), timeout=PATIENCE)
        return _seconds(mine.inner_text()), _seconds(theirs.inner_text().split(" ")[0])

    def both_move(self, since: float, least: int = 2) -> float:
        """Wait until both see the other move; return the seconds since a moment."""
        for page, name in ((self.evaluator, "evaluator"), (self.candidate, "candidate")):
            wanted = [THEIRS[name], least]
            page.wait_for_function(MOVES, arg=wanted, timeout=PATIENCE, polling=50)
        return time.monotonic() - since

    def _forget(self) -> None:
        for page, name in ((self.evaluator, "evaluator"), (self.candidate, "candidate")):
            page.evaluate(FORGET, THEIRS[name])

    # What happens ------------------------------------------------------------------------

    def _begin(self) -> dict[str, Any]:
        """Talk for a second since the last interruption, by the server's clock."""
        since = self.cuts[-1].ended if self.cuts else self.second()
        self.await_second(since + 1.0)
        return self.settled()

    def second(self) -> float:
        """Return where the oral's timeline stands."""
        return float(self.state()["recording"]["second"])

    def await_second(self, second: float) -> float:
        """Wait until the oral's timeline has come so far; return where it stands then."""
        end = time.monotonic() + PATIENCE / 1000
        while (now := self.second()) < second:
            assert time.monotonic() < end, (now, second)
            self.evaluator.wait_for_timeout(50)
        return now

    def _note(
        self,
        name: str,
        before: dict[str, Any],
        seconds: float,
        silence: tuple[float, float] | None = None,
    ) -> None:
        after = self.settled()
        self.cuts.append(
            Cut(
                name,
                before["recording"]["second"],
                after["recording"]["second"],
                after["pause"]["taken_s"] - before["pause"]["taken_s"],
                seconds,
                silence,
            )
        )

    def reload(self, who: str) -> None:
        """Press F5."""
        before = self._begin()
        page: Page = getattr(self, who)
        self._forget()
        since = time.monotonic()
        page.reload(wait_until="commit")
        self._note(f"reload_{who}", before, self.both_move(since))

    def crash(self) -> None:
        """Crash the candidate's tab; it is restored once the evaluator's page says so."""
        before = self._begin()
        address, device = self.candidate.url, self.candidate.evaluate(DEVICE)
        _crash(self.candidate)
        expect(self.evaluator.locator("#lost")).to_be_visible(timeout=PATIENCE)
        self._forget_evaluator()
        dead, self.candidate = self.candidate, self.candidate.context.new_page()
        dead.close()
        # A restored tab has its session storage; a new one would wait some seconds for its place.
        self.candidate.add_init_script(f"sessionStorage.setItem('vv-device', '{device}')")
        since = time.monotonic()
        self.candidate.goto(address, wait_until="commit")
        self._note("crash", before, self.both_move(since))

    def _forget_evaluator(self) -> None:
        self.evaluator.evaluate(FORGET, THEIRS["evaluator"])

    def change_network(self) -> None:
        """Let the candidate's way through the network die, as from Wi-Fi to a cable."""
        before = self._begin()
        self.path.change()
        since = time.monotonic()
        self._forget()
        moved = self.both_move(since, AFTER_WHAT_WAS_UNDER_WAY)
        self._note("network_change", before, moved)

    def offline(self, seconds: float) -> None:
        """Leave the candidate without any network for so long, by the server's clock."""
        before = self._begin()
        self.path.cut()
        silent = self.second()
        until = self.await_second(silent + seconds)
        expect(self.evaluator.locator("#lost")).to_be_visible(timeout=PATIENCE)
        expect(self.candidate.locator("[data-trouble]")).to_be_visible(timeout=PATIENCE)
        self._forget()
        since = time.monotonic()
        self.path.mend()
        self._note("offline", before, self.both_move(since), (silent, until))

    def kill_media(self) -> None:
        """SIGKILL what carries the call."""
        before = self._begin()
        since = self._kill("media")
        self._forget()
        self._note("kill_media", before, self.both_move(since, AFTER_WHAT_WAS_UNDER_WAY))

    def kill_web(self) -> None:
        """SIGKILL what serves the pages; the call goes on meanwhile."""
        before = self._begin()
        since = self._kill("web")
        self._forget()
        assert self.both_move(since) < PATIENCE / 1000
        self.candidate.evaluate(SAY, "me revoilà")
        self.evaluator.wait_for_function(HEARD, arg="me revoilà", polling=50, timeout=PATIENCE)
        self._note("kill_web", before, time.monotonic() - since)

    def kill_jobs(self) -> None:
        """SIGKILL what notes who comes and goes, just before somebody does."""
        before = self._begin()
        self._forget()
        since = self._kill("jobs")
        self.candidate.reload(wait_until="commit")
        self.both_move(since)
        end = since + PATIENCE / 1000
        while self.settled()["pause"]["taken_s"] == before["pause"]["taken_s"]:
            assert time.monotonic() < end, "the jobs never noted who came and went"
            self.evaluator.wait_for_timeout(50)
        self._note("kill_jobs", before, time.monotonic() - since)

    def _kill(self, name: str) -> float:
        os.kill(processes(self.supervisor)[name], signal.SIGKILL)
        return time.monotonic()


def processes(supervisor: int) -> dict[str, int]:
    """Return the supervisor's children by name: web, media, jobs."""
    known = {"media": "media", "wsgi:app": "web", "worker": "jobs"}
    known["evaluator_app.demo.worker"] = "jobs"
    running = {}
    for pid in Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split():
        if Path(f"/proc/{pid}/comm").read_text().strip() == SPARE:
            continue
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        running.update({known[word]: int(pid) for word in words if word in known})
    return running


def _crash(page: Page) -> None:
    """Crash the page's renderer; the command itself never answers."""
    session = page.context.browser.new_browser_cdp_session()
    with page.expect_event("crash", timeout=10_000):
        for target in session.send("Target.getTargets")["targetInfos"]:
            if target["type"] == "page" and target["url"] == page.url:
                wish = {"targetId": target["targetId"], "flatten": False}
                to = session.send("Target.attachToTarget", wish)["sessionId"]
                message = '{"id":1,"method":"Page.crash"}'
                session.send("Target.sendMessageToTarget", {"sessionId": to, "message": message})


def _seconds(shown: str) -> int:
    minutes, seconds = shown.strip().split(":")
    return int(minutes) * 60 + int(seconds)
