"""A real SMTP server on this machine, which keeps what it is given."""

from __future__ import annotations

import asyncio
import socket
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mailbox:
    """The server while it runs.

    `refuse` maps an address to the answer that refuses it. For one that `hangs` it does not answer
    before `go_on`; `hung` says that it was asked.
    """

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refuse: dict[str, str] = {}
        self.hangs: set[str] = set()
        self.hung, self.go_on = threading.Event(), threading.Event()
        self._came = threading.Event()
        self.host = "127.0.0.1"
        self.port = free_port()
        self._controller = Controller(self, hostname=self.host, port=self.port)

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if address in self.hangs:
            self.hung.set()
            await asyncio.to_thread(self.go_on.wait)
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        self._came.set()
        return "250 OK"

    def wait(self, seconds: float) -> None:
        """Wait for one more message, so many seconds at most."""
        self._came.wait(seconds)
        self._came.clear()

    def __enter__(self) -> Mailbox:
        self._controller.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.go_on.set()
        self._controller.stop()
