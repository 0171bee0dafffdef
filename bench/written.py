"""Three hundred candidates sit the written test at once, over HTTP, on PostgreSQL.

Each answers every 5 to 15 seconds, at moments drawn beforehand: a slow answer delays nobody's next
one (open loop), and a time counts from the moment it was due. Pages also pulse when they have not
spoken for five seconds, as the real ones do. The web process is the production one; what sends
shares the machine with it. `answers_lost`: acknowledged answers that the database does not hold,
and answers that were never acknowledged.

Then everybody answers before a pulse is due, for a third of that time, and everybody only pulses,
for another: what the web processes took of the processors meanwhile, over the answers, is
`cpu_ms_per_answer`, and over the pulses `cpu_ms_per_pulse`. All that they do is in it, from
reading the request to telling coordinators afterwards; PostgreSQL is not. `cpu_share` is what they
took of one processor while both came.
"""

from __future__ import annotations

import asyncio
import base64
import os
import random
import re
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from bench.cluster import NotThere, postgresql
from bench.figures import could_not, figure, progress
from bench.written_callers import Caller
from bench.written_rows import bank, enrol
from evaluator_app.wiring import migrate, rules
from kernel.db import Database
from kernel.settings import Settings
from written_test.models import Step, StepState

CANDIDATES = int(os.environ.get("BENCH_CASES", "300"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "60"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
BETWEEN = (5.0, 15.0)
PULSE = 5.0
RUNS = {"camera": "on", "microphone": "on"}
WARM = 5.0
SETTLES = 2.0
"""Seconds after which the web process has done all that the last requests left it to do."""
_OPTION = re.compile(r'<input[^>]*type="radio"[^>]*name="choices"[^>]*value="([^"]+)"')
UNITS = {
    "answer_p99": "ms",
    "answer_p50": "ms",
    "answers_lost": "count",
    "answers": "count",
    "cpu_ms_per_answer": "ms",
    "cpu_ms_per_pulse": "ms",
    "cpu_share": "share",
}


@dataclass
class Seat:
    """One candidate: who calls, where, and what is on the page."""

    caller: Caller
    path: str
    test_id: int
    page: str = field(default_factory=lambda: secrets.token_hex(8))
    ticket: str = ""
    question: str = ""
    spoke: float = 0.0
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass
class Heard:
    """What a round came to; `processor`: seconds that the web processes took of each part of it."""

    times: list[float] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    unanswered: int = 0
    pulses: int = 0
    processor: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


def main() -> None:
    """Run the rounds, each with candidates of its own."""
    rules.register()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="viva-bench-")))
        try:
            url = stack.enter_context(postgresql(folder / "cluster"))
        except NotThere as why:
            for name, unit in UNITS.items():
                could_not("written", "native", CANDIDATES, name, unit, str(why))
            return
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            port = int(sock.getsockname()[1])
        environment = _environment(folder, url, port)
        os.environ.update(environment)
        settings = Settings()
        database = Database(url)
        stack.callback(database.dispose)
        migrate.upgrade(database)
        with database.transaction() as db:
            certification_id = bank(db)
        web = stack.enter_context(_server(environment, port))
        figures: dict[str, list[float]] = {name: [] for name in UNITS}
        for number in range(ROUNDS):
            with database.transaction() as db:
                people = enrol(db, settings, certification_id, CANDIDATES)
            heard = asyncio.run(_round(port, web, people, number))
            _count(database, heard, figures)
            progress(f"written: round {number + 1} of {ROUNDS}")
        for name, values in figures.items():
            figure("written", "native", CANDIDATES, name, values, UNITS[name])


def _environment(folder: Path, url: str, port: int) -> dict[str, str]:
    return {
        "VIVA_MODE": "serve",
        "VIVA_BASE_URL": f"http://127.0.0.1:{port}",
        "VIVA_PORT": str(port),
        "VIVA_VAR": str(folder / "var"),
        "VIVA_DATABASE_URL": url,
        "VIVA_SECRET_KEY": secrets.token_urlsafe(48),
        "VIVA_PASSWORD_SALT": secrets.token_urlsafe(24),
        "VIVA_STORAGE_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        "VIVA_MEDIA_SECRET": secrets.token_hex(16),
        "VIVA_THROTTLE": "false",
    }


