"""Send a stored file to a player: whole, or the range that it asks for."""

from __future__ import annotations

from flask import Response, request

from kernel.errors import NotThere
from kernel.storage import NotStored, RangeNotSatisfiable, Storage, parse_range

MOST_AT_ONCE = 4 * 1024 * 1024


def send_stored(storage: Storage, key: str, kind: str) -> Response:
    """Answer the file `key`, decrypted as it goes: 200, 206 for a range, 416 past its end.

    Raises:
        NotThere: the file is gone.
    """
    try:
        size = storage.size(key)
    except NotStored:
        raise NotThere from None
    try:
        span = parse_range(request.headers.get("Range"), size, MOST_AT_ONCE)
    except RangeNotSatisfiable:
        return Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    start, end = span or (0, size)
    headers = {"Accept-Ranges": "bytes", "Content-Length": str(end - start)}
    if span is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    body = storage.read(key, start, end) if request.method != "HEAD" else ()
    return Response(body, 206 if span is not None else 200, headers, mimetype=kind)
