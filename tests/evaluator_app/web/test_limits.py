"""How much a field takes is what its rule takes."""

from __future__ import annotations

import re

from evaluator_app.web.limits import LIMITS
from kernel.settings import HERE


def test_fields_name_their_limits_and_each_limit_has_a_field():
    pages = (page.read_text() for page in (HERE / "templates").rglob("*.html"))
    assert {name for page in pages for name in re.findall(r"\blimits\.(\w+)", page)} == set(LIMITS)
