"""How people come in: passwords and second factor for staff, e-mailed links for candidates."""

from __future__ import annotations

from evaluator_app.sign_in.setup import init_app

__all__ = ["init_app"]
