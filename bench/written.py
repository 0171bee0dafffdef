"""Three hundred candidates sit the written test at once, over HTTP, on PostgreSQL.

Each answers every 5 to 15 seconds, at moments drawn beforehand: a slow answer delays nobody's next
one (open loop), and a time counts from the moment it was due. Pages also pulse when they have not
spoken for five seconds, as the real ones do. The web process is the production one; what sends
shares the machine with it. `answers_lost`: acknowledged answers that the database does not hold,
and answers that were never acknowledged.
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
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.cluster import NotThere, postgresql
from bench.figures import could_not, figure, progress
from bench.written_callers import Caller
from enrolment.models import Candidacy, Candidate, Certification
from evaluator_app import migrate, rules
from kernel.db import Database
from kernel.levels import Level
from kernel.links import address
from kernel.permissions import SYSTEM, Role
from kernel.settings import Settings
from people import entry
from people.languages import Language
from people.models import LinkPurpose, Organisation, User
from written_test import blueprints, sitting
from written_test.models import Bank, Basis, Item, ItemState, Release, Step, StepState
from written_test.questions import library
from written_test.questions.kinds import write_body

CANDIDATES = int(os.environ.get("BENCH_CASES", "300"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "60"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
BETWEEN = (5.0, 15.0)
PULSE = 5.0
RUNS = {"camera": "on", "microphone": "on"}
WARM = 5.0
_OPTION = re.compile(r'<input[^>]*type="radio"[^>]*name="choices"[^>]*value="([^"]+)"')
UNITS = {"answer_p99": "ms", "answer_p50": "ms", "answers_lost": "count", "answers": "count"}


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
    """What a round came to."""

    times: list[float] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    unanswered: int = 0


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
            certification_id = _bank(db)
        stack.enter_context(_server(environment, port))
        found: dict[str, list[float]] = {name: [] for name in UNITS}
        for number in range(ROUNDS):
            with database.transaction() as db:
                people = _enrol(db, settings, certification_id, CANDIDATES)
            heard = asyncio.run(_round(port, people, number))
            _count(database, heard, found)
            progress(f"written: round {number + 1} of {ROUNDS}")
        for name, values in found.items():
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
def _server(environment: dict[str, str], port: int) -> Iterator[None]:
    """Run the web process as production does."""
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
        yield
    finally:
        process.terminate()
        process.wait(20)


def _bank(db: Session) -> int:
    """Write the bank that comes with the product and a certification that draws from it."""
    now = datetime.now(UTC)
    certification = Certification(
        code="BENCH", name_fr="Banc", name_en="Bench", language=Language.EN
    )
    bank = Bank(name="Bench", language=Language.EN, created_at=now)
    db.add_all([certification, bank])
    db.flush()
    items = [
        Item(
            bank_id=bank.id,
            code=draft.code,
            kind=draft.body.kind,
            content=write_body(draft.body),
            skill=draft.skill,
            field=draft.field,
            level=draft.level,
            seconds=draft.time,
            shape=[[one.a, one.b, one.c] for one in draft.shape],
            fingerprint=draft.fingerprint(),
            created_at=now,
            state=ItemState.IN_USE,
            basis=Basis.ASSUMED,
        )
        for draft in library.bank_drafts()
    ]
    db.add_all(items)
    db.flush()
    db.add(
        Release(
            bank_id=bank.id,
            number=1,
            made_at=now,
            entries=[[item.id, 0.7, item.shape] for item in items],
            simulated={},
        )
    )
    blueprints.draw(db, SYSTEM, certification, bank)
    return certification.id


def _enrol(
    db: Session, settings: Settings, certification_id: int, count: int
) -> list[tuple[str, str, int]]:
    """Enrol candidates whose test has begun; return of each a link, a path and the test's id."""
    now = datetime.now(UTC)
    organisation = Organisation(name=f"Bench {uuid4().hex[:8]}", created_at=now)
    db.add(organisation)
    db.flush()
    home = address(settings, "home").rstrip("/")
    found = []
    for number in range(count):
        user = User(
            email=f"{uuid4().hex}@bench.example",
            given_name="Dominique",
            family_name=f"Person {number}",
            role=Role.CANDIDATE,
            created_at=now,
            confirmed_at=now,
            fs_uniquifier=uuid4().hex,
        )
        db.add(user)
        db.flush()
        candidate = Candidate(
            user_id=user.id,
            organisation_id=organisation.id,
            birth_name="Person",
            first_names="Dominique",
            sex="F",
            birth_date=date(1990, 1, 1),
        )
        db.add(candidate)
        db.flush()
        candidacy = Candidacy(
            candidate_id=candidate.id,
            organisation_id=organisation.id,
            certification_id=certification_id,
            target_level=Level.B2,
            window_start=now,
            window_end=now + timedelta(days=31),
            created_at=now,
        )
        db.add(candidacy)
        db.flush()
        test = sitting.begin(db, user.actor, candidacy)
        link = entry.make(db, SYSTEM, settings, user, LinkPurpose.SIGN_IN).removeprefix(home)
        found.append((link, f"/candidate/candidacies/{candidacy.id}/written", test.id))
    return found


async def _round(port: int, people: list[tuple[str, str, int]], number: int) -> Heard:
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
    begins = time.monotonic() + 1
    await asyncio.gather(
        *(_sit(seat, heard, begins, [number, place]) for place, seat in enumerate(seats))
    )
    for seat in seats:
        seat.caller.close()
    return heard


async def _sit(seat: Seat, heard: Heard, begins: float, seed: list[int]) -> None:
    """Answer at moments drawn beforehand, and pulse between them."""
    chance = random.Random(repr(seed))  # noqa: S311 -- a load, no secret
    due = begins + chance.uniform(0, BETWEEN[1])
    # Pages that were opened at different moments do not pulse together.
    seat.spoke = begins - chance.uniform(0, PULSE)
    ends = begins + WARM + SECONDS
    while due < ends:
        while time.monotonic() < due:
            rest = min(due, seat.spoke + PULSE) - time.monotonic()
            await asyncio.sleep(max(rest, 0))
            if time.monotonic() < due and time.monotonic() >= seat.spoke + PULSE:
                await seat.caller.post(
                    f"{seat.path}/pulse", page=seat.page, known=seat.ticket, runs=RUNS
                )
                seat.spoke = time.monotonic()
        if not await _answer(seat, heard, due, counts=due >= begins + WARM, chance=chance):
            return
        due += chance.uniform(*BETWEEN)


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


def _count(database: Database, heard: Heard, found: dict[str, list[float]]) -> None:
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
    found["answers_lost"].append(len(tickets) - kept + heard.unanswered)
    found["answers"].append(len(heard.times))
    found["answer_p50"].append(statistics.median(heard.times))
    found["answer_p99"].append(statistics.quantiles(heard.times, n=100)[98])


if __name__ == "__main__":
    main()
