"""From what a reader found, plain texts, to a question of one of the seven kinds; or why not."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from kernel.errors import N_
from people.languages import Language
from written_test.items.reading.entries import NotTaken
from written_test.questions.grading import plain
from written_test.questions.kinds import (
    GAP,
    MOST_OPTIONS,
    MOST_TEXT,
    Body,
    ChoiceGap,
    FreeGap,
    GapChoice,
    GapFree,
    Kind,
    Matching,
    Multiple,
    Option,
    Ordering,
    Reading,
    Single,
    TextQuestion,
)

MOST_SHORT: Final = 600
MOST_GAPS: Final = 12
MOST_QUESTIONS: Final = 8
BLANK: Final = re.compile(r"_{3,}")
"""How a gap is written in a text when nothing else marks it."""

USUAL: Final = {
    Language.EN: {
        Kind.SINGLE: "Choose the right answer.",
        Kind.MULTIPLE: "Choose all the right answers.",
        Kind.GAP_CHOICE: "Choose what completes the text.",
        Kind.GAP_FREE: "Complete the text.",
        Kind.ORDERING: "Put in the right order.",
        Kind.MATCHING: "Match each item.",
        Kind.READING: "Read the text and answer the questions.",
    },
    Language.FR: {
        Kind.SINGLE: "Choisissez la bonne réponse.",
        Kind.MULTIPLE: "Choisissez toutes les bonnes réponses.",
        Kind.GAP_CHOICE: "Choisissez ce qui complète le texte.",
        Kind.GAP_FREE: "Complétez le texte.",
        Kind.ORDERING: "Remettez dans l'ordre.",
        Kind.MATCHING: "Associez chaque élément.",
        Kind.READING: "Lisez le texte et répondez aux questions.",
    },
    Language.DE: {
        Kind.SINGLE: "Wählen Sie die richtige Antwort.",
        Kind.MULTIPLE: "Wählen Sie alle richtigen Antworten.",
        Kind.GAP_CHOICE: "Wählen Sie, was den Text ergänzt.",
        Kind.GAP_FREE: "Ergänzen Sie den Text.",
        Kind.ORDERING: "Bringen Sie die Elemente in die richtige Reihenfolge.",
        Kind.MATCHING: "Ordnen Sie zu.",
        Kind.READING: "Lesen Sie den Text und beantworten Sie die Fragen.",
    },
    Language.ES: {
        Kind.SINGLE: "Elija la respuesta correcta.",
        Kind.MULTIPLE: "Elija todas las respuestas correctas.",
        Kind.GAP_CHOICE: "Elija lo que completa el texto.",
        Kind.GAP_FREE: "Complete el texto.",
        Kind.ORDERING: "Ponga en el orden correcto.",
        Kind.MATCHING: "Relacione cada elemento.",
        Kind.READING: "Lea el texto y responda a las preguntas.",
    },
    Language.IT: {
        Kind.SINGLE: "Scelga la risposta corretta.",
        Kind.MULTIPLE: "Scelga tutte le risposte corrette.",
        Kind.GAP_CHOICE: "Scelga ciò che completa il testo.",
        Kind.GAP_FREE: "Completi il testo.",
        Kind.ORDERING: "Metta nell'ordine corretto.",
        Kind.MATCHING: "Abbini ogni elemento.",
        Kind.READING: "Legga il testo e risponda alle domande.",
    },
}
"""What is asked where a file gives a text with gaps, or elements, and no words of instruction."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option, and whether it is right."""

    text: str
    right: bool


def usual(language: Language, kind: Kind) -> str:
    """Return the usual instruction of a kind, in the bank's language."""
    return USUAL[language][kind]


def _made(build: Callable[[], Body]) -> Body:
    try:
        return build()
    except ValidationError as error:  # whatever the checks here have not named
        raise NotTaken(
            N_("La question est incomplète ou se contredit : %(detail)s."),
            detail=str(error.errors()[0]["msg"])[:200],
        ) from None


def _short(text: str, what: str) -> str:
    text = text.strip()
    if not text:
        raise NotTaken(what)
    if len(text) > MOST_SHORT:
        raise NotTaken(
            N_("« %(start)s… » compte %(count)s caractères ; au plus %(most)s tiennent ici."),
            start=text[:40],
            count=len(text),
            most=MOST_SHORT,
        )
    return text


