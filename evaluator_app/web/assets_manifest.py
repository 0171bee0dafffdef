"""Where a built front-end file lives: `asset('app.css')` gives its hashed address."""

from __future__ import annotations

import json
from functools import lru_cache
from mimetypes import guess_type
from pathlib import Path

from flask import Flask, Response, request, send_from_directory

from kernel.settings import Settings

# A worker obeys the policy of its own script, not that of the page: WebAssembly is for it alone.
WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"


@lru_cache(maxsize=4)
def _manifest(folder: Path, _stamp: float) -> dict[str, str]:
    names: dict[str, str] = json.loads((folder / "manifest.json").read_text())
    return names


def init_app(app: Flask, settings: Settings) -> None:
    """Serve the built files under /assets/ and give templates `asset(name)`."""
    folder = settings.assets

    def asset(name: str) -> str:
        file = folder / "manifest.json"
        stamp = file.stat().st_mtime if file.exists() else 0.0
        names = _manifest(folder, stamp) if stamp else {}
        return f"/assets/{names.get(name, name)}"

    app.jinja_env.globals["asset"] = asset

    @app.get("/assets/<path:name>")
    def assets(name: str) -> Response:
        packed = request.accept_encodings["br"] > 0 and (folder / f"{name}.br").is_file()
        answer = send_from_directory(
            folder, f"{name}.br" if packed else name, mimetype=guess_type(name)[0]
        )
        if name.startswith("faces.worker-"):
            answer.headers["Content-Security-Policy"] = WORKER_POLICY
        if packed:
            answer.headers["Content-Encoding"] = "br"
        answer.headers["Vary"] = "Accept-Encoding"
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return answer
