"""The public home."""

from __future__ import annotations

from flask import render_template


def home() -> str:
    """Show what this is, for whom, and how to verify a document."""
    return render_template("public/home.html")
