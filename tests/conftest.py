"""What every test may ask for: settings, both databases, people, the application, real servers.

- `instant`: when the test begins (`instants.py`); the clock runs on from there.
- `settings`: of an installation in a folder of its own, whose clock may move (`kernel.clock`).
- `database`: SQLite, then a real PostgreSQL; `db`: a session on it. What it holds reaches the
  application because the client commits it before each request.
- `make`: rows of every kind (`factories.Make`).
- `app`, `client`, `signed_in(user)`: the application and browsers without JavaScript.
- `smtp`: a real SMTP server; `media`: the real media server; `relay`: a real TURN server.

A test about neither database in particular takes both; `twins.on_sqlite` keeps one.
"""

from __future__ import annotations

import base64
import dataclasses
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import hypothesis
import instants
import network_guard
import postgres
import pytest
import sharing
import structlog
from browser import Browser
from factories import Make
from flask import Flask
from mailbox_server import Mailbox
from media_server import MediaProcess
from sqlalchemy.orm import Session, sessionmaker
from turn_server import TurnServer
from twins import PostgreSQL, SQLite, Twin
from xdist.remote import Producer

from evaluator_app.processes.logs import RENDERER
from evaluator_app.wiring.factory import create_app
from kernel import clock, storage
from kernel.db import Database
from kernel.links import address
from kernel.loglines import THROTTLE
from kernel.permissions import SYSTEM
from kernel.settings import Settings
from people import entry
from people.models import LinkPurpose, User

# Each worker, and each process that a test starts, loads the same modules: compiled once.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
for name in [name for name in os.environ if name.startswith("VIVA_")]:
    del os.environ[name]
network_guard.install()
# A machine under load is slow without being wrong: examples have no deadline of their own.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        RENDERER,
    ]
)

_SHARED = pytest.StashKey[Path]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the whole suite begin at another instant than its own."""
    parser.addoption(
        "--instant",
        default=os.environ.get("INSTANT") or instants.SUITE_NAME,
        help=f"when every test begins: {', '.join([instants.SUITE_NAME, *instants.TWELVE])}",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Give the run, however many workers it has, one folder to share."""
    given = getattr(config, "workerinput", {}).get("viva_shared")
    config.stash[_SHARED] = Path(given or tempfile.mkdtemp(prefix="viva-tests-"))
    if given is None:
        (config.stash[_SHARED] / "pid").write_text(str(os.getpid()))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    """Tell each worker where the shared folder is."""
    node.workerinput["viva_shared"] = str(node.config.stash[_SHARED])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what the run shared, once its last worker has gone."""
    if hasattr(config, "workerinput") or _SHARED not in config.stash:
        return
    postgres.stop(config.stash[_SHARED])
    shutil.rmtree(config.stash[_SHARED], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what another database has shown at the same instant."""
    items[:] = [item for item in items if not instants.is_needless(item)]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> sharing.ByBrowsers:
    """Give tests to workers one by one, but those with browsers group by group."""
    return sharing.ByBrowsers(config, log)


@pytest.fixture(scope="session")
def shared(pytestconfig: pytest.Config) -> Path:
    return pytestconfig.stash[_SHARED]


@pytest.fixture
def instant(request: pytest.FixtureRequest) -> datetime:
    """When the test begins: the suite's instant, or one of those it is marked with."""
    return getattr(request, "param", None) or instants.named(request.config.option.instant)


@pytest.fixture(scope="session")
def _clock_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clock") / "clock-offset"


@pytest.fixture(autouse=True)
def offset_file(instant: datetime, _clock_file: Path) -> Iterator[Path]:
    """The file that says how far the test's clock is from the machine's."""
    instants.begin(instant, _clock_file)
    clock.use(_clock_file)
    yield _clock_file
    clock.use(None)


@pytest.fixture(autouse=True)
def _every_failure_is_new() -> None:
    """What an earlier test had logged keeps nothing of this one's back."""
    THROTTLE.forget()


