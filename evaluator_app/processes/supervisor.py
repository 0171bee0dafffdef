"""The supervisor: web, media and jobs on one machine, each restarted within a second.

Beside each waits a spare that has loaded all its code (`evaluator_app.processes.standby`): when the
one that works dies, the spare goes on in its place at once, also on a machine that is busy.

Ctrl-C or SIGTERM ends them all, politely, then not; nothing is left behind. If the supervisor
itself is killed, the kernel tells its children (`die_with_parent`).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from logging import Formatter, LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import FrameType
from typing import IO

from kernel import private
from kernel.loglines import escaped

HERE = Path(__file__).resolve().parents[2]
PATIENCE = 10.0  # seconds between SIGTERM and SIGKILL
CALM = 10.0  # a process that lived so long may be restarted at once
REST = 0.8  # one that died young waits, so as not to spin; still back within a second
LOOK_EVERY = 0.1
SPARE_AFTER = 20.0  # seconds that a process must have lived before a spare is made for it
SPARE = "viva-spare"
PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
SUPERVISOR = "VIVA_SUPERVISOR"


@dataclass(frozen=True)
class Service:
    """One process to keep alive; `loads`: what a spare of it loads beforehand, none without."""

    name: str
    command: tuple[str, ...]
    loads: tuple[str, ...] = ()

    @property
    def spare(self) -> tuple[str, ...]:
        """The command of a spare, for a service that is `python -m MODULE …`."""
        python, _, *module = self.command
        return (python, "-m", "evaluator_app.processes.standby", ",".join(self.loads), *module)


WEB = ("-m", "gunicorn", "-c", "python:evaluator_app.processes.gunicorn_settings", "wsgi:app")


def become(module: tuple[str, ...]) -> None:
    """Turn this process into another command of the same Python."""
    os.chdir(HERE)
    os.execv(sys.executable, (sys.executable, *module))  # noqa: S606 -- our own command


JOBS = ("-m", "evaluator_app.cli", "worker")


def services(jobs: tuple[str, ...] = JOBS) -> tuple[Service, ...]:
    """Return the three processes of an installation; `jobs`: the module that does the jobs."""
    python = sys.executable
    return (
        Service(
            "media",
            (python, "-m", "evaluator_app.cli", "media"),
            ("evaluator_app.commands.media", "rooms.media.serving"),
        ),
        Service("jobs", (python, *jobs), ("evaluator_app.processes.jobs",)),
        Service(
            "web",
            (python, *WEB),
            (
                "evaluator_app.wiring.factory",
                "gunicorn.app.wsgiapp",
                "evaluator_app.processes.web_worker",
            ),
        ),
    )


def die_with_parent() -> None:
    """Ask the kernel for SIGTERM when the supervisor dies, if one started this process."""
    supervisor = os.environ.get(SUPERVISOR)
    if supervisor is None:
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != int(supervisor):  # it died before the line above
        sys.exit(1)


def call_oneself(name: str) -> None:
    """Be shown under `name` by `ps -o comm`."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_NAME, name.encode()[:15], 0, 0, 0)


def port_is_free(address: str, port: int) -> bool:
    """Tell whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True


def rest_after(lived: float) -> float:
    """Return the seconds before a process is started again that lived for so many."""
    return REST if lived < CALM else 0.0


class _Running:
    """One service while it runs, and the thread that carries its words to the logs."""

    def __init__(
        self,
        service: Service,
        environment: Mapping[str, str],
        log: RotatingFileHandler,
        *,
        spare: bool = False,
    ) -> None:
        self.service = service
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 -- our own commands
            service.spare if spare else service.command,
            cwd=HERE,
            env={**environment, SUPERVISOR: str(os.getpid()), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE if spare else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches the supervisor alone
        )
        self._carrier = threading.Thread(target=self._carry, args=(log,), daemon=True)
        self._carrier.start()

    def take_over(self) -> bool:
        """Let a spare become the service; return whether it is there to do so."""
        pipe: IO[bytes] | None = self.process.stdin
        if pipe is None or self.process.poll() is not None:
            return False
        try:
            pipe.write(b"go\n")
            pipe.close()
        except OSError:
            return False
        self.started = time.monotonic()
        return True

    def _carry(self, log: RotatingFileHandler) -> None:
        pipe: IO[bytes] | None = self.process.stdout
        if pipe is None:
            return
        for raw in pipe:
            line = escaped(raw.decode("utf-8", "replace").rstrip())
            log.emit(LogRecord("viva", 20, "", 0, line, (), None))
            print(f"{self.service.name:5} │ {line}", file=sys.stderr, flush=True)

    def finish(self) -> None:
        """Kill what is left of the process group, reap it, and let its last words through."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._carrier.join(1.0)


