"""A browser without JavaScript: Flask's own test client, which sends the token that pages carry."""

from __future__ import annotations

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
TOKEN = "0" * 40


class Browser(FlaskClient):
    """Commits the test's own session before each request; sends a CSRF token unless told not to."""

    def open(self, *args, csrf: bool = True, **kwargs):
        if (db := self.application.extensions.get("viva_test_session")) is not None:
            db.commit()
        if csrf and str(kwargs.get("method", "GET")).upper() in UNSAFE:
            with self.session_transaction() as session:
                session["csrf_token"] = TOKEN
            signer = URLSafeTimedSerializer(
                self.application.config["SECRET_KEY"], salt="wtf-csrf-token"
            )
            headers = dict(kwargs.pop("headers", None) or {})
            headers.setdefault("X-CSRFToken", signer.dumps(TOKEN))
            kwargs["headers"] = headers
        return super().open(*args, **kwargs)
