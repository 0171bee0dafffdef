"""Pages that are renewed in parts: they alone carry the script that does it."""

from __future__ import annotations

import re

from kernel.settings import HERE

FOLDER = HERE / "templates"
RENEWED = re.compile(r"\bhx-[a-z]")
TAKEN = re.compile(r"""\{%-?\s*(?:extends|include|from|import)\s+["']([^"']+)["']""")
DESK = '{% extends "layouts/desk.html" %}'


def test_every_page_that_is_renewed_in_parts_is_a_desks():
    texts = {str(path.relative_to(FOLDER)): path.read_text() for path in FOLDER.rglob("*.html")}
    renewed = {name for name, text in texts.items() if RENEWED.search(text)}
    while more := {
        name
        for name, text in texts.items()
        if name not in renewed and renewed & set(TAKEN.findall(text))
    }:
        renewed |= more
    pages = {name for name in renewed if '{% extends "' in texts[name]}
    assert "coordinator/home.html" in pages
    assert {name for name in pages if DESK not in texts[name]} == set()
