"""How people come in: passwords and second factor for staff, e-mailed links for candidates."""

from __future__ import annotations

from evaluator_app.sign_in.setup import enter, hash_code, init_app

__all__ = ["enter", "hash_code", "init_app"]
