"""Three hundred candidates sit the written test at once, over HTTP, on PostgreSQL.

Each answers every 5 to 15 seconds, at moments drawn beforehand: a slow answer delays nobody's next
one (open loop), and a time counts from the moment it was due. Pages also pulse when they have not
spoken for five seconds, as the real ones do. The web process is the production one; what sends
shares the machine with it. `answers_lost`: acknowledged answers that the database does not hold,
and answers that were never acknowledged.

Then everybody answers every 5 seconds, just before a pulse would be due, for a third of that time,
and everybody only pulses, for another: what the web processes took of the processors meanwhile,
over the answers, is `cpu_ms_per_answer`, and over the pulses `cpu_ms_per_pulse`. All that they do
is in it, from reading the request to telling coordinators afterwards; PostgreSQL is not.
`cpu_share` is what they took of one processor while both came.
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
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import repeat
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
    """What a round came to; `alone`: what an answer and a pulse took of the processors, in ms."""

    times: list[float] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    unanswered: int = 0
    share: float = 0.0
    alone: list[float] = field(default_factory=list)


Say = Callable[[Seat, Heard, random.Random], Awaitable[None]]


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
    chances = [random.Random(f"{number} {place}") for place in range(len(seats))]  # noqa: S311 -- a load, no secret
    begins, before = time.monotonic() + 1, processor_seconds(web)
    await asyncio.gather(*map(_sit, seats, repeat(heard), repeat(begins), chances))
    heard.share = (processor_seconds(web) - before) / (time.monotonic() - begins)
    for alone in (_answer_alone, _pulse):
        heard.alone.append(await _alone(web, seats, heard, chances, alone))
    for seat in seats:
        seat.caller.close()
    return heard


async def _alone(
    web: int, seats: list[Seat], heard: Heard, chances: list[random.Random], say: Say
) -> float:
    """Let everybody say one kind of word every few seconds; return what each took, in ms.

    Each page pulses before, at its own moment: none begins as one that was silent.
    """
    begins, rounds = time.monotonic(), max(2, round(SECONDS / 3 / PULSE))
    said = 0

    async def sit(seat: Seat, chance: random.Random) -> None:
        nonlocal said
        due = begins + chance.uniform(0, PULSE)
        for word in (_pulse, *repeat(say, rounds)):
            await asyncio.sleep(max(due - time.monotonic(), 0))
            if not seat.ticket:
                return
            await word(seat, heard, chance)
            said += word is say and due >= begins + PULSE
            due += PULSE

    async def taken() -> float:
        await asyncio.sleep(begins + PULSE - time.monotonic())
        before = processor_seconds(web)
        await asyncio.sleep(begins + (1 + rounds) * PULSE - time.monotonic())
        return processor_seconds(web) - before

    measured = asyncio.create_task(taken())
    await asyncio.gather(*map(sit, seats, chances))
    return 1000 * await measured / said


async def _sit(seat: Seat, heard: Heard, begins: float, chance: random.Random) -> None:
    """Answer at moments drawn beforehand, and pulse between them."""
    due, ends = begins + chance.uniform(0, BETWEEN[1]), begins + WARM + SECONDS
    # Pages that were opened at different moments do not pulse together.
    seat.spoke = begins - chance.uniform(0, PULSE)
    while due < ends:
        while time.monotonic() < due:
            rest = min(due, seat.spoke + PULSE) - time.monotonic()
            await asyncio.sleep(max(rest, 0))
            if time.monotonic() < due and time.monotonic() >= seat.spoke + PULSE:
                await _pulse(seat, heard, chance)
        if not await _answer(seat, heard, due, counts=due >= begins + WARM, chance=chance):
            return
        due += chance.uniform(*BETWEEN)


async def _pulse(seat: Seat, _heard: Heard, _chance: random.Random) -> None:
    """Say that the page lives."""
    status, scene = await seat.caller.post(
        f"{seat.path}/pulse", page=seat.page, known=seat.ticket, runs=RUNS
    )
    if status != 200:
        raise RuntimeError(f"a pulse was answered {status}: {scene}")
    seat.spoke = time.monotonic()
    if scene.get("ticket") != seat.ticket:  # the question's time was over
        seat.ticket, seat.question = scene.get("ticket") or "", scene.get("html") or ""


async def _answer_alone(seat: Seat, heard: Heard, chance: random.Random) -> None:
    await _answer(seat, heard, time.monotonic(), counts=False, chance=chance)


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
    figures["cpu_ms_per_answer"].append(heard.alone[0])
    figures["cpu_ms_per_pulse"].append(heard.alone[1])
    figures["cpu_share"].append(heard.share)


if __name__ == "__main__":
    main()
