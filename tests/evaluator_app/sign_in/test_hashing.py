from __future__ import annotations

from flask_security import verify_password

from evaluator_app.sign_in import hash_code


def test_an_access_code_is_kept_hashed_and_found_again(app):
    with app.app_context():
        kept = hash_code("K7QM-2XWD-9HPT")
        assert kept.startswith("$argon2id$")
        assert verify_password("K7QM-2XWD-9HPT", kept) is True
        assert verify_password("K7QM-2XWD-9HPU", kept) is False
