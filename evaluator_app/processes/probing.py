"""Ask something that may never answer, and wait no longer than one can.

A database that is frozen keeps a connection open and says nothing: no time limit of its driver
ends that. The question is asked in a thread; while an earlier one still waits for its answer, the
next is not asked at all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class NoAnswer(Exception):
    """No answer came in time."""


class Probe(Generic[T]):
    """One question at a time; `ask` waits `patience` seconds for its answer."""

    def __init__(self, question: Callable[[], T], patience: float) -> None:
        """Ask nothing yet."""
        self._question = question
        self._patience = patience
        self._lock = threading.Lock()
        self._asking: _Asked[T] | None = None

    def ask(self) -> T:
        """Return the answer; whoever asks meanwhile shares it.

        Raises:
            NoAnswer: it did not come in time, or an earlier one is still awaited.
            Exception: whatever the question raised.
        """
        with self._lock:
            if self._asking is None or self._asking.answered.is_set():
                self._asking = _Asked(self._question)
            asked = self._asking
        if not asked.answered.wait(self._patience):
            raise NoAnswer
        return asked.answer()


class _Asked(Generic[T]):
    """One asking, in a thread of its own."""

    def __init__(self, question: Callable[[], T]) -> None:
        self.answered = threading.Event()
        self._found: list[T] = []
        self._error: Exception | None = None
        threading.Thread(target=self._run, args=(question,), name="probe", daemon=True).start()

    def _run(self, question: Callable[[], T]) -> None:
        try:
            self._found.append(question())
        except Exception as error:  # noqa: BLE001 -- told to whoever asked
            self._error = error
        finally:
            self.answered.set()

    def answer(self) -> T:
        if self._error is not None:
            raise self._error
        return self._found[0]
