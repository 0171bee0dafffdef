"""The supervisor keeps services alive, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from evaluator_app.processes.supervisor import (
    CALM,
    HERE,
    LOOK_EVERY,
    REST,
    SPARE,
    Service,
    Supervisor,
    port_is_free,
    rest_after,
)

SLEEPER = (sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)")
DEAF = """
import signal, subprocess, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(["sleep", "600"])
print(child.pid, flush=True)
time.sleep(600)
"""
STUBBORN = (sys.executable, "-c", DEAF)
SUPERVISE = """
import os, sys
from pathlib import Path
from evaluator_app.processes.supervisor import Service, Supervisor
child = (
    sys.executable, "-c",
    "from evaluator_app.processes.supervisor import die_with_parent; die_with_parent();"
    "import os, time; print(os.getpid(), flush=True); time.sleep(600)",
)
Supervisor(Path(sys.argv[1]), os.environ, (Service("one", child),)).run()
"""


def _until(truth, what: str, patience: float = 60.0) -> None:
    deadline = time.monotonic() + patience
    while not truth():
        assert time.monotonic() < deadline, what
        threading.Event().wait(0.02)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture
def run(tmp_path):
    """Run services under a supervisor, in a thread with no signals of its own."""
    running = []

    def start(*services: Service) -> Supervisor:
        supervisor = Supervisor(tmp_path, os.environ, services)
        supervisor.start()
        thread = threading.Thread(target=_keep, args=(supervisor,))
        thread.start()
        running.append((supervisor, thread))
        return supervisor

    yield start
    for supervisor, thread in running:
        supervisor.stop()
        thread.join()


def _keep(supervisor: Supervisor) -> None:
    while not supervisor.stopping:
        supervisor._revive()
        threading.Event().wait(0.05)
    supervisor.end()


def _pid(supervisor: Supervisor, name: str) -> int | None:
    running = supervisor._running.get(name)
    return running.process.pid if running else None


def test_within_a_second_what_died_is_started_again():
    assert rest_after(CALM - 0.001) + LOOK_EVERY < 1.0
    assert rest_after(CALM) + LOOK_EVERY == LOOK_EVERY
    assert rest_after(0.0) == REST  # a process that cannot live does not spin


def test_what_dies_comes_back(run, tmp_path):
    supervisor = run(Service("one", SLEEPER))
    log = tmp_path / "logs" / "one.log"
    _until(lambda: log.read_text() == "up\n", "it never started")
    first = _pid(supervisor, "one")
    os.kill(first, signal.SIGKILL)
    _until(lambda: _pid(supervisor, "one") not in (None, first), "it never came back")
    _until(lambda: log.read_text() == "up\nup\n", "the second start was not logged")


def test_a_spare_goes_on_in_the_place_of_the_dead(run, tmp_path, monkeypatch):
    monkeypatch.setattr("evaluator_app.processes.supervisor.SPARE_AFTER", 0.2)
    command = (sys.executable, "-m", "http.server", "0", "--bind", "127.0.0.1")
    supervisor = run(Service("one", command, ("http.server",)))
    log = tmp_path / "logs" / "one.log"
    _until(lambda: log.read_text().count("Serving HTTP") == 1, "it never started")
    _until(lambda: "one" in supervisor._spares, "no spare was made")
    spare = supervisor._spares["one"].process.pid
    name = Path(f"/proc/{spare}/comm")
    _until(lambda: name.read_text().strip() == SPARE, "the spare does not say what it is")
    assert log.read_text().count("Serving HTTP") == 1
    os.kill(_pid(supervisor, "one"), signal.SIGKILL)
    _until(lambda: _pid(supervisor, "one") == spare, "the spare did not go on")
    _until(lambda: log.read_text().count("Serving HTTP") == 2, "the spare does nothing")
    _until(lambda: "one" in supervisor._spares, "no other spare was made")
    last = supervisor._spares["one"].process.pid
    supervisor.stop()
    _until(lambda: not _alive(spare) and not _alive(last), "something was left behind")


def test_the_end_reaches_the_stubborn_and_their_children(run, tmp_path, monkeypatch):
    monkeypatch.setattr("evaluator_app.processes.supervisor.PATIENCE", 0.3)
    supervisor = run(Service("deaf", STUBBORN))
    log = tmp_path / "logs" / "deaf.log"
    _until(lambda: log.read_text().endswith("\n"), "it never started")
    pids = [_pid(supervisor, "deaf"), int(log.read_text())]
    supervisor.stop()
    _until(lambda: not any(map(_alive, pids)), "something was left behind")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_the_supervisor(tmp_path, how):
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, str(tmp_path)], cwd=HERE, stderr=subprocess.DEVNULL
    )
    log = tmp_path / "logs" / "one.log"
    _until(lambda: log.exists() and log.read_text().endswith("\n"), "it never started")
    child = int(log.read_text())
    supervisor.send_signal(how)
    assert supervisor.wait(20) == (0 if how != signal.SIGKILL else -signal.SIGKILL)
    _until(lambda: not _alive(child), "the child outlived it")


def test_a_taken_port_is_seen():

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert port_is_free("127.0.0.1", taken.getsockname()[1]) is False
    assert port_is_free("127.0.0.1", 0) is True