def _prompt(text: str) -> str:
    return _short(text, N_("La question n'a pas d'énoncé."))


def _long(text: str) -> str:
    if len(text) > MOST_TEXT:
        raise NotTaken(
            N_("Le texte compte %(count)s caractères ; au plus %(most)s tiennent ici."),
            count=len(text),
            most=MOST_TEXT,
        )
    return text


def _options(texts: Sequence[str]) -> tuple[Option, ...]:
    """Return options with keys by their place: what is shown in this order hides nothing."""
    if len(texts) < 2:
        raise NotTaken(N_("Il faut au moins deux réponses au choix."))
    _not_too_many(texts)
    words = [_short(text, N_("Une des réponses au choix est vide.")) for text in texts]
    _no_twins(words)
    return tuple(Option(key=f"o{place}", text=text) for place, text in enumerate(words, 1))


def _mixed(texts: Sequence[str]) -> tuple[Option, ...]:
    """Return options whose keys say nothing of their place: what is shown is shuffled."""
    if len(texts) < 2:
        raise NotTaken(N_("Il faut au moins deux éléments."))
    _not_too_many(texts)
    words = [_short(text, N_("Un des éléments est vide.")) for text in texts]
    _no_twins(words)
    return tuple(
        Option(key=hashlib.sha256(text.encode()).hexdigest()[:12], text=text) for text in words
    )


def _not_too_many(texts: Sequence[str]) -> None:
    if len(texts) > MOST_OPTIONS:
        raise NotTaken(
            N_("Il y a %(count)s réponses ou éléments ; au plus %(most)s."),
            count=len(texts),
            most=MOST_OPTIONS,
        )


def _no_twins(words: Sequence[str]) -> None:
    for place, text in enumerate(words):
        if text in words[:place]:
            raise NotTaken(
                N_("« %(text)s » s'y trouve deux fois : on ne saurait laquelle est juste."),
                text=text[:80],
            )


def _right(choices: Sequence[Choice]) -> list[int]:
    found = [place for place, choice in enumerate(choices) if choice.right]
    if not found:
        raise NotTaken(N_("Aucune réponse n'est donnée comme juste."))
    return found


def choice(prompt: str, choices: Sequence[Choice], *, several: bool, passage: str = "") -> Body:
    """Return a single or a multiple choice. Raise NotTaken."""
    prompt, options, right = _prompt(prompt), _options([c.text for c in choices]), _right(choices)
    keys = [options[place].key for place in right]
    passage = _long(passage)
    if several:
        return _made(
            lambda: Multiple(prompt=prompt, passage=passage, options=options, right=frozenset(keys))
        )
    if len(keys) > 1:
        raise NotTaken(N_("Plusieurs réponses sont justes, et une seule peut être choisie."))
    return _made(lambda: Single(prompt=prompt, passage=passage, options=options, right=keys[0]))


def _gapped(text: str, count: int) -> str:
    text = _long(text.strip())
    if not count:
        raise NotTaken(N_("Le texte n'a pas de trou."))
    if count > MOST_GAPS:
        raise NotTaken(
            N_("Le texte a %(count)s trous ; au plus %(most)s."), count=count, most=MOST_GAPS
        )
    if sorted(GAP.findall(text)) != sorted(str(number) for number in range(1, count + 1)):
        raise NotTaken(N_("Les trous du texte ne sont pas ceux dont les réponses sont données."))
    return text


def gap_choice(
    prompt: str, text: str, gaps: Sequence[Sequence[Choice]], *, passage: str = ""
) -> Body:
    """Return a text, its gaps written [[1]], [[2]]…, filled by choosing. Raise NotTaken."""
    text = _gapped(text, len(gaps))
    made = []
    for number, choices in enumerate(gaps, 1):
        options, right = _options([c.text for c in choices]), _right(choices)
        if len(right) > 1:
            raise NotTaken(
                N_("Le trou %(number)s a plusieurs bonnes réponses, et n'en prend qu'une."),
                number=number,
            )
        made.append(ChoiceGap(key=str(number), options=options, right=options[right[0]].key))
    prompt = _prompt(prompt)
    return _made(lambda: GapChoice(prompt=prompt, passage=_long(passage), text=text, gaps=made))


