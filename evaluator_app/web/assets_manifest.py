"""Where a built front-end file lives: `asset('app.css')` gives its hashed address.

`module('app.js')` gives the script, and asks for all that it imports at once: otherwise a browser
learns of each file from the one before it.
"""

from __future__ import annotations

import json
from functools import lru_cache
from mimetypes import guess_type
from pathlib import Path

from flask import Flask, Response, request, send_from_directory
from markupsafe import Markup

from kernel.settings import Settings

# A worker obeys the policy of its own script, not that of the page: WebAssembly is for it alone.
WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"


@lru_cache(maxsize=4)
def _manifest(folder: Path, _stamp: float) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return the name served of each name, and those of what each script imports."""
    names: dict[str, str] = json.loads((folder / "manifest.json").read_text())
    imports: dict[str, list[str]] = json.loads((folder / "imports.json").read_text())
    return names, imports


def init_app(app: Flask, settings: Settings) -> None:
    """Serve the built files under /assets/ and give templates `asset(name)`."""
    folder = settings.assets

    def built() -> tuple[dict[str, str], dict[str, list[str]]]:
        file = folder / "manifest.json"
        return _manifest(folder, file.stat().st_mtime) if file.exists() else ({}, {})

    def asset(name: str) -> str:
        return f"/assets/{built()[0].get(name, name)}"

    def module(name: str) -> Markup:
        ahead = Markup("").join(
            Markup('<link rel="modulepreload" href="/assets/{}">').format(other)
            for other in built()[1].get(name, ())
        )
        script = Markup('<script type="module" src="{}"></script>').format(asset(name))
        return ahead + script

    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["module"] = module

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
