"""The response processing of a QTI item, followed step by step to see what it gives points for.

Only to compare: a question is taken when the rules give the most for exactly what its key says
(`qti_checking`). Values are tuples of strings or decimal numbers, None where there is none.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, TypeAlias

from kernel.errors import N_
from written_test.items.reading.entries import NotTaken
from written_test.items.reading.qti_operators import (
    NUMBERS,
    OPERATORS,
    Value,
    number,
    number_in,
    same,
    truth,
    typed,
    unknown,
)
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

Given: TypeAlias = Mapping[str, tuple[str, ...]]

SCORE: Final = "SCORE"
MOST_STEPS: Final = 200_000
"""Operators that are followed for one question, over all the answers that are tried."""
_MATCH: Final = ("match_correct", "cc2_match", "cc2_match_basic", "match")
_MAP: Final = ("map_response", "cc2_map_response")


class _Exit(Exception):
    """The rules end here."""


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
        self.responses = responses
        self._given = given
        self._step = step
        self.outcomes: dict[str, Value | NotTaken] = dict(outcomes)

    def by_template(self, template: str) -> Decimal:
        """Return the points of a standard template.

        They look at one response; an author who has several means each of them.
        """
        total = Decimal(0)
        for name, response in self.responses.items():
            if template == "map" and response.mapped:
                total += number_in(self._mapped(name))
            else:
                total += int(same(self._answer(name), self._correct(name), response))
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
                self.outcomes[attribute(rule, "identifier")] = unknown(rule)
            else:
                raise unknown(rule)

    def _condition(self, rule: Element) -> None:
        for branch in children(rule):
            parts = children(branch)
            if name_of(branch) == "response-else":
                self.follow(parts)
                return
            if not parts:
                continue
            if truth(self.value(parts[0])):
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
        operator = OPERATORS.get(name_of(element))
        if operator is None:
            raise unknown(element)
        return operator(self, element)

    def values(self, element: Element) -> list[Value]:
        return [self.value(part) for part in children(element)]

    def variable(self, element: Element) -> Value:
        name = attribute(element, "identifier")
        if name in self.responses:
            return self._answer(name)
        value = self.outcomes.get(name)
        if isinstance(value, NotTaken):
            raise value
        return value

    def _answer(self, name: str) -> Value:
        return typed(self._given.get(name, ()), self.responses[name])

    def _correct(self, name: str) -> Value:
        response = self.responses.get(name)
        return typed(response.correct, response) if response else None

    def correct(self, element: Element) -> Value:
        return self._correct(attribute(element, "identifier"))

    def map_response(self, element: Element) -> Value:
        return self._mapped(attribute(element, "identifier"))

    def _mapped(self, name: str) -> Value:
        response = self.responses.get(name)
        if response is None:
            return None
        total = Decimal(0)
        for answer in dict.fromkeys(self._given.get(name, ())):
            total += response.worth_of(answer)
        return (response.bounded(total),)


def _at_first(root: Element) -> dict[str, Value]:
    """Return the values of outcomes before any rule: as declared, else 0 of what is a number."""
    values: dict[str, Value] = {}
    for declaration in children(root, "outcome-declaration"):
        counts = attribute(declaration, "base-type") in NUMBERS
        declared = child(declaration, "default-value")
        said = (
            [] if declared is None else [words_of(value) for value in children(declared, "value")]
        )
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


def strings_in(root: Element) -> list[str]:
    """Return the words that the rules of an item name."""
    processing = child(root, "response-processing")
    if processing is None:
        return []
    return [
        words_of(value)
        for value in descendants(processing, "base-value")
        if attribute(value, "base-type") == "string"
    ]
