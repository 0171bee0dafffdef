"""Pulses that say what the page said before: answered from memory, written many at once.

A page of the test pulses every five seconds. Once a pulse was looked at in full, the next one that
has the same headers and the same words is known: same sign-in, same browser and address, same watch
and page, same question, same things watched. Nothing follows from it but that the page was heard.
It is answered at once with the time that is left, and kept; every second all that was kept goes to
the database by one statement for the tests and one for the watches. They write where a row stands
as it did; of any other, and where the session ended meanwhile, the page's next word is looked at.

Looked at in full is also whatever comes later than a page in rhythm speaks (`hearing.IN_RHYTHM`, of
both nouns), when a question's time is over or something of the watch falls due, and everything,
when the database has not taken for `LATE_S` what was kept. A crash loses a second of words: far
less than what counts as a silence.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import formatdate
from typing import Any, Final

from flask import Flask, Response, current_app, g, session
from sqlalchemy.orm.attributes import set_committed_value

from evaluator_app.desks.candidate.written_seat import Seat
from evaluator_app.processes import logs
from evaluator_app.processes.web_worker import ASKED
from evaluator_app.sign_in import entering
from evaluator_app.web.edge import house
from kernel import clock
from kernel.db import Database
from kernel.errors import NotThere
from kernel.permissions import Role
from people import sessions
from proctor import hearing as watch_hearing
from proctor.models import ProctorSession
from written_test import hearing as test_hearing
from written_test.models import Step, WrittenTest

EVERY_S: Final = 1.0
"""Seconds between two writings of what was kept."""
LATE_S: Final = 3.0
"""The database took nothing for so long: pages hear from it, no longer from here."""
FORGOTTEN: Final = timedelta(minutes=2)
"""A page that said nothing for so long is forgotten."""

Scene = dict[str, Any]


@dataclass(slots=True)
class Page:
    """One page of a running test, as its last act left it; `scene` lacks the time that is left."""

    candidacy_id: int
    test_id: int
    watch_id: int
    token_hash: str
    sign_in_id: int
    says: dict[str, Any]
    scene: Scene
    ends_at: datetime
    until: datetime
    rhythm: timedelta
    heard_at: datetime
    seen_at: datetime
    head: tuple[str, bytes] | None = None  # address and headers of its pulses
    reply: bytes = b""  # headers of their answer

    @property
    def is_same_as(self) -> tuple[object, ...]:
        """What stays while a page goes from question to question."""
        return self.test_id, self.watch_id, self.token_hash, self.sign_in_id, self.says["page"]


@dataclass(slots=True)
class WaitingWords:
    """Words that wait to be written; of each test and watch the last one."""

    tests: dict[int, test_hearing.Word] = field(default_factory=dict)
    watches: dict[int, watch_hearing.Word] = field(default_factory=dict)
    sign_ins: dict[int, datetime] = field(default_factory=dict)  # seen, and not noted for a while
    since: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.tests or self.watches)


class Pulses:
    """The pages of this process whose pulses are known, and the words that wait."""

    def __init__(self, app: Flask) -> None:
        """Know nobody; nothing is kept before `start`."""
        self._app = app
        self._by_head: dict[tuple[str, bytes], Page] = {}
        self._by_candidacy: dict[int, Page] = {}
        self._kept = WaitingWords()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self.is_on = False

    def start(self) -> None:
        """Begin to keep words, and the thread that writes them; once a process."""
        self.is_on = True
        threading.Thread(target=self._write_for_ever, name="pulses", daemon=True).start()

    @property
    def may_keep(self) -> bool:
        """Tell whether words may wait: the database takes them."""
        kept = self._kept
        return self.is_on and not (kept and time.monotonic() - kept.since > LATE_S)

    def repeat(self, address: str, data: bytes) -> bytes | None:
        """Return the answer to a request that is a known pulse; None: look at it in full."""
        head, _end, body = data.partition(b"\r\n\r\n")
        page = self._by_head.get((address, head))
        if page is None or not self.may_keep:
            return None
        try:
            says = json.loads(body)
        except ValueError:
            return None
        moment = clock.now()
        in_rhythm = moment - page.heard_at < page.rhythm
        if says != page.says or not in_rhythm or moment >= page.until:
            return None
        left = max(round((page.ends_at - moment).total_seconds(), 2), 0.0)
        page.heard_at = moment
        self._keep(page, moment, test_too=True)
        told = json.dumps(page.scene | {"left": left}).encode()
        date = formatdate(usegmt=True).encode()
        length = str(len(told)).encode()
        return page.reply + date + b"\r\nContent-Length: " + length + b"\r\n\r\n" + told

    def bring(self, test: WrittenTest, watch: ProctorSession | None) -> None:
        """Give rows that were read before the words that wait were written what these say."""
        with self._lock:
            word = self._kept.tests.get(test.id)
            spoken = self._kept.watches.get(watch.id) if watch is not None else None
        if word is not None and word.page == test.page and word.at > test.heard_at:
            set_committed_value(test, "heard_at", word.at)
        if watch is None or spoken is None or spoken.token_hash != watch.token_hash:
            return
        if spoken.at > watch.heard_at:
            set_committed_value(watch, "heard_at", spoken.at)
            if spoken.told:
                set_committed_value(watch, "told_at", spoken.at)

    def keep(self, page: Page) -> None:
        """Keep what an act of the page said to its watch; the test's own row has it already."""
        self._keep(page, page.heard_at, test_too=False)

    def _keep(self, page: Page, moment: datetime, *, test_too: bool) -> None:
        told = page.says.get("runs") is not None
        watch = watch_hearing.Word(page.watch_id, page.token_hash, moment, told)
        with self._lock:
            if not self._kept:
                self._kept.since = time.monotonic()
            self._kept.watches[page.watch_id] = watch
            if test_too:
                word = test_hearing.Word(page.test_id, page.says["page"], moment)
                self._kept.tests[page.test_id] = word
                if moment - page.seen_at >= sessions.SEEN_EVERY:
                    page.seen_at = moment
                    self._kept.sign_ins[page.sign_in_id] = moment
        self._wake.set()

    def learn(self, page: Page) -> None:
        """Know a page as it stands now; how its pulses look is what it was, if it is the same."""
        with self._lock:
            before = self._by_candidacy.get(page.candidacy_id)
            if page.head is None and before and before.is_same_as == page.is_same_as:
                page.head, page.reply = before.head, before.reply
            self._drop(before)
            self._by_candidacy[page.candidacy_id] = page
            if page.head is not None:
                self._by_head[page.head] = page

    def forget(self, candidacy_id: int) -> None:
        """Look at the next word of that test's page in full."""
        with self._lock:
            self._drop(self._by_candidacy.get(candidacy_id))

    def _drop(self, page: Page | None) -> None:
        if page is None or self._by_candidacy.get(page.candidacy_id) is not page:
            return
        del self._by_candidacy[page.candidacy_id]
        if page.head is not None:
            self._by_head.pop(page.head, None)

    def write(self) -> None:
        """Write what was kept; forget the pages of whom something else is true by now.

        Tests, watches and sign-ins one after the other: whoever holds one of them for another act
        may be waiting for the next.
        """
        with self._lock:
            kept, self._kept = self._kept, WaitingWords()
            pages = list(self._by_candidacy.values())
        if not kept:
            return
        try:
            stand = self._write(kept, pages)
        except BaseException:
            self._put_back(kept)
            raise
        old = clock.now() - FORGOTTEN
        with self._lock:
            for page in pages:
                if page.heard_at < old or any(
                    number in asked and number not in stands
                    for number, asked, stands in zip(
                        (page.test_id, page.watch_id, page.sign_in_id), *stand, strict=True
                    )
                ):
                    self._drop(page)

    def _write(
        self, kept: WaitingWords, pages: Iterable[Page]
    ) -> tuple[tuple[Iterable[int], ...], tuple[set[int], ...]]:
        database: Database = self._app.extensions["viva"].database
        with database.transaction() as db:
            tests = test_hearing.keep(
                db, sorted(kept.tests.values(), key=lambda word: word.test_id)
            )
        with database.transaction() as db:
            spoken = sorted(kept.watches.values(), key=lambda word: word.watch_id)
            watches = watch_hearing.keep(db, spoken)
        sign_ins = {page.sign_in_id for page in pages if page.test_id in kept.tests}
        with database.transaction() as db:
            open_ = sessions.still_open(db, sign_ins, kept.sign_ins)
        return (kept.tests.keys(), kept.watches.keys(), sign_ins), (tests, watches, open_)

    def _put_back(self, kept: WaitingWords) -> None:
        with self._lock:
            now = self._kept
            self._kept = WaitingWords(
                kept.tests | now.tests,
                kept.watches | now.watches,
                kept.sign_ins | now.sign_ins,
                kept.since,
            )

    def _write_for_ever(self) -> None:
        for _turn in _turns(self._wake):
            try:
                self.write()
            except Exception as error:  # noqa: BLE001 -- the next turn tries again
                logs.failed("pulses_not_written", error)
                self._wake.set()