@pytest.fixture(scope="session")
def _sqlite(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    twin = SQLite(shared, tmp_path_factory.mktemp("sqlite"))
    yield twin
    twin.database.dispose()


@pytest.fixture(scope="session")
def _postgresql(shared: Path) -> Iterator[Twin]:
    twin = PostgreSQL(shared, os.environ.get("PYTEST_XDIST_WORKER", "alone"))
    yield twin
    twin.database.dispose()


@pytest.fixture
def settings(tmp_path: Path, offset_file: Path) -> Settings:
    """Settings of an installation of its own, in the test's folder, with the test's clock."""
    made = Settings(
        mode="test",
        base_url="http://127.0.0.1:8000",
        var=tmp_path / "var",
        secret_key="a secret of the tests, long enough to sign with",
        password_salt="another secret of the tests",
        storage_keys=[base64.b64encode(b"k" * 32).decode()],
        media_secret="shared by web and media in the tests",
        media_bind_ips=["127.0.0.1"],
        throttle=False,
        idle_coordinator_minutes=0,  # tests move the clock
        idle_staff_minutes=0,
        idle_candidate_minutes=0,
    )
    made.var.mkdir()
    shutil.copy(offset_file, made.clock_file)
    clock.use(made.clock_file)
    return made


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty, migrated database; emptied again when the test committed anything."""
    twin: Twin = request.getfixturevalue(f"_{request.param}")
    yield twin.database
    twin.empty()


@pytest.fixture
def db(database: Database) -> Iterator[Session]:
    """A session for the test itself; what is not committed is rolled back."""
    with sessionmaker(database.engine)() as session:
        yield session


@pytest.fixture
def make(db: Session) -> Make:
    """Rows of every kind, in `db`."""
    return Make(db)


@pytest.fixture(scope="session")
def _application(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("application")
    made = Settings(
        mode="test",
        var=folder,
        secret_key="a secret of the tests, long enough to sign with",
        password_salt="another secret of the tests",
        storage_keys=[base64.b64encode(b"k" * 32).decode()],
        media_secret="shared by web and media in the tests",
    )
    application = create_app(made)
    application.config["TESTING"] = True
    application.test_client_class = Browser
    return application


@pytest.fixture
def app(
    request: pytest.FixtureRequest, _application: Flask, settings: Settings, database: Database
) -> Flask:
    """The application, bound to this test's settings and database."""
    house = _application.extensions.setdefault("viva_first_house", _application.extensions["viva"])
    _application.extensions["viva"] = dataclasses.replace(
        house,
        settings=settings.model_copy(update={"database_url": database.url}),
        database=database,
        storage=storage.from_settings(settings),
    )
    _application.extensions.pop("viva_wake_jobs", None)
    _application.extensions["viva_test_session"] = request.getfixturevalue("db")
    clock.use(settings.clock_file)
    return _application


@pytest.fixture
def client(app: Flask) -> Browser:
    """A browser where nobody is signed in."""
    return app.test_client()


@pytest.fixture
def signed_in(app: Flask, db: Session, settings: Settings) -> Callable[[User], Browser]:
    """Give a browser where `user` came in by a one-time link."""

    def come_in(user: User) -> Browser:
        link = entry.make(db, SYSTEM, settings, user, LinkPurpose.SIGN_IN)
        browser = app.test_client()
        answer = browser.post(link.removeprefix(address(settings, "home").rstrip("/")))
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return browser

    return come_in


@pytest.fixture
def smtp() -> Iterator[Mailbox]:
    """A real SMTP server; `smtp.messages` holds what it was given."""
    with Mailbox() as server:
        yield server


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaProcess]:
    """The real media server in a process of its own; `media.settings` says how to reach it."""
    with MediaProcess(tmp_path_factory.mktemp("media")) as process:
        yield process


@pytest.fixture(scope="session")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TurnServer]:
    """A real TURN server; `relay.address` and `turn_server.SECRET` are its settings."""
    with TurnServer(tmp_path_factory.mktemp("turn")) as server:
        yield server
