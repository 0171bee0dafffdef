"""Send a stored file to a player: whole, or the range that it asks for."""

from __future__ import annotations

from flask import Response, request
from werkzeug.datastructures import Range
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import parse_range_header

from kernel.errors import NotThere
from kernel.storage import NotStored, Storage

MOST_AT_ONCE = 4 * 1024 * 1024


def asked_of(header: str | None, size: int, most: int) -> tuple[int, int] | None:
    """Return the bytes that a `Range` header asks for, as (start, end exclusive).

    None means: no range, or one that RFC 9110 lets us ignore (another unit, several ranges, a
    malformed one): answer 200 with everything. An open-ended range is cut to `most` bytes, so that
    a player that leaps does not read to the end each time.

    Raises:
        RequestedRangeNotSatisfiable: it begins past the end.
    """
    given = parse_range_header(header)
    if given is None or given.units != "bytes" or len(given.ranges) != 1:
        return None
    start, end = given.ranges[0]
    if end is None:
        start, end = (max(0, size + start), size) if start < 0 else (start, start + most)
    span = Range("bytes", [(start, end)]).range_for_length(size) if start < end else None
    if span is None:
        raise RequestedRangeNotSatisfiable(size)
    return span


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
        span = asked_of(request.headers.get("Range"), size, MOST_AT_ONCE)
    except RequestedRangeNotSatisfiable:
        return Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    start, end = span or (0, size)
    headers = {"Accept-Ranges": "bytes", "Content-Length": str(end - start)}
    if span is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    body = storage.read(key, start, end) if request.method != "HEAD" else ()
    return Response(body, 206 if span is not None else 200, headers, mimetype=kind)
