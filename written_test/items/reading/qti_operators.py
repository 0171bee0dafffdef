"""The operators of QTI's response processing, each what it is worth for one answer.

Values are tuples of strings or decimal numbers, None where there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, DivisionByZero, InvalidOperation
from typing import Final, Protocol, TypeAlias

from kernel.errors import N_
from written_test.items.reading.entries import NotTaken
from written_test.items.reading.qti_responses import Response
from written_test.items.reading.xml import Element, attribute, children, line_of, name_of

Scalar: TypeAlias = str | Decimal | bool
Value: TypeAlias = tuple[Scalar, ...] | None
NUMBERS: Final = ("integer", "float")


class Run(Protocol):
    """One answer whose worth is asked, as operators see it."""

    responses: Mapping[str, Response]

    def value(self, element: Element) -> Value:
        """Return what an expression is worth."""
        ...

    def values(self, element: Element) -> list[Value]:
        """Return what each child of an operator is worth."""
        ...

    def variable(self, element: Element) -> Value:
        """Return the value of a variable."""
        ...

    def correct(self, element: Element) -> Value:
        """Return the key of a response."""
        ...

    def map_response(self, element: Element) -> Value:
        """Return the points that a mapping gives for a response."""
        ...


def number(text: str) -> Decimal | None:
    """Return the number that a value of a file is, or None."""
    try:
        read = Decimal(text.strip())
    except InvalidOperation:
        return None
    return read if read.is_finite() else None


def unknown(element: Element) -> NotTaken:
    """Return the refusal of a rule that is not followed."""
    return NotTaken(
        N_("La question est corrigée par une règle (%(name)s) qui n'est pas suivie ici."),
        line=line_of(element),
        name=name_of(element)[:60],
    )


def typed(values: tuple[str, ...], response: Response) -> Value:
    """Return an answer as values of the type of its response."""
    if not values:
        return None
    if response.base_type in NUMBERS:
        read = tuple(number(value) for value in values)
        return tuple(value for value in read if value is not None) or None
    if response.base_type in ("pair", "directedPair"):
        return tuple(" ".join(value.split()) for value in values)
    return values


def same(left: Value, right: Value, response: Response | None = None) -> bool:
    """Tell whether two values are the same, in any order where the response has none."""
    if left is None or right is None:
        return False
    if response is not None and response.cardinality == "multiple":
        return sorted(map(str, left)) == sorted(map(str, right))
    return left == right


def truth(value: Value) -> bool:
    """Tell whether a value is true."""
    return value is not None and value[0] is True


def number_in(value: Value) -> Decimal:
    """Return the number of a value, 0 where it is none."""
    return value[0] if value and isinstance(value[0], Decimal) else Decimal(0)


def _is(truth: bool) -> Value:
    return (truth,)


def _match(run: Run, element: Element) -> Value:
    parts = children(element)
    if len(parts) != 2:
        raise unknown(element)
    left, right = run.values(element)
    if left is None or right is None:
        return None
    if any(_is_unordered(run, part) for part in parts):
        return _is(sorted(map(str, left)) == sorted(map(str, right)))
    return _is(left == right)


def _is_unordered(run: Run, part: Element) -> bool:
    response = run.responses.get(attribute(part, "identifier"))
    return name_of(part) == "multiple" or (
        response is not None and response.cardinality == "multiple"
    )


def _string_match(run: Run, element: Element) -> Value:
    left, right = run.values(element)
    if left is None or right is None:
        return None
    text, other = str(left[0]), str(right[0])
    if attribute(element, "case-sensitive") != "true":
        text, other = text.casefold(), other.casefold()
    if attribute(element, "substring") == "true":
        return _is(other in text)
    return _is(text == other)


def bounds(element: Element, target: Decimal) -> tuple[Decimal, Decimal]:
    """Return from where to where an `equal` takes a number for `target`. Raise NotTaken."""
    mode = attribute(element, "tolerance-mode") or "exact"
    if mode == "exact":
        return target, target
    if any(
        attribute(element, f"include-{side}-bound") == "false" for side in ("lower", "upper")
    ) or mode not in ("absolute", "relative"):
        raise unknown(element)
    given = [number(part) for part in attribute(element, "tolerance").split()]
    if not given or None in given:
        raise unknown(element)
    below, above = Decimal(given[0] or 0), Decimal(given[-1] or 0)
    if mode == "relative":
        below, above = abs(target) * below / 100, abs(target) * above / 100
    return target - below, target + above


def _equal(run: Run, element: Element) -> Value:
    left, right = run.values(element)
    if left is None or right is None:
        return None
    low, high = bounds(element, number_in(right))
    return _is(low <= number_in(left) <= high)


def _compare(test: Callable[[Decimal, Decimal], bool]) -> Callable[[Run, Element], Value]:
    def operator(run: Run, element: Element) -> Value:
        left, right = run.values(element)
        if left is None or right is None:
            return None
        return _is(test(number_in(left), number_in(right)))

    return operator


def _flat(values: list[Value]) -> tuple[Scalar, ...]:
    return tuple(part for value in values if value is not None for part in value)


def _sum(run: Run, element: Element) -> Value:
    values = run.values(element)
    if None in values:
        return None
    return (sum((number_in((part,)) for part in _flat(values)), Decimal(0)),)


def _product(run: Run, element: Element) -> Value:
    values = run.values(element)
    if None in values:
        return None
    total = Decimal(1)
    for part in _flat(values):
        total *= number_in((part,))
    return (total,)


def _subtract(run: Run, element: Element) -> Value:
    left, right = run.values(element)
    return None if left is None or right is None else (number_in(left) - number_in(right),)


def _divide(run: Run, element: Element) -> Value:
    left, right = run.values(element)
    if left is None or right is None:
        return None
    try:
        return (number_in(left) / number_in(right),)
    except (DivisionByZero, InvalidOperation):
        return None


def _base_value(_run: Run, element: Element) -> Value:
    text = "".join(element.itertext()).strip()
    kind = attribute(element, "base-type")
    if kind in NUMBERS:
        read = number(text)
        return None if read is None else (read,)
    if kind == "boolean":
        return _is(text == "true")
    return (" ".join(text.split()) if kind in ("pair", "directedPair") else text,)


def _member(run: Run, element: Element) -> Value:
    left, right = run.values(element)
    return None if left is None or right is None else _is(left[0] in right)


def _contains(run: Run, element: Element) -> Value:
    left, right = run.values(element)
    if left is None or right is None:
        return None
    return _is(all(left.count(part) >= right.count(part) for part in right))


def _and(run: Run, element: Element) -> Value:
    return _is(all(truth(run.value(part)) for part in children(element)))


def _or(run: Run, element: Element) -> Value:
    return _is(any(truth(run.value(part)) for part in children(element)))


def _extreme(best: Callable[..., Decimal]) -> Callable[[Run, Element], Value]:
    def operator(run: Run, element: Element) -> Value:
        numbers = [number_in((part,)) for part in _flat(run.values(element))]
        return (best(numbers),) if numbers else None

    return operator


def _size(run: Run, element: Element) -> Value:
    (value,) = run.values(element)
    return (Decimal(len(value or ())),)


def _container(run: Run, element: Element) -> Value:
    return _flat(run.values(element)) or None


def _negate(run: Run, element: Element) -> Value:
    return _is(not truth(run.value(child_of(element))))


def _is_null(run: Run, element: Element) -> Value:
    return _is(run.value(child_of(element)) is None)


def child_of(element: Element) -> Element:
    """Return the only child of an operator. Raise NotTaken."""
    parts = children(element)
    if len(parts) != 1:
        raise unknown(element)
    return parts[0]


OPERATORS: Final[dict[str, Callable[[Run, Element], Value]]] = {
    "variable": lambda run, element: run.variable(element),
    "correct": lambda run, element: run.correct(element),
    "map-response": lambda run, element: run.map_response(element),
    "base-value": _base_value,
    "null": lambda _run, _element: None,
    "match": _match,
    "string-match": _string_match,
    "equal": _equal,
    "and": _and,
    "or": _or,
    "not": _negate,
    "is-null": _is_null,
    "sum": _sum,
    "product": _product,
    "subtract": _subtract,
    "divide": _divide,
    "gt": _compare(lambda left, right: left > right),
    "gte": _compare(lambda left, right: left >= right),
    "lt": _compare(lambda left, right: left < right),
    "lte": _compare(lambda left, right: left <= right),
    "min": _extreme(min),
    "max": _extreme(max),
    "member": _member,
    "contains": _contains,
    "multiple": _container,
    "ordered": _container,
    "container-size": _size,
    "integer-to-float": lambda run, element: run.value(child_of(element)),
}
