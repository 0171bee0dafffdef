"""The published policies, by the name that a certification and its verdicts bear."""

from __future__ import annotations

from kernel.errors import N_, Refused
from results.policy import DEFAULT, Policy

PUBLISHED: dict[str, Policy] = {DEFAULT.name: DEFAULT}


def named(name: str) -> Policy:
    """Return the published policy `name`.

    Raises:
        Refused: no such policy was published.
    """
    try:
        return PUBLISHED[name]
    except KeyError:
        raise Refused(
            N_("La règle de décision « %(name)s » n'est pas publiée."), name=name
        ) from None
