"""A candidate's browser for the benchmark of the written test: cookies, one connection, no more."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from typing import Any

_CSRF = re.compile(r'name="csrf[-_]token"[^>]*(?:content|value)="([^"]+)"')


class Broken(Exception):
    """The server ended the connection, or answered what nobody can read."""


@dataclass
class Caller:
    """One signed-in candidate; requests go one after the other over one kept connection."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    watch: str = ""  # the watch's token, which goes with all that the page says
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def sign_in(self, link: str) -> None:
        """Come in by an e-mailed link: its page, then its button."""
        page = await self.ask("GET", link)
        self._learn(page[1])
        answer = await self.ask("POST", link, form=f"csrf_token={self.token}")
        if answer[0] not in (302, 303):
            raise Broken(f"{link} answered {answer[0]}")
        self._learn((await self.ask("GET", "/candidate/"))[1])

    def _learn(self, page: str) -> None:
        match = _CSRF.search(page)
        if match is None:
            raise Broken("a page without its token")
        self.token = match.group(1)

    async def post(self, path: str, **values: Any) -> tuple[int, dict[str, Any]]:
        """Send JSON as a page's script does; return the status and the JSON of the answer."""
        status, text = await self.ask("POST", path, values=values)
        return status, json.loads(text)

    async def ask(
        self, verb: str, path: str, *, values: dict[str, Any] | None = None, form: str = ""
    ) -> tuple[int, str]:
        """Send one request and read its answer; a connection closed meanwhile is opened anew."""
        body = json.dumps(values).encode() if values is not None else form.encode()
        kind = "application/json" if values is not None else "application/x-www-form-urlencoded"
        head = [
            f"{verb} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Content-Type: {kind}",
            f"Content-Length: {len(body)}",
            f"X-CSRFToken: {self.token}",
            f"X-Viva-Watch: {self.watch}",
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
            "Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        ]
        sent = "\r\n".join(head).encode() + b"\r\n\r\n" + body
        for attempt in (1, 2):
            try:
                return await self._exchange(sent)
            except (Broken, ConnectionError, asyncio.IncompleteReadError):
                self.close()
                if attempt == 2:
                    raise
        raise AssertionError("never here")

    async def _exchange(self, sent: bytes) -> tuple[int, str]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._streams
        writer.write(sent)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = [line.split(": ", 1) for line in head[1:] if ": " in line]
        length, chunked, closes = 0, False, False
        for name, value in headers:
            match name.lower():
                case "content-length":
                    length = int(value)
                case "transfer-encoding":
                    chunked = value == "chunked"
                case "connection":
                    closes = value == "close"
                case "set-cookie":
                    cookie, _, content = value.partition(";")[0].partition("=")
                    self.cookies[cookie] = content
        if chunked:
            raise Broken("a chunked answer was not expected")
        text = (await reader.readexactly(length)).decode()
        if closes:
            self.close()
        return int(head[0].split()[1]), text

    def close(self) -> None:
        """Let the connection go."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
