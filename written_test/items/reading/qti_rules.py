"""The response processing of a QTI item, followed step by step to see what it gives points for.

Only to compare: a question is taken when the rules give the most for exactly what its key says
(`qti_checking`). Values are tuples of strings or decimal numbers, None where there is none.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, DivisionByZero, InvalidOperation
from typing import Final, TypeAlias

from kernel.errors import N_
from written_test.items.reading.entries import NotTaken
from written_test.items.reading.qti_responses import Response
from written_test.items.reading.xml import (
    Element,
    attribute,
    child,
    children,
    descendants,
    line_of,
    name_of,
    words_of,
)

Scalar: TypeAlias = str | Decimal | bool
Value: TypeAlias = tuple[Scalar, ...] | None
Given: TypeAlias = Mapping[str, tuple[str, ...]]

SCORE: Final = "SCORE"
MOST_STEPS: Final = 200_000
"""Operators that are followed for one question, over all the answers that are tried."""
NUMBERS: Final = ("integer", "float")
_MATCH: Final = ("match_correct", "cc2_match", "cc2_match_basic", "match")
_MAP: Final = ("map_response", "cc2_map_response")


class _Exit(Exception):
    """The rules end here."""


def number(text: str) -> Decimal | None:
    """Return the number that a value of a file is, or None."""
    try:
        read = Decimal(text.strip())
    except InvalidOperation:
        return None
    return read if read.is_finite() else None


class Rules:
    """The rules of one item: `score` says what they give for an answer."""

    def __init__(
        self, processing: Element, responses: Mapping[str, Response], outcomes: Mapping[str, Value]
    ) -> None:
        """Keep them; raise NotTaken where they are in another file, or in a template unknown.

        `outcomes` are the values that outcomes have before any rule.
        """
        self._responses = responses
        self._outcomes = outcomes
        self._steps = 0
        self._line = line_of(processing)
        self._template = ""
        self._body = children(processing)
        uri = attribute(processing, "template")
        if not self._body and uri:
            self._template = _template(uri, self._line)

    @property
    def say_nothing(self) -> bool:
        """Tell whether there are no rules at all."""
        return not self._body and not self._template

    def score(self, given: Given) -> Decimal:
        """Return the points for an answer. Raise NotTaken where a rule cannot be followed."""
        run = _Run(self._responses, self._outcomes, given, self._step)
        if self._template:
            return run.by_template(self._template)
        with contextlib.suppress(_Exit):
            run.follow(self._body)
        value = run.outcomes.get(SCORE) or run.outcomes.get("score")
        if isinstance(value, NotTaken):
            raise value
        first = value[0] if value else Decimal(0)
        return first if isinstance(first, Decimal) else Decimal(0)

    def _step(self) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise NotTaken(
                N_("Les règles de correction sont trop longues pour être suivies."),
                line=self._line,
            )


def _template(uri: str, line: int) -> str:
    name = re.sub(r"\.xml$", "", uri.rstrip("/").rpartition("/")[2].lower())
    if name in _MATCH:
        return "match"
    if name in _MAP:
        return "map"
    raise NotTaken(
        N_("La question est corrigée par un modèle de règles (%(name)s) qui n'est pas connu."),
        line=line,
        name=name[:80],
    )


class _Run:
    """One answer, and the outcomes that the rules give for it."""

    def __init__(
        self,
        responses: Mapping[str, Response],
        outcomes: Mapping[str, Value],
        given: Given,
        step: Callable[[], None],
    ) -> None:
        self._responses = responses
        self._given = given
        self._step = step
        self.outcomes: dict[str, Value | NotTaken] = dict(outcomes)

    def by_template(self, template: str) -> Decimal:
        """Return the points of a standard template.

        They look at one response; an author who has several means each of them.
        """
        total = Decimal(0)
        for name, response in self._responses.items():
            if template == "map" and response.mapped:
                total += _number(self._mapped(name))
            else:
                total += int(_same(self._answer(name), self._correct(name), response))
        return total

    def follow(self, rules: list[Element]) -> None:
        for rule in rules:
            self._step()
            name = name_of(rule)
            if name == "response-condition":
                self._condition(rule)
            elif name == "set-outcome-value":
                self._set(rule)
            elif name == "exit-response":
                raise _Exit
            elif name == "response-processing-fragment":
                self.follow(children(rule))
            elif name == "lookup-outcome-value":
                self.outcomes[attribute(rule, "identifier")] = _unknown(rule)
            else:
                raise _unknown(rule)

    def _condition(self, rule: Element) -> None:
        for branch in children(rule):
            parts = children(branch)
            if name_of(branch) == "response-else":
                self.follow(parts)
                return
            if not parts:
                continue
            if _truth(self.value(parts[0])):
                self.follow(parts[1:])
                return

    def _set(self, rule: Element) -> None:
        parts = children(rule)
        try:
            self.outcomes[attribute(rule, "identifier")] = self.value(parts[0]) if parts else None
        except NotTaken as error:  # it matters where the outcome is read
            self.outcomes[attribute(rule, "identifier")] = error

    def value(self, element: Element) -> Value:
        """Return what an expression is worth. Raise NotTaken where it cannot be said."""
        self._step()
        operator = _OPERATORS.get(name_of(element))
        if operator is None:
            raise _unknown(element)
        return operator(self, element)

    def values(self, element: Element) -> list[Value]:
        return [self.value(part) for part in children(element)]

    def variable(self, element: Element) -> Value:
        name = attribute(element, "identifier")
        if name in self._responses:
            return self._answer(name)
        value = self.outcomes.get(name)
        if isinstance(value, NotTaken):
            raise value
        return value

    def _answer(self, name: str) -> Value:
        return _typed(self._given.get(name, ()), self._responses[name])

    def _correct(self, name: str) -> Value:
        response = self._responses.get(name)
        return _typed(response.correct, response) if response else None

    def correct(self, element: Element) -> Value:
        return self._correct(attribute(element, "identifier"))

    def map_response(self, element: Element) -> Value:
        return self._mapped(attribute(element, "identifier"))

    def _mapped(self, name: str) -> Value:
        response = self._responses.get(name)
        if response is None:
            return None
        total = Decimal(0)
        for answer in dict.fromkeys(self._given.get(name, ())):
            total += response.worth_of(answer)
        return (response.bounded(total),)


def _unknown(element: Element) -> NotTaken:
    return NotTaken(
        N_("La question est corrigée par une règle (%(name)s) qui n'est pas suivie ici."),
        line=line_of(element),
        name=name_of(element)[:60],
    )


def _typed(values: tuple[str, ...], response: Response) -> Value:
    if not values:
        return None
    if response.base_type in NUMBERS:
        read = tuple(number(value) for value in values)
        return tuple(value for value in read if value is not None) or None
    if response.base_type in ("pair", "directedPair"):
        return tuple(" ".join(value.split()) for value in values)
    return values


def _same(left: Value, right: Value, response: Response | None = None) -> bool:
    if left is None or right is None:
        return False
    if response is not None and response.cardinality == "multiple":
        return sorted(map(str, left)) == sorted(map(str, right))
    return left == right


def _truth(value: Value) -> bool:
    return value is not None and value[0] is True


def _number(value: Value) -> Decimal:
    return value[0] if value and isinstance(value[0], Decimal) else Decimal(0)


def _is(truth: bool) -> Value:
    return (truth,)


def _match(run: _Run, element: Element) -> Value:
    parts = children(element)
    if len(parts) != 2:
        raise _unknown(element)
    left, right = run.values(element)
    if left is None or right is None:
        return None
    if any(_is_unordered(run, part) for part in parts):
        return _is(sorted(map(str, left)) == sorted(map(str, right)))
    return _is(left == right)


def _is_unordered(run: _Run, part: Element) -> bool:
    response = run._responses.get(attribute(part, "identifier"))  # noqa: SLF001 -- one module
    return name_of(part) == "multiple" or (
        response is not None and response.cardinality == "multiple"
    )


def _string_match(run: _Run, element: Element) -> Value:
    left, right = run.values(element)
    if left is None or right is None:
        return None
    one, two = str(left[0]), str(right[0])
    if attribute(element, "case-sensitive") != "true":
        one, two = one.casefold(), two.casefold()
    if attribute(element, "substring") == "true":
        return _is(two in one)
    return _is(one == two)


def bounds(element: Element, target: Decimal) -> tuple[Decimal, Decimal]:
    """Return from where to where an `equal` takes a number for `target`. Raise NotTaken."""
    mode = attribute(element, "tolerance-mode") or "exact"
    if mode == "exact":
        return target, target
    if any(
        attribute(element, f"include-{side}-bound") == "false" for side in ("lower", "upper")
    ) or mode not in ("absolute", "relative"):
        raise _unknown(element)
    given = [number(part) for part in attribute(element, "tolerance").split()]
    if not given or None in given:
        raise _unknown(element)
    below, above = Decimal(given[0] or 0), Decimal(given[-1] or 0)
    if mode == "relative":
        below, above = abs(target) * below / 100, abs(target) * above / 100
    return target - below, target + above


def _equal(run: _Run, element: Element) -> Value:
    left, right = run.values(element)
    if left is None or right is None:
        return None
    low, high = bounds(element, _number(right))
    return _is(low <= _number(left) <= high)


def _compare(test: Callable[[Decimal, Decimal], bool]) -> Callable[[_Run, Element], Value]:
    def operator(run: _Run, element: Element) -> Value:
        left, right = run.values(element)
        if left is None or right is None:
            return None
        return _is(test(_number(left), _number(right)))

    return operator


def _flat(values: list[Value]) -> tuple[Scalar, ...]:
    return tuple(part for value in values if value is not None for part in value)


def _sum(run: _Run, element: Element) -> Value:
    values = run.values(element)
    if None in values:
        return None
    return (sum((_number((part,)) for part in _flat(values)), Decimal(0)),)


def _product(run: _Run, element: Element) -> Value:
    values = run.values(element)
    if None in values:
        return None
    total = Decimal(1)
    for part in _flat(values):
        total *= _number((part,))
    return (total,)


def _subtract(run: _Run, element: Element) -> Value:
    left, right = run.values(element)
    return None if left is None or right is None else (_number(left) - _number(right),)


def _divide(run: _Run, element: Element) -> Value:
    left, right = run.values(element)
    if left is None or right is None:
        return None
    try:
        return (_number(left) / _number(right),)
    except (DivisionByZero, InvalidOperation):
        return None


def _base_value(_run: _Run, element: Element) -> Value:
    text = "".join(element.itertext()).strip()
    kind = attribute(element, "base-type")
    if kind in NUMBERS:
        read = number(text)
        return None if read is None else (read,)
    if kind == "boolean":
        return _is(text == "true")
    return (" ".join(text.split()) if kind in ("pair", "directedPair") else text,)


def _member(run: _Run, element: Element) -> Value:
    left, right = run.values(element)
    return None if left is None or right is None else _is(left[0] in right)


def _contains(run: _Run, element: Element) -> Value:
    left, right = run.values(element)
    if left is None or right is None:
        return None
    return _is(all(left.count(part) >= right.count(part) for part in right))


def _and(run: _Run, element: Element) -> Value:
    return _is(all(_truth(run.value(part)) for part in children(element)))


def _or(run: _Run, element: Element) -> Value:
    return _is(any(_truth(run.value(part)) for part in children(element)))


def _extreme(best: Callable[..., Decimal]) -> Callable[[_Run, Element], Value]:
    def operator(run: _Run, element: Element) -> Value:
        numbers = [_number((part,)) for part in _flat(run.values(element))]
        return (best(numbers),) if numbers else None

    return operator


def _size(run: _Run, element: Element) -> Value:
    (value,) = run.values(element)
    return (Decimal(len(value or ())),)


def _container(run: _Run, element: Element) -> Value:
    return _flat(run.values(element)) or None


def _negate(run: _Run, element: Element) -> Value:
    return _is(not _truth(run.value(child_of(element))))


def _is_null(run: _Run, element: Element) -> Value:
    return _is(run.value(child_of(element)) is None)


def child_of(element: Element) -> Element:
    """Return the only child of an operator. Raise NotTaken."""
    parts = children(element)
    if len(parts) != 1:
        raise _unknown(element)
    return parts[0]


_OPERATORS: Final[dict[str, Callable[[_Run, Element], Value]]] = {
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


def _at_first(root: Element) -> dict[str, Value]:
    """Return the values of outcomes before any rule: as declared, else 0 of what is a number."""
    values: dict[str, Value] = {}
    for declaration in children(root, "outcome-declaration"):
        counts = attribute(declaration, "base-type") in NUMBERS
        declared = child(declaration, "default-value")
        said = [] if declared is None else [words_of(one) for one in children(declared, "value")]
        if counts:
            read = [number(text) or Decimal(0) for text in said]
            values[attribute(declaration, "identifier")] = tuple(read) or (Decimal(0),)
        else:
            values[attribute(declaration, "identifier")] = tuple(said) or None
    return values


def rules_of(root: Element, responses: Mapping[str, Response]) -> Rules | None:
    """Return the rules of an item, or None where it has none at all. Raise NotTaken."""
    processing = child(root, "response-processing")
    if processing is None:
        return None
    rules = Rules(processing, responses, _at_first(root))
    return None if rules.say_nothing else rules


def uses_mapping(root: Element) -> bool:
    """Tell whether the mappings of an item count: its rules may look at the key alone."""
    processing = child(root, "response-processing")
    if processing is None:
        return True
    if any(True for _ in descendants(processing, "map-response")):
        return True
    name = attribute(processing, "template").lower()
    return "map_response" in name or not (name or children(processing))