def _turns(wake: threading.Event) -> Iterator[None]:
    while True:
        wake.wait()
        wake.clear()
        time.sleep(EVERY_S)
        yield


def page_of(seat: Seat, step: Step, says: dict[str, Any], scene: Scene) -> Page:
    """Return how the page of whoever is signed in stands after an act that left `step` open."""
    moment, settings = clock.now(), house().settings
    watch, sign_in = seat.watch, entering.mine()
    if watch is None or sign_in is None:
        raise NotThere
    closes_at = sign_in.created_at + sessions.lifetime(settings, Role.CANDIDATE)
    turns = (test_hearing.until(step), watch_hearing.until(watch, moment), closes_at)
    return Page(
        candidacy_id=seat.candidacy.id,
        test_id=seat.test.id,
        watch_id=watch.id,
        token_hash=watch.token_hash,
        sign_in_id=sign_in.id,
        says=says,
        scene={name: value for name, value in scene.items() if name not in ("html", "left")},
        ends_at=test_hearing.ends_at(step),
        until=min(turn for turn in turns if turn is not None),
        rhythm=min(test_hearing.IN_RHYTHM, timedelta(seconds=settings.page_silence_s / 2)),
        heard_at=moment,
        seen_at=sign_in.seen_at,
    )


def stands(page: Page, *, is_pulse: bool, waits: bool) -> None:
    """Know the page once this request is committed; `waits`: its word to the watch is kept here."""
    g.page_stands = page, is_pulse, waits


