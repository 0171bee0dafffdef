"""A page with a recording, and the recording itself: made, encrypted, and served by ranges."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response, abort, render_template, request
from flask_login import LoginManager
from playwright.sync_api import Browser, Playwright
from werkzeug.serving import make_server

from evaluator_app.web import assets_manifest, shield
from evaluator_app.web.ranges import asked_of
from evaluator_app.words import language
from kernel.settings import Settings
from kernel.storage import KeyRing, NotStored, Storage
from tests.evaluator_app.playback.recorded_oral import make_recording

KEY = "bm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm4="


def make_site(storage: Storage, asked: list[str]) -> Flask:
    """Return the site; the ranges asked for are noted."""
    settings = Settings(mode="test")
    site = Flask("playback", static_folder=None, template_folder=str(settings.templates))
    site.secret_key = "a secret of the tests"
    site.jinja_loader.searchpath.insert(0, str(Path(__file__).parent / "pages"))
    LoginManager(site).user_loader(lambda _id: None)
    language.init_app(site)
    assets_manifest.init_app(site, settings)
    shield.init_app(site)

    @site.context_processor
    def _context() -> dict:
        return {"locale": language.locale(), "nav": [], "demo": False, "certifier": "Horizon"}

    @site.get("/")
    def _page() -> str:
        return render_template("recording.html")

    @site.get("/recordings/12/<name>")
    def _file(name: str) -> Response:
        key = f"recordings/12/{name}"
        try:
            size = storage.size(key)
        except NotStored:
            abort(404)
        if name.endswith(".json"):
            return Response(storage.bytes(key), mimetype="application/json")
        asked.append(f"{name} {request.headers.get('Range')}")
        span = asked_of(request.headers.get("Range"), size, 64 * 1024)
        start, end = span or (0, size)
        answer = Response(storage.read(key, start, end), mimetype="video/webm")
        answer.content_length = end - start
        answer.accept_ranges = "bytes"
        if span:
            answer.status_code = 206
            answer.content_range.set(start, end, size)
        return answer

    return site


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Storage:
    storage = Storage(tmp_path_factory.mktemp("storage"), KeyRing.from_base64([KEY]))
    make_recording(storage)
    return storage


@pytest.fixture(scope="module")
def asked() -> list[str]:
    return []


@pytest.fixture(scope="module")
def address(storage: Storage, asked: list[str]) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, make_site(storage, asked), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium",
        args=["--no-sandbox", "--disable-background-networking"],
    )
    yield browser
    browser.close()
