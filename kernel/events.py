"""What one noun does because another decided, in the same transaction.

The noun that decides tells an event, and knows nobody above it. Nouns above register what they do
then when they are loaded (their `handlers` modules); all of it is one transaction: where a handler
refuses, nothing has happened. What may happen later goes through the outbox instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.orm import Session


class Event:
    """Something that was decided; each kind is a frozen dataclass that says what."""


E = TypeVar("E", bound=Event)
Handler = Callable[[Session, E], None]

_handlers: defaultdict[type[Event], list[Handler[Any]]] = defaultdict(list)


def on(kind: type[E]) -> Callable[[Handler[E]], Handler[E]]:
    """Register the decorated function as a handler of `kind`."""

    def register(handler: Handler[E]) -> Handler[E]:
        _handlers[kind].append(handler)
        return handler

    return register


def tell(db: Session, event: Event) -> None:
    """Run every handler of the event now, in the order in which they were registered.

    Raises:
        VivaError: what a handler refuses; the transaction is then to be given up.
    """
    for handler in _handlers[type(event)]:
        handler(db, event)