def gone(candidacy_id: int) -> None:
    """Forget the page of that candidacy once this request is answered."""
    g.page_gone = candidacy_id


def pulses() -> Pulses:
    """Return what this process knows of pulses."""
    known: Pulses = current_app.extensions["viva_pulses"]
    return known


def init_app(app: Flask) -> None:
    """Learn from what was answered; registered before what commits, so that it runs after."""
    app.extensions["viva_pulses"] = Pulses(app)

    @app.after_request
    def _learn(response: Response) -> Response:
        known = pulses()
        if (candidacy_id := g.pop("page_gone", None)) is not None:
            known.forget(candidacy_id)
        page, is_pulse, waits = g.pop("page_stands", (None, False, False))
        if page is None or response.status_code != 200:
            return response
        # A cookie that is set anew changes what the next pulse looks like.
        if is_pulse and (asked := ASKED.get()) is not None and not session.modified:
            address, data = asked
            page.head = address, data.partition(b"\r\n\r\n")[0]
            page.reply = _reply(response)
        if waits:
            known.keep(page)
        known.learn(page)
        return response


def _reply(response: Response) -> bytes:
    """Return the headers of an answer but for its length and its date, which is left open."""
    lines = ["HTTP/1.1 200 OK", "Server: gunicorn", "Connection: keep-alive"]
    lines += [f"{name}: {value}" for name, value in response.headers if name != "Content-Length"]
    return ("\r\n".join(lines) + "\r\nDate: ").encode()
