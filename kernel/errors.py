"""What can go wrong, said in a way that the edge can turn into a page, a JSON answer or a line.

Messages are French source strings marked with `N_`; the edge translates them for the person.
"""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802 -- gettext's own name for "translate later"
    """Mark `message` for translation without translating it now."""
    return message


class VivaError(Exception):
    """Anything that the product itself refuses."""

    status = 500

    def __init__(self, message: str, **params: object) -> None:
        """Keep the French source `message` (with %(name)s places) and its `params`."""
        super().__init__(message % params if params else message)
        self.message = message
        self.params = params


class NotThere(VivaError):
    """The thing does not exist, or not for this person: the two look the same from outside."""

    status = 404

    def __init__(self, message: str = N_("Cette page n'existe pas."), **params: object) -> None:
        """Say that nothing is there."""
        super().__init__(message, **params)


class Forbidden(NotThere):
    """The actor may not do this; shown as if nothing were there, logged as what it is."""


class Refused(VivaError):
    """The act makes no sense now (wrong state, lost race, locked); nothing was changed."""

    status = 409


class Invalid(VivaError):
    """What was sent cannot be read; `field` names the culprit where there is one."""

    status = 422

    def __init__(self, message: str, field: str | None = None, **params: object) -> None:
        """Say what is wrong with `field`."""
        super().__init__(message, **params)
        self.field = field


class TooLarge(Invalid):
    """What was sent is larger than anything that makes sense there."""

    status = 413
