"""A file that a page hands out."""

from __future__ import annotations

from flask import Response


def download(data: str | bytes, kind: str, name: str) -> Response:
    """Return `data` as a file to keep, of a media type and with a name."""
    answer = Response(data, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