class Supervisor:
    """Start services, keep them alive, end them all."""

    def __init__(
        self,
        var: Path,
        environment: Mapping[str, str],
        which: tuple[Service, ...] | None = None,
    ) -> None:
        """Start nothing yet; logs go to `var/logs/<name>.log` and, named, to standard error."""
        self._environment = environment
        self._which = which or services()
        private.close_folder(var)
        folder = var / "logs"
        folder.mkdir(exist_ok=True)
        self._logs = {service.name: _open_log(folder, service.name) for service in self._which}
        self._running: dict[str, _Running] = {}
        self._spares: dict[str, _Running] = {}
        self._again: dict[str, float] = {}
        self._no_spare_before = 0.0
        self._stopping = threading.Event()
        self.revived = False
        """Whether a process ever ended by itself."""

    def start(self, *names: str) -> None:
        """Start the services `names` (default: all that do not run yet)."""
        for service in self._which:
            wanted = service.name in names or not names
            if wanted and service.name not in self._running:
                self._start(service)

    def _start(self, service: Service) -> None:
        spare = self._spares.pop(service.name, None)
        if spare is not None and spare.take_over():
            self._running[service.name] = spare
            return
        if spare is not None:
            spare.finish()
        log = self._logs[service.name]
        self._running[service.name] = _Running(service, self._environment, log)

    def stop(self, *_signal: int | FrameType | None) -> None:
        """Ask `run` to end; safe in a signal handler."""
        self._stopping.set()

    @property
    def stopping(self) -> bool:
        """Tell whether `stop` was asked for."""
        return self._stopping.is_set()

    def run(self, ready: Callable[[], None] | None = None) -> None:
        """Keep every service alive until SIGINT, SIGTERM or `stop`; then end them all.

        `ready` runs beside, once everything was started.
        """
        for signum in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signum, self.stop)
        try:
            self.start()
            if ready is not None:
                threading.Thread(target=ready, daemon=True).start()
            while not self._stopping.wait(LOOK_EVERY):
                self._revive()
        finally:
            self.end()

    def _revive(self) -> None:
        now = time.monotonic()
        for service in self._which:
            running = self._running.get(service.name)
            if running is not None and running.process.poll() is not None:
                running.finish()
                del self._running[service.name]
                self.revived = True
                _say(f"{service.name} ended with {running.process.returncode}; starting it again")
                self._again[service.name] = now + rest_after(now - running.started)
            if service.name not in self._running and now >= self._again.get(service.name, now):
                self._start(service)
        self._keep_spares(now)

    def _keep_spares(self, now: float) -> None:
        """Make one spare at a time, for what has settled."""
        for name, spare in list(self._spares.items()):
            if spare.process.poll() is not None:
                self._spares.pop(name).finish()
                self._no_spare_before = now + SPARE_AFTER
        for service in self._which:
            running = self._running.get(service.name)
            if running is None or not service.loads or service.name in self._spares:
                continue
            settled = now - running.started >= SPARE_AFTER
            if settled and now >= self._no_spare_before:
                log = self._logs[service.name]
                spare = _Running(service, self._environment, log, spare=True)
                self._spares[service.name] = spare
                self._no_spare_before = now + SPARE_AFTER / 4

    def end(self) -> None:
        """End every service: SIGTERM, patience, SIGKILL; reap them and their children."""
        everybody = [*self._running.values(), *self._spares.values()]
        for running in everybody:
            if running.process.poll() is None:
                running.process.terminate()
        deadline = time.monotonic() + PATIENCE
        for running in everybody:
            try:
                running.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _say(f"{running.service.name} does not end: killing it")
            running.finish()
        self._running.clear()
        self._spares.clear()


def _open_log(folder: Path, name: str) -> RotatingFileHandler:
    handler = RotatingFileHandler(
        folder / f"{name}.log", maxBytes=20_000_000, backupCount=3, encoding="utf-8"
    )
    handler.setFormatter(Formatter("%(message)s"))
    return handler


def _say(words: str) -> None:
    print(f"viva  │ {words}", file=sys.stderr, flush=True)