def gap_free(prompt: str, text: str, gaps: Sequence[Sequence[str]], *, passage: str = "") -> Body:
    """Return a text, its gaps written [[1]], [[2]]…, filled by writing. Raise NotTaken."""
    text = _gapped(text, len(gaps))
    made = []
    for number, answers in enumerate(gaps, 1):
        accepted = dict.fromkeys(one.strip() for one in answers if plain(one))
        if not accepted:
            raise NotTaken(N_("Le trou %(number)s n'a pas de réponse acceptée."), number=number)
        for one in accepted:
            _short(one, N_("Une réponse acceptée est vide."))
        if len(accepted) > 40:
            raise NotTaken(N_("Le trou %(number)s a plus de 40 réponses acceptées."), number=number)
        made.append(FreeGap(key=str(number), accepted=tuple(accepted)))
    prompt = _prompt(prompt)
    return _made(lambda: GapFree(prompt=prompt, passage=_long(passage), text=text, gaps=made))


def ordering(prompt: str, elements: Sequence[str], *, passage: str = "") -> Body:
    """Return elements to put in order, given here in the right one. Raise NotTaken."""
    mixed, prompt = _mixed(elements), _prompt(prompt)
    return _made(lambda: Ordering(prompt=prompt, passage=_long(passage), elements=mixed))


def matching(
    prompt: str,
    pairs: Sequence[tuple[str, str]],
    extra: Sequence[str] = (),
    *,
    passage: str = "",
) -> Body:
    """Return pairs to find; `extra` stands on the right and goes with nothing. Raise NotTaken."""
    rights = list(dict.fromkeys(right.strip() for _left, right in pairs))
    rights += [one.strip() for one in dict.fromkeys(extra) if one.strip() not in rights]
    if not all(right.strip() for _left, right in pairs):
        raise NotTaken(N_("Un élément de gauche n'a pas de correspondance."))
    left, right, prompt = _mixed([one for one, _right in pairs]), _mixed(rights), _prompt(prompt)
    key_of = {one.text: one.key for one in right}
    found = {one.key: key_of[text.strip()] for one, (_l, text) in zip(left, pairs, strict=True)}
    return _made(
        lambda: Matching(prompt=prompt, passage=_long(passage), left=left, right=right, pairs=found)
    )


@dataclass(frozen=True, slots=True)
class AskedOfText:
    """One question about a text."""

    prompt: str
    choices: Sequence[Choice]
    several: bool = False


def reading(prompt: str, title: str, passage: str, asked: Sequence[AskedOfText]) -> Body:
    """Return a text with its questions. Raise NotTaken."""
    passage = _long(passage.strip())
    if not passage:
        raise NotTaken(N_("Plusieurs questions, et pas de texte à lire."))
    if len(asked) > MOST_QUESTIONS:
        raise NotTaken(
            N_("Le texte a %(count)s questions ; au plus %(most)s."),
            count=len(asked),
            most=MOST_QUESTIONS,
        )
    questions = []
    for number, one in enumerate(asked, 1):
        options, right = _options([c.text for c in one.choices]), _right(one.choices)
        if len(right) > 1 and not one.several:
            raise NotTaken(N_("Plusieurs réponses sont justes, et une seule peut être choisie."))
        questions.append(
            TextQuestion(
                key=f"q{number}",
                prompt=_prompt(one.prompt),
                options=options,
                right=frozenset(options[place].key for place in right),
                several=one.several,
            )
        )
    prompt = _prompt(prompt)
    return _made(
        lambda: Reading(
            prompt=prompt, title=title.strip()[:200], passage=passage, questions=tuple(questions)
        )
    )


def number_blanks(text: str) -> tuple[str, int]:
    """Return a text whose blanks (`___`) became [[1]], [[2]]…, and how many there are."""
    count = 0

    def mark(_found: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return f"[[{count}]]"

    return BLANK.sub(mark, text), count


def opaque(body: Body) -> Body:
    """Return a question whose keys say nothing of what is right, whoever chose them.

    What is put in order or matched is shown shuffled, its keys with it. Raise NotTaken.
    """
    if isinstance(body, Ordering):
        texts = [one.text for one in body.elements]
        return ordering(body.prompt, texts, passage=body.passage)
    if isinstance(body, Matching):
        right = {one.key: one.text for one in body.right}
        pairs = [(one.text, right[body.pairs[one.key]]) for one in body.left]
        return matching(body.prompt, pairs, list(right.values()), passage=body.passage)
    return body
