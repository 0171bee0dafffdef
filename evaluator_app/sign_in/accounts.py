"""Our people as the sign-in library sees them: who is here, and whose secrets it may check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from flask_security import RoleMixin, UserDatastore, UserMixin
from sqlalchemy import select

from evaluator_app.web.edge import db
from kernel import addresses
from kernel.permissions import Role
from people.models import User

SECRETS = frozenset(
    {"password", "fs_uniquifier", "tf_primary_method", "tf_totp_secret", "mf_recovery_codes"}
)


@dataclass(frozen=True)
class Visitor:
    """Who is signed in, for pages; never a database row."""

    user_id: int
    fs_uniquifier: str
    role: Role
    name: str
    email: str
    locale: str
    timezone: str
    is_active: bool
    has_second_factor: bool
    is_authenticated: bool = True
    is_anonymous: bool = False
    roles: ClassVar[tuple[()]] = ()

    def get_id(self) -> str:
        """Return the id kept in the browser's session."""
        return self.fs_uniquifier

    @classmethod
    def of(cls, user: User) -> Visitor:
        """Return the visitor that `user` is."""
        return cls(
            user.id,
            user.fs_uniquifier,
            user.role,
            user.name,
            user.email,
            user.locale,
            user.timezone,
            user.active,
            bool(user.tf_primary_method),
        )


class Account(UserMixin):
    """One of our users where the library reads and writes its secrets: it holds the row."""

    fs_uniquifier = ""  # the library looks for it on the class

    def __init__(self, user: User) -> None:
        """Stand for `user`."""
        object.__setattr__(self, "user", user)

    def __getattribute__(self, name: str) -> Any:
        """Read from the row what the row has."""
        if name in SECRETS or name in {"id", "email", "active", "tf_last_counter"}:
            return getattr(object.__getattribute__(self, "user"), name)
        return object.__getattribute__(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        """Write secrets to the row; nothing else of a person is the library's to change.

        Raises:
            AttributeError: `name` is no secret.
        """
        if name not in SECRETS and name != "tf_last_counter":
            raise AttributeError(name)
        setattr(self.user, name, value)


class Datastore(UserDatastore):
    """The library's door to our people, through the session of the request.

    Its `commit` only flushes: the edge commits a request, once.
    """

    def __init__(self) -> None:
        """Know accounts; there are no roles here, permissions are the house's own."""
        super().__init__(Account, RoleMixin)

    def find_user(self, case_insensitive: bool = False, **keys: Any) -> Account | None:  # noqa: ARG002
        """Return the account by one unique key (`email` or `fs_uniquifier`)."""
        ((key, value),) = keys.items()
        if key == "email":
            value = addresses.canonical(str(value))
        user = db().scalar(select(User).where(getattr(User, key) == value))
        return Account(user) if user is not None else None

    def find_role(self, role: str) -> None:
        """Return nothing: permissions are decided by the nouns."""

    def mf_delete_recovery_code(self, user: UserMixin, idx: int) -> bool:
        """Use up one recovery code: the library's own would change the list unseen by the row."""
        codes = list(user.mf_recovery_codes or [])
        if idx >= len(codes):
            return False
        user.mf_recovery_codes = codes[:idx] + codes[idx + 1 :]
        return True

    def put(self, model: Account) -> Account:
        """Keep what changed; the row belongs to the session already."""
        return model

    def delete(self, model: Account) -> None:
        """Delete nobody: an account is closed, its acts stay readable.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError

    def commit(self) -> None:
        """Flush."""
        db().flush()
