"""How people come in: passwords and second factor for staff, e-mailed links for candidates."""

from __future__ import annotations

from evaluator_app.sign_in.entering import admit, enter
from evaluator_app.sign_in.hashing import hash_code
from evaluator_app.sign_in.setup import init_app

__all__ = ["admit", "enter", "hash_code", "init_app"]
