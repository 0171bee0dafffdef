"""Every step has its sentence in both languages, and reads as one would say it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.levels import Level
from results.explanation import SENTENCES, decimal, render
from results.policy import DEFAULT, OralKind, OralRule, OverallKind, OverallRule, Policy
from results.verdict import StepCode, assess, decide
from rubrics.scale import NOT_ASSESSABLE

KEYS = DEFAULT.oral.criteria
FRENCH = dict(
    zip(
        KEYS,
        (
            "Compréhension orale",
            "Prononciation et intonation",
            "Vocabulaire",
            "Aisance",
            "Grammaire et syntaxe",
            "Interaction",
        ),
        strict=True,
    )
)
ENGLISH = {key: key.capitalize() for key in KEYS}


def sheet(*thirds):
    return dict(zip(KEYS, thirds, strict=True))


def test_every_step_code_has_sentences_in_both_languages():
    assert {key.split(".")[0] for key in SENTENCES} == {code.value for code in StepCode}
    assert {tuple(sentence) for sentence in SENTENCES.values()} == {("fr", "en")}
    assert all(text.strip() for sentence in SENTENCES.values() for text in sentence.values())


def test_a_capped_verdict_in_french():
    verdict = decide(DEFAULT, sheet(15, NOT_ASSESSABLE, 15, 15, 15, 6), Level.C1, Level.C1)
    sentences = [text.replace("\u00a0", "~") for text in render(verdict.explanation, "fr", FRENCH)]
    assert sentences == [
        (
            "Notes~: Compréhension orale (C1), Prononciation et intonation (non évaluable), "
            "Vocabulaire (C1), Aisance (C1), Grammaire et syntaxe (C1), Interaction (A2)."
        ),
        "Non évaluable~: Prononciation et intonation. Le calcul porte sur les autres critères.",
        "Moyenne des critères, tous de même poids~: 4,40, sur l'échelle où A1 vaut 1 et C2 vaut 6.",
        (
            "Note la plus basse~: A2 (Interaction). L'oral ne peut la dépasser de plus d'un "
            "niveau~: la moyenne est ramenée à 3,00."
        ),
        "3,00 est arrondi au niveau le plus proche, le milieu vers le haut. Oral~: B1.",
        "Oral B1, écrit C1~: la moyenne, arrondie au niveau inférieur, donne B2.",
        "Il ne dépasse pas le plus bas des deux (B1) de plus d'un niveau~: il reste B2.",
        "Niveau visé~: C1. Il n'est pas atteint.",
        (
            "Résultat~: global B2, écrit C1, oral B1~; attestation sans certificat. "
            "Règle appliquée~: default-1."
        ),
    ]


def test_a_low_verdict_in_english():
    verdict = decide(DEFAULT, sheet(2, 2, 2, 2, 2, 3), Level.B2, Level.A2)
    assert render(verdict.explanation, "en", ENGLISH) == [
        (
            "Marks: Listening (below A1), Pronunciation (below A1), Vocabulary (below A1), "
            "Fluency (below A1), Grammar (below A1), Interaction (A1)."
        ),
        "Mean of the criteria, all of equal weight: 0.72, on the scale where A1 is 1 and C2 is 6.",
        (
            "Lowest mark: below A1 (Listening, Pronunciation, Vocabulary, Fluency, Grammar). The "
            "oral may stand up to one level above it, at 1.67: the mean stays 0.72."
        ),
        "0.72 stays under 0.83, halfway between below A1 and A1. Oral: below A1.",
        "Oral below A1, written B2: the mean, rounded down, gives A2.",
        (
            "The overall level may not stand more than one level above the lower of the two "
            "(below A1): it is brought down to A1."
        ),
        "Target level: A2. It is not reached.",
        (
            "Result: overall A1, written B2, oral below A1; statement of results without a "
            "certificate. Policy applied: default-1."
        ),
    ]


@pytest.mark.parametrize(
    ("oral", "overall", "french", "english"),
    [
        (
            OralRule(OralKind.CONJUNCTIVE, DEFAULT.oral.weights, allowed_below=2),
            OverallRule(OverallKind.LOWEST),
            [
                (
                    "Niveau le plus haut que les critères atteignent, 2 au plus pouvant rester un "
                    "tiers de niveau au-dessous (Interaction). Oral~: B2."
                ),
                "Oral B2, écrit B1~: le niveau global est le plus bas des deux, B1.",
            ],
            [
                (
                    "Highest level that the criteria reach, of which at most 2 may stand a third "
                    "of a level below (Interaction). Oral: B2."
                ),
                "Oral B2, written B1: the overall level is the lower of the two, B1.",
            ],
        ),
        (
            OralRule(
                OralKind.CAPPED_MEAN,
                tuple((key, 2 if key == "interaction" else 1) for key in KEYS),
                cap_thirds=4,
            ),
            OverallRule(OverallKind.ORAL_WEIGHTED, oral_weight=2, cap_levels=2),
            [
                (
                    "Moyenne des critères, pondérée (Compréhension orale~×~1, Prononciation et "
                    "intonation~×~1, Vocabulaire~×~1, Aisance~×~1, Grammaire et syntaxe~×~1, "
                    "Interaction~×~2)~: 3,90, sur l'échelle où A1 vaut 1 et C2 vaut 6."
                ),
                (
                    "Note la plus basse~: B2- (Interaction). L'oral peut la dépasser de 4/3 de "
                    "niveau au plus, soit 5,00~: la moyenne reste 3,90."
                ),
                "3,90 est arrondi au niveau le plus proche, le milieu vers le haut. Oral~: B2.",
                (
                    "Oral B2, écrit B1 (poids 2 et 1)~: la moyenne, arrondie au niveau inférieur, "
                    "donne B1."
                ),
                "Il ne dépasse pas le plus bas des deux (B1) de plus de 2 niveaux~: il reste B1.",
            ],
            [
                (
                    "Weighted mean of the criteria (Listening × 1, Pronunciation × 1, Vocabulary "
                    "× 1, Fluency × 1, Grammar × 1, Interaction × 2): 3.90, on the scale where A1 "
                    "is 1 and C2 is 6."
                ),
                (
                    "Lowest mark: B2- (Interaction). The oral may stand up to 4/3 of a level above "
                    "it, at 5.00: the mean stays 3.90."
                ),
                "3.90 is rounded to the nearest level, halves upward. Oral: B2.",
                "Oral B2, written B1 (weights 2 and 1): the mean, rounded down, gives B1.",
                (
                    "It does not stand more than 2 levels above the lower of the two (B1): it "
                    "stays B1."
                ),
            ],
        ),
    ],
)
def test_other_policies(oral, overall, french, english):
    verdict = decide(Policy("p-1", oral, overall), sheet(12, 12, 12, 12, 12, 11), Level.B1, None)
    steps = verdict.explanation[1:-2]
    said = [text.replace("\u00a0", "~") for text in render(steps, "fr", FRENCH)]
    assert (said, render(steps, "en", ENGLISH)) == (french, english)


def test_too_many_criteria_without_a_mark():
    steps = assess(DEFAULT, sheet(12, NOT_ASSESSABLE, 12, 12, NOT_ASSESSABLE, 12)).explanation
    assert render(steps[1:], "en", ENGLISH) == [
        (
            "Criteria not assessable: Pronunciation, Grammar. Policy default-1 allows 1 at most: "
            "the coordinator decides."
        )
    ]


def test_averaged_marks_read_as_numbers():
    marks = dict.fromkeys(KEYS, Fraction(21, 2))
    sentences = render(decide(DEFAULT, marks, Level.B2, None).explanation[:1], "fr", FRENCH)
    assert sentences[0].startswith("Notes\u00a0: Compréhension orale (3,50), ")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(61, 18), "3.39"),
        (Fraction(7, 2), "3.50"),
        (Fraction(3), "3.00"),
        (Fraction(3499, 1000), "3.499"),
        (Fraction(34999, 10000), "3.4999"),
        (Fraction(5, 3), "1.67"),
    ],
)
def test_decimal(number, text):
    assert (decimal(number, "en"), decimal(number, "fr")) == (text, text.replace(".", ","))


mark = st.one_of(st.integers(2, 18), st.just(NOT_ASSESSABLE))


@given(
    st.fixed_dictionaries(dict.fromkeys(KEYS, mark)),
    st.sampled_from(list(Level)),
    st.sampled_from([None, *Level]),
)
def test_every_verdict_can_be_said(marks, written, target):
    steps = decide(DEFAULT, marks, written, target).explanation
    for locale, names in (("fr", FRENCH), ("en", ENGLISH)):
        sentences = render(steps, locale, names)
        assert len(sentences) == len(steps)
        assert [text for text in sentences if "{" in text or "None" in text] == []
