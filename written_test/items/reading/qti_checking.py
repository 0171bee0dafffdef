"""Whether a QTI item's rules give the most for exactly what its key says; else it is not taken.

The key is tried, then answers that differ from it in one place. Where another one earns as much,
the rules say more than the key: taken with the key alone, right answers would count as wrong.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kernel.errors import N_
from written_test.items.reading.entries import NotTaken, Remark
from written_test.items.reading.qti_rules import Given, Rules

MOST_SUBSETS: Final = 8
"""Options of a multiple choice whose every choice is tried; of more, those near to the key."""
MOST_PRODUCTS: Final = 200
NONSENSE: Final = "\u2063viva\u2063"
"""What nobody means by any answer."""

NO_RULES: Final = Remark(
    N_("Le fichier ne dit pas comment la question est corrigée : la réponse déclarée fait foi.")
)
PARTIAL: Final = Remark(
    N_("Des réponses incomplètes rapportaient une partie des points : ici, tout juste ou faux.")
)


@dataclass(frozen=True, slots=True)
class Trial:
    """One response: the answers that are right, and others that are not."""

    name: str
    right: tuple[tuple[str, ...], ...]
    wrong: tuple[tuple[str, ...], ...]
    mapped: frozenset[str] = frozenset()  # answers that the file itself gives points for


def check(rules: Rules | None, trials: Sequence[Trial]) -> tuple[Remark, ...]:
    """Return what is to be said of how a question was scored. Raise NotTaken."""
    if rules is None:
        return (NO_RULES,)
    key: Given = {trial.name: trial.right[0] for trial in trials}
    most = rules.score(key)
    if most <= 0 or most <= rules.score({}):
        raise NotTaken(
            N_("Les règles de correction du fichier ne donnent pas de points à sa réponse juste.")
        )
    for together in _right_ones(trials):
        if rules.score(together) != most:
            raise _more_than_the_key()
    partial = False
    for trial in trials:
        for answer in trial.wrong:
            worth = rules.score({**key, trial.name: answer})
            if worth > most or (worth == most and not trial.mapped.issuperset(answer)):
                raise _more_than_the_key()
            partial = partial or (len(trials) == 1 and worth > 0) or worth == most
        partial = partial or (len(trials) > 1 and rules.score({**key, trial.name: ()}) > 0)
    return (PARTIAL,) if partial else ()


def _right_ones(trials: Sequence[Trial]) -> Iterator[Given]:
    names = [trial.name for trial in trials]
    together = itertools.product(*(trial.right for trial in trials))
    for answers in itertools.islice(together, MOST_PRODUCTS):
        yield dict(zip(names, answers, strict=True))
    for trial in trials:  # whatever the first ones have left out
        for answer in trial.right:
            yield {other.name: other.right[0] for other in trials} | {trial.name: answer}


def _more_than_the_key() -> NotTaken:
    return NotTaken(
        N_(
            "Les règles de correction du fichier acceptent d'autres réponses que celles qu'il "
            "déclare justes : elles ne sont pas suivies ici."
        )
    )


def one_of(name: str, right: Sequence[str], every: Sequence[str], mapped: Sequence[str]) -> Trial:
    """Return the trial of a response that takes one of some identifiers."""
    return Trial(
        name,
        tuple((key,) for key in right),
        tuple((key,) for key in every if key not in right),
        frozenset(mapped),
    )


def some_of(name: str, right: Sequence[str], every: Sequence[str], most: int) -> Trial:
    """Return the trial of a response that takes several of some identifiers."""
    wanted = frozenset(right)
    if len(every) <= MOST_SUBSETS:
        others = {
            frozenset(keys)
            for size in range(len(every) + 1)
            for keys in itertools.combinations(every, size)
        }
    else:
        others = {wanted ^ {key} for key in every} | {frozenset((key,)) for key in every}
        others |= {frozenset(every)}
    others = {keys for keys in others if not most or len(keys) <= most}
    others.discard(wanted)
    return Trial(
        name, (tuple(right),), tuple(tuple(sorted(keys)) for keys in sorted(others, key=sorted))
    )


def words(name: str, right: Sequence[str], others: Sequence[str]) -> Trial:
    """Return the trial of a response that is written."""
    return Trial(
        name,
        tuple((text,) for text in right),
        ((NONSENSE,), *((text,) for text in others)),
    )


def numbers(name: str, right: Sequence[str], wrong: Sequence[str]) -> Trial:
    """Return the trial of a response that is a number: the ends of its ranges, and beyond."""
    return Trial(name, tuple((text,) for text in right), tuple((text,) for text in wrong))


def in_order(name: str, right: Sequence[str]) -> Trial:
    """Return the trial of a response that is an order."""
    swapped = []
    for place in range(len(right) - 1):
        other = list(right)
        other[place : place + 2] = reversed(other[place : place + 2])
        swapped.append(tuple(other))
    return Trial(name, (tuple(right),), tuple(swapped))


def pairs(name: str, right: Sequence[str], rights: Sequence[str]) -> Trial:
    """Return the trial of a response that is pairs: one left out, one with another partner."""
    wrong = [tuple(right[:place]) + tuple(right[place + 1 :]) for place in range(len(right))]
    for place, pair in enumerate(right):
        left, partner = pair.split()
        for other in rights:
            if other != partner:
                changed = list(right)
                changed[place] = f"{left} {other}"
                wrong.append(tuple(changed))
                break
    return Trial(name, (tuple(right),), tuple(wrong))


def around(low: Decimal, high: Decimal) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ends of a range of numbers, and numbers just beyond them."""
    step = max(abs(low), abs(high), Decimal(1)) / 1000
    return tuple(dict.fromkeys((str(low), str(high)))), (str(low - step), str(high + step))