@contextmanager
def _server(environment: dict[str, str], port: int) -> Iterator[int]:
    """Run the web process as production does; give its id."""
    process = subprocess.Popen(
        [sys.executable, "-m", "evaluator_app.cli", "web"],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError("the web process does not come up") from None
                time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def processor_seconds(pid: int) -> float:
    """Return what a process and all those under it have taken of the processors."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = sum(int(value) for value in fields[11:15]) / os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(processor_seconds(int(child)) for child in children)


async def _round(port: int, web: int, people: list[tuple[str, str, int]], number: int) -> Heard:
    """Bring everybody in, let them answer for a while, and return what was heard."""
    seats = [Seat(Caller(port), path, test_id) for _link, path, test_id in people]
    gate = asyncio.Semaphore(8)

    async def enter(seat: Seat, link: str) -> None:
        async with gate:
            await seat.caller.sign_in(link)
            status, scene = await seat.caller.post(f"{seat.path}/begin", page=seat.page)
            if status != 200:
                raise RuntimeError(f"the test answered {status}: {scene}")
            seat.ticket, seat.spoke = scene["ticket"], time.monotonic()
            seat.question = scene["html"]
            seat.caller.watch = scene["watch"]["token"]

    progress(f"written: {len(seats)} candidates come in")
    await asyncio.gather(
        *(enter(seat, link) for seat, (link, *_) in zip(seats, people, strict=True))
    )
    heard = Heard()
    parts = {"both": (_sit, WARM + SECONDS), "answers": (_only_answer, SECONDS / 3)}
    parts["pulses"] = (_only_pulse, SECONDS / 3)
    for part, (do, seconds) in parts.items():
        before, answered, pulsed = processor_seconds(web), len(heard.acknowledged), heard.pulses
        begins = time.monotonic() + 1
        await asyncio.gather(
            *(
                do(seat, heard, begins, begins + seconds, random.Random(f"{number} {place} {part}"))  # noqa: S311
                for place, seat in enumerate(seats)
            )
        )
        await asyncio.sleep(SETTLES)
        heard.processor[part] = processor_seconds(web) - before
        heard.counts[part] = len(heard.acknowledged) - answered + heard.pulses - pulsed
    for seat in seats:
        seat.caller.close()
    return heard


async def _sit(seat: Seat, heard: Heard, begins: float, ends: float, chance: random.Random) -> None:
    """Answer at moments drawn beforehand, and pulse between them."""
    due = begins + chance.uniform(0, BETWEEN[1])
    # Pages that were opened at different moments do not pulse together.
    seat.spoke = begins - chance.uniform(0, PULSE)
    while due < ends and seat.ticket:
        while time.monotonic() < due:
            rest = min(due, seat.spoke + PULSE) - time.monotonic()
            await asyncio.sleep(max(rest, 0))
            if time.monotonic() < due and time.monotonic() >= seat.spoke + PULSE:
                await _pulse(seat, heard)
        if not await _answer(seat, heard, due, counts=due >= begins + WARM, chance=chance):
            return
        due += chance.uniform(*BETWEEN)


async def _only_answer(
    seat: Seat, heard: Heard, begins: float, ends: float, chance: random.Random
) -> None:
    """Answer just before a pulse would be due, each time."""
    due = begins + chance.uniform(0, PULSE)
    while due < ends and seat.ticket:
        await asyncio.sleep(max(due - time.monotonic(), 0))
        if not await _answer(seat, heard, due, counts=False, chance=chance):
            return
        due += PULSE


async def _only_pulse(
    seat: Seat, heard: Heard, begins: float, ends: float, chance: random.Random
) -> None:
    """Say nothing but that the page lives."""
    due = begins + chance.uniform(0, PULSE)
    while due < ends and seat.ticket:
        await asyncio.sleep(max(due - time.monotonic(), 0))
        await _pulse(seat, heard)
        due += PULSE


async def _pulse(seat: Seat, heard: Heard) -> None:
    status, scene = await seat.caller.post(
        f"{seat.path}/pulse", page=seat.page, known=seat.ticket, runs=RUNS
    )
    if status != 200:
        raise RuntimeError(f"a pulse was answered {status}: {scene}")
    heard.pulses += 1
    seat.spoke = time.monotonic()
    if scene.get("ticket") != seat.ticket:  # the question's time was over
        seat.ticket, seat.question = scene.get("ticket") or "", scene.get("html") or ""


async def _answer(
    seat: Seat, heard: Heard, due: float, *, counts: bool, chance: random.Random
) -> bool:
    """Answer the question on the page; tell whether there is another one."""
    ticket = seat.ticket
    given = _given(seat.question, chance)
    try:
        status, scene = await seat.caller.post(
            f"{seat.path}/answer", page=seat.page, ticket=ticket, answer=given, runs=RUNS
        )
    except (OSError, ValueError, asyncio.IncompleteReadError):
        heard.unanswered += 1
        return False
    seat.spoke = time.monotonic()
    if status != 200:
        heard.unanswered += 1
        return False
    heard.acknowledged.add(ticket)
    if counts:
        heard.times.append((seat.spoke - due) * 1000)
    seat.ticket, seat.question = scene.get("ticket") or "", scene.get("html") or ""
    return bool(seat.ticket)


def _given(question: str, chance: random.Random) -> dict[str, object]:
    """Return one of the options of a choice; nothing for other kinds, graded and kept as well."""
    options = _OPTION.findall(question)
    return {"choices": [chance.choice(options)]} if options else {}


def _count(database: Database, heard: Heard, figures: dict[str, list[float]]) -> None:
    """Add what a round came to, and how many of its answers the database holds."""
    with database.session(read_only=True) as db:
        tickets = list(heard.acknowledged)
        kept = 0
        for start in range(0, len(tickets), 500):
            kept += (
                db.scalar(
                    select(func.count())
                    .select_from(Step)
                    .where(
                        Step.ticket.in_(tickets[start : start + 500]),
                        Step.state == StepState.ANSWERED,
                        Step.right.is_not(None),
                    )
                )
                or 0
            )
    figures["answers_lost"].append(len(tickets) - kept + heard.unanswered)
    figures["answers"].append(len(heard.times))
    figures["answer_p50"].append(statistics.median(heard.times))
    figures["answer_p99"].append(statistics.quantiles(heard.times, n=100)[98])
    milliseconds = {part: 1000 * seconds for part, seconds in heard.processor.items()}
    figures["cpu_ms_per_answer"].append(milliseconds["answers"] / heard.counts["answers"])
    figures["cpu_ms_per_pulse"].append(milliseconds["pulses"] / heard.counts["pulses"])
    figures["cpu_share"].append(heard.processor["both"] / (WARM + SECONDS))


if __name__ == "__main__":
    main()
