"""Fractional grades made right or wrong, as the model of the test wants, and what was lost said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kernel.errors import N_
from written_test.items.reading.entries import NotTaken, Remark

_FULL = 99.9


@dataclass(frozen=True, slots=True)
class Weighed:
    """An answer and the percentage of the grade that it gives."""

    text: str
    weight: float


def right_ones(
    answers: Sequence[Weighed], *, several: bool
) -> tuple[list[bool], tuple[Remark, ...]]:
    """Tell which answers are right, and what was read otherwise than it was weighed.

    Where one gives the whole grade, those that do are right. Where several share it, as in a
    multiple choice, all that give some are. Raise NotTaken when nothing gives the whole.
    """
    full = [answer.weight >= _FULL for answer in answers]
    parts = [
        answer
        for answer, whole in zip(answers, full, strict=True)
        if answer.weight > 0 and not whole
    ]
    if any(full):
        notes = tuple(
            Remark(
                N_("La réponse « %(text)s » valait %(weight)s %% : ici elle compte comme fausse."),
                {"text": answer.text[:80], "weight": f"{answer.weight:g}"},
            )
            for answer in parts
        )
        return full, notes
    total = sum(answer.weight for answer in parts)
    if several and abs(total - 100) < 1:
        note = Remark(
            N_("Des fractions de note (%(weights)s) : ici, tout juste ou faux, ensemble."),
            {"weights": ", ".join(f"{answer.weight:g} %" for answer in parts)},
        )
        return [answer.weight > 0 for answer in answers], (note,)
    if parts:
        raise NotTaken(
            N_(
                "Aucune réponse ne vaut 100 %% (la meilleure : %(best)s %%) : ici une réponse "
                "est juste ou fausse."
            ),
            best=f"{max(answer.weight for answer in parts):g}",
        )
    raise NotTaken(N_("Aucune réponse n'est donnée comme juste."))
