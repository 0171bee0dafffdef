"""What a revision of a certification changed, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evaluator_app.desks.coordinator.forms import OfferForm
from evaluator_app.words import _, locale
from people.languages import Language

PARTS = {"part_soft_s": "soft", "part_hard_s": "hard"}


def in_words(data: Mapping[str, Any]) -> list[str]:
    """Say what the log keeps of a revision: « Durée de l'oral : 20 → 25 »."""
    form = OfferForm(formdata=None)
    told = [
        _("%(field)s : %(was)s → %(now)s", field=form[name].label.text, was=was, now=now)
        for name, was, now in _single(data.get("changed", {}))
    ]
    rewritten = data.get("rewritten", [])
    return told + [_("%(field)s : réécrit", field=form[name].label.text) for name in rewritten]


def _single(changed: Mapping[str, Any]) -> Iterator[tuple[str, object, object]]:
    """Give each field of the form that changed; the three parts have one each."""
    for name, (was, now) in changed.items():
        if name in PARTS:
            for part, (before, after) in enumerate(zip(was, now, strict=True), 1):
                if before != after:
                    yield f"{PARTS[name]}_{part}", f"{before / 60:g}", f"{after / 60:g}"
        elif name == "language":
            yield name, Language(was).label(locale()), Language(now).label(locale())
        else:
            yield name, was, now
