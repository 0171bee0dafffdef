"""The control address: small JSON over HTTP/1.1, for the web side alone.

Bound to loopback, or to a private address with TLS; every request but ``GET /health`` carries the
shared secret in ``Authorization: Bearer …``. Bodies are JSON objects; a refusal is
``{"reason": …, "message": …}`` with status 422 (or 403, 404, 409, 413, 503 by its reason).
h11 reads and writes the protocol; what a caller may send, and how slowly, is decided here.
"""

import asyncio
import dataclasses
import hmac
import json
import ssl
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

import h11
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
Body = dict[str, Any]
Act = Callable[[MediaServer, Body], Awaitable[Body]]


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """A request, read whole."""

    method: str
    path: str
    query: dict[str, list[str]]
    secret: bytes
    body: bytes


class Control:
    """The HTTP server in front of a media server."""

    def __init__(self, media: MediaServer, secret: str) -> None:
        self._media = media
        self._secret = secret.encode()
        self._server: asyncio.Server | None = None
        self._callers: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> None:
        """Listen, with TLS where a certificate is given. Raise OSError."""
        within = READ_WITHIN if tls is not None else None
        self._server = await asyncio.start_server(
            self._accept, host, port, ssl=tls, ssl_handshake_timeout=within
        )

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

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._callers.add(task)
            task.add_done_callback(self._callers.discard)
        caller = Caller(reader, writer)
        try:
            while await self._serve(caller):
                pass
        except (OSError, EOFError, TimeoutError, asyncio.CancelledError, h11.LocalProtocolError):
            pass  # the caller went away, or we do: nobody is left to tell
        finally:
            writer.close()

    async def _serve(self, caller: "Caller") -> bool:
        """Serve one request; False when the connection is to be closed."""
        try:
            request = await caller.read()
        except EngineRefused as refused:
            log.info("media.control_refused", reason=refused.reason, message=refused.message)
            await caller.write(*_refusal(refused), last=True)
            return False
        if request is None:
            return False
        return await caller.write(*await self._answer(request))

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
        if not hmac.compare_digest(request.secret, self._secret):
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


class Caller:
    """One connection: its requests one after the other, each answered before the next."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD)

    async def read(self) -> Request | None:
        """Read the next request whole; None when the caller has no more.

        Raises:
            EngineRefused: it is too large, or no HTTP.
            TimeoutError: it does not come.
        """
        try:
            async with asyncio.timeout(IDLE):
                head = await self._event()
            if not isinstance(head, h11.Request):
                return None
            async with asyncio.timeout(READ_WITHIN):
                body = await self._body()
            target = urlsplit(head.target.decode("ascii"))
            query = parse_qs(target.query)
        except h11.RemoteProtocolError as error:
            too_large = error.error_status_hint == 431
            reason = Reason.TOO_LARGE if too_large else Reason.BAD_REQUEST
            raise EngineRefused(reason, str(error)) from None
        except ValueError:
            raise EngineRefused(Reason.BAD_REQUEST, "this is no address") from None
        secret = dict(head.headers).get(b"authorization", b"").removeprefix(b"Bearer ")
        return Request(head.method.decode(), target.path, query, secret, body)

    async def _event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._reader.read(65536))
        return event

    async def _body(self) -> bytes:
        """Read to the end what is too much, so that the caller comes to read the refusal."""
        body, length = bytearray(), 0
        while isinstance(event := await self._event(), h11.Data):
            length += len(event.data)
            if length <= MAX_BODY:
                body += event.data
            elif length > MAX_DRAINED:
                break
        if length > MAX_BODY:
            raise EngineRefused(Reason.TOO_LARGE, f"a body may have {MAX_BODY} bytes")
        return bytes(body)

    async def write(self, status: int, body: Body, *, last: bool = False) -> bool:
        """Answer; return whether the caller may ask again on this connection."""
        data = json.dumps(body, separators=(",", ":")).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(data)))]
        if last:
            headers.append(("Connection", "close"))
        sent = [
            h11.Response(status_code=status, headers=headers, reason=HTTPStatus(status).phrase),
            h11.Data(data=data),
            h11.EndOfMessage(),
        ]
        for event in sent:
            self._writer.write(self._http.send(event) or b"")
        async with asyncio.timeout(READ_WITHIN):
            await self._writer.drain()
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True


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
