"""The public home."""

from __future__ import annotations

from flask import render_template

from evaluator_app.desks.public import bp


@bp.get("/")
def home() -> str:
    """Show what this is, for whom, and how to verify a document."""
    return render_template("public/home.html")
