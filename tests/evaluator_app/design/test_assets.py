"""Built files: under a name that changes with them, packed for browsers that can unpack."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import Flask

from kernel.settings import Settings

FOLDER = Settings(mode="test").assets
PACKED = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}
KINDS = PACKED | {
    ".json": "application/json",
    ".bin": "application/octet-stream",
    ".txt": "text/plain",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
IMPORT = re.compile(r'\b(?:from|import)"\./([\w.-]+\.js)"')
MANIFEST = json.loads((FOLDER / "manifest.json").read_text())


@pytest.mark.parametrize("name", sorted(MANIFEST))
def test_a_built_file_is_served_under_its_own_kind(site: Flask, name: str):
    kind = KINDS[Path(name).suffix]
    plain = site.test_client().get(f"/assets/{MANIFEST[name]}")
    packed = site.test_client().get(
        f"/assets/{MANIFEST[name]}", headers={"Accept-Encoding": "gzip, br"}
    )
    assert [answer.mimetype for answer in (plain, packed)] == [kind, kind]
    how, end = ("br", ".br") if Path(name).suffix in PACKED else (None, "")
    assert [answer.headers.get("Content-Encoding") for answer in (plain, packed)] == [None, how]
    assert plain.data == (FOLDER / MANIFEST[name]).read_bytes()
    assert packed.data == (FOLDER / f"{MANIFEST[name]}{end}").read_bytes()


@pytest.mark.parametrize("name", ["../manifest.json", "nothing.css", "%2e%2e/app.css", "fonts"])
def test_nothing_else_is_served(site: Flask, name: str):
    assert site.test_client().get(f"/assets/{name}").status_code == 404


def test_documents_find_their_fonts():
    wanted = {"Inter-Regular.ttf", "Inter-Italic.ttf", "Inter-Bold.ttf"}
    fonts = Settings(mode="test").fonts
    assert {name for name in wanted if (fonts / name).read_bytes()[:4] == b"\0\1\0\0"} == wanted


def test_the_letters_asked_for_first_are_those_that_the_styles_name():
    assert f"/{MANIFEST['inter.woff2']}" in (FOLDER / MANIFEST["app.css"]).read_text()


@pytest.mark.parametrize("name", ["app.js", "console.js", "written.js"])
def test_a_script_is_asked_for_with_all_that_it_imports(site: Flask, name: str):
    waiting, imported = [MANIFEST[name]], set()
    while waiting:
        fresh = set(IMPORT.findall((FOLDER / waiting.pop()).read_text())) - imported
        imported |= fresh
        waiting += fresh
    said = str(site.jinja_env.globals["module"](name))
    ahead = re.findall(r'<link rel="modulepreload" href="/assets/([^"]+)">', said)
    assert sorted(ahead) == sorted(imported)
    assert said.endswith(f'<script type="module" src="/assets/{MANIFEST[name]}"></script>')
