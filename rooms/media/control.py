"""The control address: small JSON over HTTP/1.1, for the web side alone.

Bound to loopback; every request but ``GET /health`` carries the shared secret in
``Authorization: Bearer …``. Bodies are JSON objects; a refusal is
``{"reason": …, "message": …}`` with status 422 (or 403, 404, 409, 413, 503 by its reason).
"""

import asyncio
import dataclasses
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import structlog

from rooms.engines import EngineRefused, Reason
from rooms.media.server import MediaServer

log = structlog.get_logger()

MAX_BODY = 320 * 1024  # an offer of 256 KB and its JSON escapes
MAX_DRAINED = 4 * 1024 * 1024
MAX_HEAD = 8 * 1024
READ_WITHIN = 10.0
IDLE = 60.0
STATUS = {
    Reason.FORBIDDEN: 403,
    Reason.UNKNOWN_ROOM: 404,
    Reason.UNKNOWN_PEER: 404,
    Reason.ROLE_TAKEN: 409,
    Reason.ROOM_FULL: 409,
    Reason.ALREADY_RECORDING: 409,
    Reason.TOO_LARGE: 413,
    Reason.SERVER_FULL: 503,
    Reason.STORAGE_FAILED: 503,
}
PHRASE = {
    200: "OK",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Content Too Large",
    422: "Unprocessable Content",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
Body = dict[str, Any]
Act = Callable[[MediaServer, Body], Awaitable[Body]]


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """A request, read whole."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


class Control:
    """The HTTP server in front of a media server."""

    def __init__(self, media: MediaServer, secret: str) -> None:
        self._media = media
        self._secret = secret.encode()
        self._server: asyncio.Server | None = None
        self._callers: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int) -> None:
        """Listen. Raise OSError."""
        self._server = await asyncio.start_server(self._caller, host, port, limit=MAX_HEAD)

    @property
    def port(self) -> int:
        """The port that is listened on."""
        if self._server is None:
            raise RuntimeError("not started")
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop listening and drop the callers."""
        if self._server is not None:
            self._server.close()
        for task in list(self._callers):
            task.cancel()
        await asyncio.gather(*self._callers, return_exceptions=True)

    async def _caller(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._callers.add(task)
            task.add_done_callback(self._callers.discard)
        try:
            while await self._one(reader, writer):
                pass
        except (OSError, EOFError, TimeoutError, asyncio.CancelledError):
            pass  # the caller went away, or we do: nobody is left to tell
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serve one request; False when the connection is to be closed."""
        try:
            request = await _read(reader)
        except EngineRefused as refused:
            log.info("media.control_refused", reason=refused.reason, message=refused.message)
            await _write(writer, *_refusal(refused))
            return False
        if request is None:
            return False
        status, answer = await self._answer(request)
        await _write(writer, status, answer)
        return True

    async def _answer(self, request: Request) -> tuple[int, Body]:
        try:
            return 200, await self._act(request)
        except EngineRefused as refused:
            log.info(
                "media.control_refused",
                path=request.path,
                reason=refused.reason,
                message=refused.message,
            )
            return _refusal(refused)
        except Exception:
            log.exception("media.control_failed", path=request.path)
            return 500, {"reason": "failed", "message": "see the media server's log"}

    async def _act(self, request: Request) -> Body:
        if (request.method, request.path) == ("GET", "/health"):
            return self._media.health()
        given = request.headers.get("authorization", "").removeprefix("Bearer ").encode()
        if not hmac.compare_digest(given, self._secret):
            raise EngineRefused(Reason.FORBIDDEN, "wrong or missing secret")
        if (request.method, request.path) == ("GET", "/facts"):
            return await self._facts(request)
        act = ACTS.get((request.method, request.path))
        if act is None:
            raise EngineRefused(Reason.UNKNOWN_ROOM, f"{request.method} {request.path}"[:200])
        return await act(self._media, _json(request.body))

    async def _facts(self, request: Request) -> Body:
        try:
            after = int(request.query.get("after", ["0"])[0])
            wait = float(request.query.get("wait", ["0"])[0])
        except ValueError:
            raise EngineRefused(Reason.BAD_REQUEST, "after and wait are numbers") from None
        return {"facts": await self._media.facts(after, wait)}


async def _read(reader: asyncio.StreamReader) -> Request | None:
    try:
        async with asyncio.timeout(IDLE):
            head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    except asyncio.LimitOverrunError:
        raise EngineRefused(Reason.TOO_LARGE, "the head is too long") from None
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise EngineRefused(Reason.BAD_REQUEST, "this is not HTTP")
    headers = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    length = headers.get("content-length", "0")
    if not (length.isdecimal() and len(length) < 10) or "transfer-encoding" in headers:
        raise EngineRefused(Reason.BAD_REQUEST, "a body needs a Content-Length")
    if int(length) > MAX_BODY:
        await _drain(reader, min(int(length), MAX_DRAINED))
        raise EngineRefused(Reason.TOO_LARGE, f"a body may have {MAX_BODY} bytes")
    async with asyncio.timeout(READ_WITHIN):
        body = await reader.readexactly(int(length))
    try:
        target = urlsplit(words[1])
        query = parse_qs(target.query)
    except ValueError:
        raise EngineRefused(Reason.BAD_REQUEST, "this is no address") from None
    return Request(words[0], target.path, query, headers, body)


async def _drain(reader: asyncio.StreamReader, length: int) -> None:
    """Read and forget, so that the caller comes to read the refusal."""
    async with asyncio.timeout(READ_WITHIN):
        while length > 0:
            piece = await reader.read(65536)
            if not piece:
                return
            length -= len(piece)


async def _write(writer: asyncio.StreamWriter, status: int, body: Body) -> None:
    data = json.dumps(body, separators=(",", ":")).encode()
    head = (
        f"HTTP/1.1 {status} {PHRASE[status]}\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(data)}\r\n\r\n"
    )
    writer.write(head.encode() + data)
    async with asyncio.timeout(READ_WITHIN):
        await writer.drain()


def _refusal(refused: EngineRefused) -> tuple[int, Body]:
    status = STATUS.get(Reason(refused.reason), 422)
    return status, {"reason": str(refused.reason), "message": refused.message}


def _json(body: bytes) -> Body:
    try:
        value = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise EngineRefused(Reason.BAD_REQUEST, "the body is not JSON") from None
    if not isinstance(value, dict):
        raise EngineRefused(Reason.BAD_REQUEST, "the body is not an object")
    return value


def _text(body: Body, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise EngineRefused(Reason.BAD_REQUEST, f"{name} must be a text")
    return value


async def _open(media: MediaServer, body: Body) -> Body:
    media.open(_text(body, "room"))
    return {}


async def _admit(media: MediaServer, body: Body) -> Body:
    names = ("room", "peer", "role", "sdp")
    return {"sdp": await media.admit(*(_text(body, name) for name in names))}


async def _leave(media: MediaServer, body: Body) -> Body:
    await media.leave(_text(body, "room"), _text(body, "peer"))
    return {}


async def _start_recording(media: MediaServer, body: Body) -> Body:
    media.start_recording(_text(body, "room"), _text(body, "recording"))
    return {}


async def _stop_recording(media: MediaServer, body: Body) -> Body:
    media.stop_recording(_text(body, "room"))
    return {}


async def _set_part(media: MediaServer, body: Body) -> Body:
    part = body.get("part")
    if part is not None and (not isinstance(part, int) or isinstance(part, bool)):
        raise EngineRefused(Reason.BAD_REQUEST, "part must be a number or null")
    media.set_part(_text(body, "room"), part)
    return {}


async def _stats(media: MediaServer, body: Body) -> Body:
    return dataclasses.asdict(media.stats(_text(body, "room")))


async def _close(media: MediaServer, body: Body) -> Body:
    await media.close(_text(body, "room"))
    return {}


async def _probe(media: MediaServer, body: Body) -> Body:
    return {"sdp": await media.probe(_text(body, "peer"), _text(body, "sdp"))}


ACTS: dict[tuple[str, str], Act] = {
    ("POST", "/open"): _open,
    ("POST", "/admit"): _admit,
    ("POST", "/leave"): _leave,
    ("POST", "/record"): _start_recording,
    ("POST", "/stop-recording"): _stop_recording,
    ("POST", "/part"): _set_part,
    ("POST", "/stats"): _stats,
    ("POST", "/close"): _close,
    ("POST", "/probe"): _probe,
}
