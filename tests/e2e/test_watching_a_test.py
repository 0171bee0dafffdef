"""The watch in a real browser: what it notices, in a worker, and that the server has it in the end.

No page of the product begins a watch but the written test; here it runs on the candidate's own
view, bundled by the product's own bundler. Pictures of people come with the detector's package.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from at_rest import follow
from factories import Make
from playwright.sync_api import Page, Route, Worker
from sqlalchemy import select
from test_axe import CONTINUE, LANGUAGES, violations

from kernel.db import Database
from kernel.permissions import SYSTEM
from kernel.settings import HERE, Settings
from people import entry
from people.models import LinkPurpose, UserSession
from proctor import holding, policy
from proctor.holding import Place
from proctor.models import ProctorSession, Signal, SignalKind, Snapshot

NODE = HERE / ".venv" / "node" / "bin" / "node"
PEOPLE = HERE / "node_modules" / "@vladmandic" / "face-api" / "demo"
ONE = (1300, 120, 600, 450)  # of its first picture: left, top, width, height
THREE = (0, 0, 1706, 1280)
ENTRY = """
import { startWatch } from './frontend/proctor/watch.js';
window.startWatch = startWatch;
"""
BUNDLE = """
import { build } from 'esbuild';
await build({ stdin: { contents: process.argv[1], resolveDir: '.' }, bundle: true,
  format: 'iife', outfile: process.argv[2], logLevel: 'error' });
"""
# A camera that shows a part of a picture, and trembles as cameras do.
CAMERA = """async ([src, x, y, w, h]) => {
  const image = new Image();
  image.src = src;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [640, 480];
  const context = canvas.getContext('2d');
  let beat = 0;
  const draw = () => {
    context.drawImage(image, x, y, w, h, 0, 0, 640, 480);
    context.fillStyle = `rgb(${beat++ % 256}, 0, 0)`;
    context.fillRect(0, 0, 8, 8);
  };
  draw();
  window.trembles = setInterval(draw, 100);
  window.camera = canvas.captureStream(10);
}"""
START = """(data) => {
  window.noticed = [];
  window.lost = [];
  window.watch = startWatch({ ...data, stream: window.camera,
    onNotice: (one) => window.noticed.push(one), onLost: (is) => window.lost.push(is) });
}"""
SECONDS = 60.0


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("bundle") / "watch.js"
    command = [str(NODE), "--input-type=module", "-e", BUNDLE, "--", ENTRY, str(file)]
    subprocess.run(command, cwd=HERE, check=True)
    return file


@pytest.fixture
def database(demo) -> Iterator[Database]:
    opened = Database(f"sqlite:///{demo.var / 'viva.db'}")
    yield opened
    opened.dispose()


Begin = Callable[..., Page]


@pytest.fixture
def watched(demo, database) -> tuple[int, str]:
    """A watch over somebody who has nothing else in the demo; its number, and their link."""
    kept = json.loads((demo.var / "secrets.json").read_text())
    settings = Settings(
        mode="demo",
        base_url=demo.links["base_url"],
        var=demo.var,
        secret_key=kept["VIVA_SECRET_KEY"],
    )
    with database.transaction() as db:
        make = Make(db)
        number = time.time_ns()
        certification = make.certification(code=f"watch-{number}")
        organisation = make.organisation(name=f"Watch {number}")
        user = make.user("candidate", email=f"watched-{number}@example.test")
        candidacy = make.candidacy(
            make.candidate(organisation, user=user), certification=certification
        )
        session = make.proctor_session(candidacy, minutes=0)
        link = entry.make(db, SYSTEM, settings, user, LinkPurpose.SIGN_IN)
        return session.id, link


@pytest.fixture
def begin(demo, visit, database, watched, bundle) -> Begin:
    """Open the candidate's own view, and begin a watch there with settings of the test."""
    number, link = watched

    def open_(
        again: Page | None = None,
        camera: str = "fake",
        part: tuple[int, ...] = (),
        **settings: object,
    ) -> Page:
        page = again or visit(link)
        if again is None:
            follow(page.get_by_role("button", name="Continuer"))
            page.goto(f"{demo.links['base_url']}/candidate/proctoring/{number}")
            page.token = hold(database, number)

        def answer(route: Route) -> None:
            name = route.request.url.rsplit("/", 1)[1]
            route.fulfill(path=bundle if name == "watch.js" else PEOPLE / name)

        page.route("**/under-test/*", answer)
        page.add_script_tag(url="/under-test/watch.js")
        if camera == "fake":
            page.evaluate(
                """async () => { window.camera =
                await navigator.mediaDevices.getUserMedia({ audio: true, video: true }); }"""
            )
        else:
            page.evaluate(CAMERA, [f"/under-test/{camera}", *part])
        told = {"settings": QUICK | settings, "token": page.token}
        page.evaluate(START, _data(demo, number) | told)
        return page

    return open_


