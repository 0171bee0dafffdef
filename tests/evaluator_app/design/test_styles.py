"""The build keeps of Tabler what pages name: no page asks for a rule that is not served.

What only a page at work shows (a class that Python or a macro's table gives) is looked at in
`tests/e2e/test_axe.py`.
"""

from __future__ import annotations

import re
from pathlib import Path

import styles

from kernel.settings import HERE

ATTRIBUTE = re.compile(r"""\bclass(?:Name|_)?["']?\s*[:=]\s*(["'`])(.*?)\1""", re.DOTALL)
# What a name begins with where the rest is put together: `btn-{{ kind }}`, `btn-${kind}`.
BEGUN = re.compile(r"(?<![\w-])([a-z][\w-]*-)(?:\{[{%]|\$\{|[\"'] *[~+])")
SOURCES = sorted({*HERE.glob("templates/**/*.html"), *HERE.glob("frontend/**/*.js")})


def attributes(path: Path) -> list[str]:
    """Return what the `class` attributes of a template or a script say."""
    return [words for _, words in ATTRIBUTE.findall(path.read_text())]


def test_every_class_of_tabler_that_a_source_names_is_served():
    named = {
        name
        for path in SOURCES
        for words in attributes(path)
        for name in re.findall(r"[\w-]+", words)
    }
    assert {"btn", "btn-icon", "form-control", "is-invalid"} - named == set()
    assert styles.lost(named) == []


def test_no_class_of_tabler_is_put_together():
    begun = {
        (path.name, start)
        for path in SOURCES
        for words in attributes(path)
        for start in BEGUN.findall(words)
        if any(name.startswith(start) for name in styles.of_tabler())
    }
    assert begun == set()


def test_what_no_page_names_is_left_out():
    assert styles.lost({"carousel", "offcanvas", "btn-facebook"}) == [
        "btn-facebook",
        "carousel",
        "offcanvas",
    ]


def test_every_class_of_ours_has_the_prefix():
    ours = set().union(*(styles.named(path.read_text()) for path in HERE.glob("frontend/**/*.css")))
    others = {name for name in ours - styles.of_tabler() if not name.startswith(("vv-", "is-"))}
    assert others == {
        "js",
        "htmx-request",
        *"abdfs",
    }  # said of a page by scripts; inks of a drawing
