"""What a QTI item declares as right: correct responses and mappings."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from written_test.items.reading.xml import (
    Element,
    attribute,
    child,
    children,
    words_of,
)


@dataclass(frozen=True, slots=True)
class Mapped:
    """A value that a mapping gives points for."""

    key: str
    worth: Decimal
    case: bool | None  # whether capital letters count, where the file says it


@dataclass(frozen=True, slots=True)
class Response:
    """One response declaration."""

    cardinality: str
    base_type: str
    correct: tuple[str, ...]
    mapped: tuple[Mapped, ...]
    default: Decimal = Decimal(0)
    least: Decimal | None = None
    most: Decimal | None = None
    areas: bool = False  # points are given for places on a picture

    @property
    def best(self) -> tuple[str, ...]:
        """Return the mapped values that give most, when they give anything."""
        most = max((entry.worth for entry in self.mapped), default=Decimal(0))
        return tuple(entry.key for entry in self.mapped if entry.worth == most > 0)

    @property
    def right(self) -> tuple[str, ...]:
        """Return what is right together: the correct response, else all that is mapped above 0."""
        return self.correct or tuple(entry.key for entry in self.mapped if entry.worth > 0)

    @property
    def accepted(self) -> tuple[str, ...]:
        """Return what is right each by itself: the correct response and the best mapped."""
        return tuple(dict.fromkeys((*self.correct, *self.best)))

    @property
    def wrong(self) -> tuple[str, ...]:
        """Return the values that the file names and that are not right."""
        return tuple(entry.key for entry in self.mapped if entry.key not in self.accepted)

    @property
    def in_other_capitals(self) -> tuple[str, ...]:
        """Return answers in capitals that the file says are right, where it has others wrong."""
        wrong = {key.casefold() for key in self.wrong}
        return tuple(
            entry.key.swapcase()
            for entry in self.mapped
            if entry.case is False and entry.key in self.accepted and entry.key.casefold() in wrong
        )

    def worth_of(self, answer: str) -> Decimal:
        """Return the points of the mapping for one value."""
        for entry in self.mapped:
            if entry.key == answer:
                return entry.worth
        for entry in self.mapped:
            if not entry.case and entry.key.casefold() == answer.casefold():
                return entry.worth
        return self.default

    def bounded(self, total: Decimal) -> Decimal:
        """Return a sum of points within the bounds of the mapping."""
        if self.least is not None:
            total = max(total, self.least)
        return total if self.most is None else min(total, self.most)


NOTHING = Response("", "", (), ())


def responses(root: Element) -> dict[str, Response]:
    """Return the response declarations of an item by their identifiers."""
    declared = {}
    for declaration in children(root, "response-declaration"):
        correct = child(declaration, "correct-response")
        mapping = child(declaration, "mapping")
        declared[str(declaration.get("identifier") or "")] = Response(
            attribute(declaration, "cardinality"),
            attribute(declaration, "base-type"),
            tuple(words_of(value) for value in children(correct, "value"))
            if correct is not None
            else (),
            tuple(_mapped(entry) for entry in children(mapping, "map-entry"))
            if mapping is not None
            else (),
            (_decimal(mapping, "default-value") if mapping is not None else None) or Decimal(0),
            _decimal(mapping, "lower-bound") if mapping is not None else None,
            _decimal(mapping, "upper-bound") if mapping is not None else None,
            child(declaration, "area-mapping") is not None,
        )
    return declared


def _decimal(element: Element, name: str) -> Decimal | None:
    try:
        read = Decimal(attribute(element, name) or "x")
    except InvalidOperation:
        return None
    return read if read.is_finite() else None


def _mapped(entry: Element) -> Mapped:
    return Mapped(
        " ".join(attribute(entry, "map-key").split()),
        _decimal(entry, "mapped-value") or Decimal(0),
        {"true": True, "false": False}.get(attribute(entry, "case-sensitive")),
    )