def hold(database: Database, number: int) -> str:
    """Give a watch to the browser that signed in last, and return its token."""
    with database.transaction() as db:
        session = db.get_one(ProctorSession, number)
        user = session.candidacy.candidate.user
        signed_in = db.scalars(
            select(UserSession)
            .where(UserSession.user_id == user.id)
            .order_by(UserSession.id.desc())
        ).first()
        place = Place(sign_in=signed_in.id, browser=signed_in.browser)
        return holding.take(db, user.actor, session, place)


QUICK = policy.watch(Settings(mode="test"), faces=True).sent() | {
    "face_grace_s": 2,
    "faces_grace_s": 2,
    "camera_still_s": 3,
    "voice_grace_s": 600,
    "snapshot_least_s": 600,
    "snapshot_most_s": 900,
}


def _data(demo, number: int) -> dict[str, object]:
    assets = HERE / "evaluator_app" / "assets" / "dist"
    names = json.loads((assets / "manifest.json").read_text())
    here = f"{demo.links['base_url']}/candidate/proctoring/{number}"
    files = {
        "worker": "faces.worker.js",
        "weights": "faces.bin",
        "shapes": "faces.json",
        "plain": "faces.wasm",
        "simd": "faces-simd.wasm",
    }
    return {
        "session": number,
        "words": {"no_face": "Votre visage n'est pas dans l'image."},
        "urls": {
            "signals": f"{here}/signals",
            "snapshot": f"{here}/snapshot",
            "watch": f"{here}/watch",
            "faces": {name: f"/assets/{names[file]}" for name, file in files.items()},
        },
    }


def until(page: Page, condition: str, where: Page | Worker | None = None) -> None:
    """Wait until something is so in the page; the policy lets no expression wait there itself."""
    deadline = time.monotonic() + SECONDS
    while not (where or page).evaluate(condition):
        assert time.monotonic() < deadline, f"{condition}; noticed: {page.evaluate('noticed')}"
        page.wait_for_timeout(100)


def kinds(page: Page) -> set[str]:
    return set(page.evaluate("noticed.map((one) => one.kind)"))


def notices(page: Page, kind: str) -> None:
    until(page, f"noticed.some((one) => one.kind === '{kind}')")


def kept(page: Page, database: Database, number: int, row: type, least: int) -> list:
    """Return the rows of a watch once the server has so many."""
    deadline = time.monotonic() + SECONDS
    while True:
        with database.session(read_only=True) as db:
            rows = db.scalars(select(row).where(row.session_id == number)).all()
        if len(rows) >= least:
            return rows
        assert time.monotonic() < deadline, rows
        page.wait_for_timeout(200)


def test_no_face_is_noticed_after_its_time_and_in_a_worker(begin, database, watched):
    number, _link = watched
    page = begin()
    until(page, "watch.runs().faces === 'on'")
    notices(page, "no_face")
    (first,) = page.evaluate("noticed.filter((one) => one.kind === 'no_face')")
    assert first["words"] == "Votre visage n'est pas dans l'image."
    (worker,) = page.workers
    assert "/faces.worker-" in worker.url
    frames = "performance.getEntriesByName('face-frame').map((one) => one.duration)"
    (taken,) = worker.evaluate(frames)
    print(f"a frame took {taken:.0f} ms")
    assert page.evaluate(frames) == []
    loaded = "performance.getEntriesByType('resource').map((one) => one.name).join()"
    assert ".wasm" not in page.evaluate(loaded)
    assert ".wasm" in worker.evaluate(loaded)
    assert page.evaluate("watch.stop()") is None
    (signal,) = kept(page, database, number, Signal, 1)
    assert signal.kind is SignalKind.NO_FACE
    assert signal.until is not None
    stills = kept(page, database, number, Snapshot, 2)
    assert {still.why for still in stills} == {"start", "no_face"}  # whichever was sent first
    with database.session(read_only=True) as db:
        told = db.get_one(ProctorSession, number).watch
    assert (told["faces"], told["camera"], told["kept"]) == ("on", "on", "on")


def test_one_face_is_no_signal(begin):
    page = begin(camera="sample1.jpg", part=ONE)
    until(page, "watch.runs().faces === 'on'")
    frames = "performance.getEntriesByName('face-frame').length"
    (worker,) = page.workers
    for _ in range(5):  # frames looked at, one after the other
        worker.evaluate("performance.clearMeasures('face-frame')")
        until(page, frames, worker)
    assert kinds(page) & {"no_face", "several_faces"} == set()


def test_several_faces_are_counted(begin):
    page = begin(camera="sample1.jpg", part=THREE)
    notices(page, "several_faces")
    assert "no_face" not in kinds(page)


