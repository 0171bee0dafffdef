"""Answers that are numbers, with how far from them one may be; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from kernel.errors import N_
from written_test.items.reading.building import Written
from written_test.items.reading.entries import NotTaken, Remark
from written_test.items.reading.weights import Weighed, right_ones


@dataclass(frozen=True, slots=True)
class Tolerated:
    """A number, how far from it one may be, and the percentage of the grade that it gives."""

    text: str
    tolerance: str
    weight: float


def ranges_of(answers: Sequence[Tolerated]) -> tuple[Written, tuple[Remark, ...]]:
    """Return the gap that takes these numbers. Raise NotTaken where one cannot be read."""
    kept = [answer for answer in answers if answer.text != "*" or answer.weight > 0]
    if any(answer.text == "*" for answer in kept):
        raise NotTaken(N_("N'importe quel nombre (*) est donné comme juste."))
    right, notes = right_ones(
        [Weighed(answer.text, answer.weight) for answer in kept], several=False
    )
    taken = [answer for answer, is_right in zip(kept, right, strict=True) if is_right]
    ranges = [range_of(answer.text, answer.tolerance) for answer in taken]
    return Written([answer.text for answer in taken], ranges=ranges), notes


def range_of(text: str, tolerance: str) -> tuple[str, str]:
    """Return the least and the greatest number that are right. Raise NotTaken."""
    value, about = number_of(text), abs(number_of(tolerance))
    return f"{value - about:f}", f"{value + about:f}"


def number_of(text: str) -> Decimal:
    """Return the number that a file writes, with a point or a comma. Raise NotTaken."""
    try:
        read = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        read = Decimal("nan")
    if not read.is_finite() or abs(read) > Decimal("1e15"):
        raise NotTaken(N_("« %(text)s » n'est pas un nombre."), text=text[:80])
    return read
