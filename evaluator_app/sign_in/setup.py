"""Bind the sign-in library to our people."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager
from flask_security import hash_password

from evaluator_app.edge import db
from kernel.permissions import Role
from people.models import User


@dataclass(frozen=True)
class Visitor:
    """Who is signed in, as the sign-in library sees them; never a database row."""

    user_id: int
    role: Role
    name: str
    locale: str
    timezone: str
    is_active: bool
    is_authenticated: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return the id kept in the session."""
        return str(self.user_id)

    @classmethod
    def of(cls, user: User) -> Visitor:
        """Return the visitor that `user` is."""
        return cls(user.id, user.role, user.name, user.locale, user.timezone, user.active)


def init_app(app: Flask) -> None:
    """Load who is signed in at each request."""
    manager = LoginManager(app)

    @manager.user_loader
    def _load(user_id: str) -> Visitor | None:
        user = db().get(User, int(user_id)) if user_id.isdigit() else None
        return Visitor.of(user) if user is not None and user.active else None

    @manager.unauthorized_handler
    def _unauthorized() -> ResponseReturnValue:
        return redirect(url_for("public.home", next=request.full_path))


def hash_code(code: str) -> str:
    """Return what an account keeps of an access code."""
    return str(hash_password(code))