def test_a_still_picture_copies_and_a_stopped_camera_are_noticed(begin, database, watched):
    number, _link = watched
    page = begin(camera="sample1.jpg", part=ONE, faces=False)
    assert page.evaluate("watch.runs().faces") == "unwanted"
    assert page.workers == []
    page.evaluate("clearInterval(window.trembles)")
    notices(page, "camera_still")
    page.get_by_label("Ce que vous voulez dire").fill("douze signes")
    page.get_by_label("Ce que vous voulez dire").press("Control+a")
    page.get_by_label("Ce que vous voulez dire").press("Control+c")
    notices(page, "copy")
    page.evaluate("camera.getVideoTracks()[0].stop()")
    notices(page, "camera_stopped")
    page.evaluate("watch.stop()")
    signals = kept(page, database, number, Signal, 4)
    assert {"camera_still", "copy", "camera_stopped"} <= {str(signal.kind) for signal in signals}
    (copied,) = [signal for signal in signals if signal.kind is SignalKind.COPY]
    assert "douze" not in json.dumps(copied.detail)


def test_what_is_noticed_without_network_arrives_later(begin, database, watched):
    number, _link = watched
    page = begin(faces=False)
    page.context.set_offline(True)
    page.evaluate("document.dispatchEvent(new ClipboardEvent('paste'))")
    notices(page, "paste")
    assert page.evaluate("watch.snapshot()") is True
    until(page, "lost.length === 1")
    with database.session(read_only=True) as db:
        assert db.scalars(select(Signal).where(Signal.session_id == number)).all() == []
    page.context.set_offline(False)
    until(page, "lost.length === 2")
    signals = kept(page, database, number, Signal, 2)
    assert {SignalKind.PASTE, SignalKind.UPLOAD_FAILED} <= {signal.kind for signal in signals}
    whys = {snapshot.why for snapshot in kept(page, database, number, Snapshot, 3)}
    assert whys == {"start", "paste", "random"}


def test_what_had_not_arrived_outlives_the_page(begin, database, watched):
    number, _link = watched
    page = begin(faces=False)
    page.route("**/signals", lambda route: route.abort())
    page.evaluate("document.dispatchEvent(new ClipboardEvent('copy'))")
    notices(page, "copy")
    until(
        page, "indexedDB.databases().then((all) => all.some(({ name }) => name === 'viva-watch'))"
    )
    page.unroute("**/signals")
    page.reload()
    begin(page, faces=False)
    signals = kept(page, database, number, Signal, 1)
    assert SignalKind.COPY in {signal.kind for signal in signals}


def test_a_page_that_is_not_known_keeps_it_for_the_next(begin, database, watched):
    number, _link = watched
    page = begin(faces=False)
    page.evaluate("watch.stop()")
    held, page.token = page.token, "never held"
    begin(page, faces=False)
    with page.expect_response("**/signals") as told:
        page.evaluate("document.dispatchEvent(new ClipboardEvent('copy'))")
    assert (told.value.status, told.value.json()["aside"]) == (409, True)
    page.evaluate("watch.stop()")
    page.token = held
    page.reload()
    begin(page, faces=False)
    signals = kept(page, database, number, Signal, 1)
    assert SignalKind.COPY in {signal.kind for signal in signals}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_watch_is_clean(demo, visit, database, watched, language):
    number, link = watched
    with database.transaction() as db:
        session = db.get_one(ProctorSession, number)
        make = Make(db)
        for kind in SignalKind:
            make.signal(session, kind, at=session.opened_at, comment="On a sonné.")
        make.snapshot(session)
    base, faults = demo.links["base_url"], []
    page = visit(demo.enter("coordinator"))
    follow(page.get_by_role("button", name=CONTINUE))
    for path in (
        "?show=running",
        "?show=look",
        "?show=decided",
        f"/{number}",
        "/identities",
    ):
        page.goto(
            f"{base}/coordinator/proctoring{path}{'&' if '?' in path else '?'}lang={language}"
        )
        faults += violations(page)
    own = visit(link)
    follow(own.get_by_role("button", name=CONTINUE))
    own.goto(f"{base}/candidate/proctoring/{number}?lang={language}")
    faults += violations(own)
    assert "\n".join(faults) == ""


def test_a_coordinator_sees_what_happens_as_it_happens(demo, visit, begin, database, watched):
    number, _link = watched
    page = visit(demo.enter("coordinator"))
    follow(page.get_by_role("button", name=CONTINUE))
    page.goto(f"{demo.links['base_url']}/coordinator/proctoring/{number}?lang=fr")
    page.get_by_text("Aucun signal", exact=True).wait_for()
    watching = begin(faces=False)
    watching.evaluate("document.dispatchEvent(new ClipboardEvent('paste'))")
    page.locator(".vv-proctor-list").get_by_text("Texte collé").wait_for()
    page.locator(".vv-proctor-stills img").first.wait_for()
