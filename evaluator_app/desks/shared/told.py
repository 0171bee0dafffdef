"""What is said of an act whose letter tells the person concerned."""

from __future__ import annotations

from flask import flash

from evaluator_app.web.edge import house
from evaluator_app.words import _


def flash_told(words: str) -> None:
    """Say `words`, which promise a letter, or, where none leaves, that nobody will get it."""
    if house().settings.letters_leave:
        flash(words, "good")
        return
    flash(
        _(
            "C'est fait, mais aucun e-mail ne part de cette installation : prévenez vous-même la "
            "personne concernée."
        ),
        "wait",
    )
