"""The notices that every page leads to: who publishes, what is kept of people, how accessible."""

from __future__ import annotations

from flask import render_template

from evaluator_app.web.edge import house
from evaluator_app.words.notices import BASES, COMPLIANCE, kept


def legal() -> str:
    """Say who publishes and who hosts the pages."""
    return render_template("public/legal.html", settings=house().settings)


def privacy() -> str:
    """Say what is kept of people, why, for how long and for whom, and what they may ask."""
    settings = house().settings
    return render_template(
        "public/privacy.html",
        settings=settings,
        basis=BASES.get(settings.privacy_basis),
        kept=kept(settings),
    )


def accessibility() -> str:
    """Say how far the pages can be used by everybody, and where to write when one cannot."""
    settings = house().settings
    return render_template(
        "public/accessibility.html", settings=settings, state=COMPLIANCE[settings.accessibility]
    )
