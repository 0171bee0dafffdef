"""What a decision rule says, in the page's language: a few sentences, before it is chosen."""

from __future__ import annotations

from collections.abc import Mapping

from evaluator_app.words.language import _, locale
from kernel import i18n
from results.explanation import distance
from results.policy import OralKind, OralRule, OverallKind, OverallRule, Policy, Rounding
from rubrics.scale import THIRDS_PER_LEVEL


def describe(policy: Policy, names: Mapping[str, str]) -> list[str]:
    """Return a rule as sentences; `names` are those of the criteria in the page's language."""
    return [*_oral(policy.oral, names), *_overall(policy.overall)]


def _oral(rule: OralRule, names: Mapping[str, str]) -> list[str]:
    if rule.kind is OralKind.CONJUNCTIVE:
        sentences = [_("Oral : le niveau le plus haut que tous les critères atteignent.")]
        if rule.allowed_below:
            sentences.append(
                _(
                    "Critères qui peuvent rester un tiers de niveau au-dessous : "
                    "%(number)s au plus.",
                    number=rule.allowed_below,
                )
            )
    else:
        sentences = [_mean(rule, names)]
    if rule.cap_thirds is not None:
        sentences.append(
            _(
                "L'oral dépasse le critère le plus bas %(distance)s au plus.",
                distance=distance(rule.cap_thirds, locale()),
            )
        )
    sentences.append(
        _(
            "Critères sans note au plus, sans qu'une personne décide : %(number)s.",
            number=rule.allowed_not_assessable,
        )
    )
    return sentences


def _mean(rule: OralRule, names: Mapping[str, str]) -> str:
    nearest = rule.rounding is Rounding.HALF_UP
    if len({weight for _key, weight in rule.weights}) == 1:
        if nearest:
            return _(
                "Oral : moyenne des critères, de même poids, arrondie au niveau le plus proche."
            )
        return _("Oral : moyenne des critères, de même poids, arrondie au niveau inférieur.")
    weights = i18n.listed(
        [f"{names.get(key, key)} × {weight}" for key, weight in rule.weights], locale()
    )
    if nearest:
        return _(
            "Oral : moyenne pondérée (%(weights)s), arrondie au niveau le plus proche.",
            weights=weights,
        )
    return _(
        "Oral : moyenne pondérée (%(weights)s), arrondie au niveau inférieur.", weights=weights
    )


def _overall(rule: OverallRule) -> list[str]:
    if rule.kind is OverallKind.LOWEST:
        return [_("Niveau global : le plus bas de l'oral et de l'écrit.")]
    if rule.kind is OverallKind.MATRIX:
        return [_("Niveau global : lu dans une table, par l'oral et l'écrit.")]
    shares = {"oral": rule.oral_weight, "written": rule.written_weight}
    sentences = [
        _(
            "Niveau global : moyenne de l'oral (poids %(oral)s) et de l'écrit (poids %(written)s), "
            "arrondie au niveau le plus proche.",
            **shares,
        )
        if rule.rounding is Rounding.HALF_UP
        else _(
            "Niveau global : moyenne de l'oral (poids %(oral)s) et de l'écrit (poids %(written)s), "
            "arrondie au niveau inférieur.",
            **shares,
        )
    ]
    if rule.cap_levels is not None:
        sentences.append(
            _(
                "Il dépasse le plus bas des deux %(distance)s au plus.",
                distance=distance(rule.cap_levels * THIRDS_PER_LEVEL, locale()),
            )
        )
    return sentences
