"""A verdict's explanation in words, French or English, for the person concerned.

The sentences stand in `content/sentences.json`, both languages side by side, not in the
catalogues: they belong to the published policies, and a stored explanation must read the same
years later. Numbers are on the scale of levels (A1 is 1, C2 is 6), not in thirds.
"""

import json
from collections.abc import Iterable, Mapping
from fractions import Fraction
from importlib.resources import files
from typing import Any, Final

from kernel.levels import Level
from results.policy import Rounding
from results.verdict import Step, StepCode
from rubrics.scale import THIRDS_PER_LEVEL, mark_label

_THIRDS_KEYS: Final = ("mean", "value", "ceiling", "mark")
_LEVEL_KEYS: Final = ("level", "oral", "written", "overall", "target", "certificate", "lower")
_NAME_KEYS: Final = ("criteria", "below", "weakest")

SENTENCES: Final[Mapping[str, Mapping[str, str]]] = json.loads(
    files("results").joinpath("content/sentences.json").read_text(encoding="utf-8")
)
"""Step code, with a variant after a dot where the words differ, → language → sentence."""


def render(steps: Iterable[Step], locale: str, names: Mapping[str, str]) -> list[str]:
    """Put the steps into sentences, one each, in French (`fr`) or English (anything else).

    `names` gives each criterion's name in that language; raise KeyError when one is missing.
    """
    language = "fr" if locale.startswith("fr") else "en"
    sentences = []
    for step in steps:
        sentence = SENTENCES[_variant(step)][language].format_map(_words(step, language, names))
        sentences.append(_typeset(sentence) if language == "fr" else sentence)
    return sentences


def decimal(value: Fraction, locale: str) -> str:
    """Write a number with two decimals, rounded half up, with the locale's separator.

    A number that is not on a half never reads as one: it then gets as many more decimals as
    it takes, so that nobody sees 3.50 rounded down.
    """
    places = 2
    while True:
        unit = 10**places
        digits = int(value * unit + Fraction(1, 2))
        if Fraction(digits, unit) == value or digits * 2 % unit:
            break
        places += 1
    text = f"{digits // unit}.{digits % unit:0{places}d}"
    return text.replace(".", ",") if locale.startswith("fr") else text


def _variant(step: Step) -> str:
    """Name the sentence that the step's values ask for."""
    values, variant = step.values, ""
    match step.code:
        case StepCode.SETTLED:
            variant = values["basis"]
        case StepCode.MEAN:
            variant = "equal" if len(set(values["weights"].values())) == 1 else "weighted"
        case StepCode.ROUNDED if (
            values["level"] == Level.BELOW and values["rounding"] == Rounding.HALF_UP
        ):
            variant = "below"
        case StepCode.ROUNDED | StepCode.OVERALL_MEAN:
            variant = values["rounding"]
        case StepCode.CONJUNCTIVE if values["level"] == Level.BELOW:
            variant = "none"
        case StepCode.CONJUNCTIVE:
            variant = "some" if values["below"] else "all"
        case StepCode.VERDICT:
            variant = "certified" if values["certificate"] else "attested"
    return f"{step.code}.{variant}" if variant else step.code.value


def _words(step: Step, locale: str, names: Mapping[str, str]) -> dict[str, str]:
    """Write every value of a step as a person reads it."""
    overall = step.code in (StepCode.OVERALL_CAP_APPLIED, StepCode.OVERALL_CAP_NOT_REACHED)
    words = {key: str(value) for key, value in step.values.items()}
    for key, value in step.values.items():
        if key == "mark":
            words[key] = _mark(value, locale)
        elif key in _LEVEL_KEYS or (overall and key == "ceiling"):
            words[key] = "" if value is None else _inline(Level(value).label(locale))
        elif key in _NAME_KEYS:
            words[key] = ", ".join(names[name] for name in value)
        elif key in _THIRDS_KEYS:
            words[key] = decimal(Fraction(value) / THIRDS_PER_LEVEL, locale)
    words |= _compound_words(step.values, locale, names)
    return words


def _compound_words(
    values: Mapping[str, Any], locale: str, names: Mapping[str, str]
) -> dict[str, str]:
    words = {}
    if "marks" in values:
        marks = values["marks"].items()
        words["marks"] = ", ".join(f"{names[key]} ({_mark(mark, locale)})" for key, mark in marks)
    if "weights" in values:
        weights = values["weights"].items()
        words["weights"] = ", ".join(f"{names[key]} × {weight}" for key, weight in weights)
    if "cap_thirds" in values:
        words["cap_thirds"] = distance(values["cap_thirds"], locale)
    if "cap_levels" in values:
        words["cap_levels"] = distance(values["cap_levels"] * THIRDS_PER_LEVEL, locale)
    if "oral_weight" in values:
        oral, written = values["oral_weight"], values["written_weight"]
        template = " (poids {} et {})" if locale == "fr" else " (weights {} and {})"
        words["shares"] = "" if oral == written else template.format(oral, written)
    return words


def mark_word(value: int | str, locale: str) -> str:
    """Name a mark as the grid does, or as a number where two raters' marks were averaged."""
    if isinstance(value, str) and "/" in value:
        return decimal(Fraction(value) / THIRDS_PER_LEVEL, locale)
    return mark_label(value, locale)


def _mark(value: int | str, locale: str) -> str:
    return _inline(mark_word(value, locale))


def _inline(label: str) -> str:
    """Give a label the form it has inside a sentence: B1 stays, « Below A1 » loses its capital."""
    return label if label[1].isdigit() else label[0].lower() + label[1:]


def distance(thirds: int, locale: str) -> str:
    """Say a distance on the scale: one level, two levels, four thirds of a level."""
    levels, rest = divmod(thirds, THIRDS_PER_LEVEL)
    if rest:
        return f"de {thirds}/3 de niveau" if locale == "fr" else f"{thirds}/3 of a level"
    if locale == "fr":
        return "d'un niveau" if levels == 1 else f"de {levels} niveaux"
    return "one level" if levels == 1 else f"{levels} levels"


def _typeset(sentence: str) -> str:
    """Give French punctuation and the multiplication sign their non-breaking spaces."""
    for before in (":", ";", "»", "×"):
        sentence = sentence.replace(f" {before}", f"\u00a0{before}")
    return sentence.replace("« ", "«\u00a0").replace("× ", "×\u00a0")
