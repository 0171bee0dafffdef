"""What a QTI item declares as right: correct responses and mappings."""

from __future__ import annotations

from dataclasses import dataclass

from written_test.items.reading.xml import (
    Element,
    attribute,
    child,
    children,
    words_of,
)


@dataclass(frozen=True, slots=True)
class Response:
    """One response declaration."""

    cardinality: str
    correct: tuple[str, ...]
    mapped: tuple[tuple[str, float], ...]

    @property
    def best(self) -> tuple[str, ...]:
        """Return the mapped values that give most, when they give anything."""
        most = max((worth for _key, worth in self.mapped), default=0.0)
        return tuple(key for key, worth in self.mapped if worth == most > 0)

    @property
    def right(self) -> tuple[str, ...]:
        """Return what is right together: the correct response, else all that is mapped above 0."""
        return self.correct or tuple(key for key, worth in self.mapped if worth > 0)

    @property
    def accepted(self) -> tuple[str, ...]:
        """Return what is right each by itself: the correct response and the best mapped."""
        return tuple(dict.fromkeys((*self.correct, *self.best)))


NOTHING = Response("", (), ())


def responses(root: Element) -> dict[str, Response]:
    """Return the response declarations of an item by their identifiers."""
    found = {}
    for one in children(root, "response-declaration"):
        correct = child(one, "correct-response")
        mapping = child(one, "mapping")
        found[str(one.get("identifier") or "")] = Response(
            attribute(one, "cardinality"),
            tuple(words_of(value) for value in children(correct, "value"))
            if correct is not None
            else (),
            tuple(_mapped(entry) for entry in children(mapping, "map-entry"))
            if mapping is not None
            else (),
        )
    return found


def _mapped(entry: Element) -> tuple[str, float]:
    try:
        worth = float(attribute(entry, "mapped-value") or 0)
    except ValueError:
        worth = 0.0
    return " ".join(attribute(entry, "map-key").split()), worth
