"""From what a reader found, rich texts, to a question of one of the seven kinds; or why not.

Readers give every text that is shown as a rich one (`questions/markup.py`); answers to write are
plain. A question without any marks is kept in plain words.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from kernel.errors import N_
from written_test.items.reading.entries import NotTaken
from written_test.items.reading.wording import (
    MOST_SHORT,
    check_formulas,
    long,
    prompt_of,
    settled,
    short,
)
from written_test.items.reading.wording import asked as asked_of
from written_test.questions import markup
from written_test.questions.grading import plain
from written_test.questions.kinds import (
    GAP,
    MOST_OPTIONS,
    Body,
    ChoiceGap,
    FreeGap,
    GapChoice,
    GapFree,
    Matching,
    Multiple,
    Option,
    Ordering,
    Reading,
    Single,
    TextQuestion,
)

MOST_GAPS: Final = 12
MOST_QUESTIONS: Final = 8
BLANK: Final = re.compile(r"_{3,}")
"""How a gap is written in a text when nothing else marks it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option, whether it is right, and whether it keeps its place."""

    text: str
    right: bool
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What is accepted in a gap to write, all plain; `wrong` is what its file calls wrong."""

    accepted: Sequence[str]
    wrong: Sequence[str] = ()
    case: bool = False  # whether the file says that capital letters count
    ranges: Sequence[tuple[str, str]] = ()


def _made(build: Callable[[], Body]) -> Body:
    try:
        body = build()
        check_formulas(body)
        return settled(body)
    except ValidationError as error:  # whatever the checks here have not named
        raise NotTaken(
            N_("La question est incomplète ou se contredit : %(detail)s."),
            detail=str(error.errors()[0]["msg"])[:200],
        ) from None


def _options(choices: Sequence[Choice], *, listed: bool = False) -> tuple[Option, ...]:
    """Return options with keys by their place in the file; `listed` where no marks can be shown."""
    if len(choices) < 2:
        raise NotTaken(N_("Il faut au moins deux réponses au choix."))
    _not_too_many(choices)
    words = [short(choice.text, N_("Une des réponses au choix est vide.")) for choice in choices]
    if listed:
        words = _without_marks(words)
    _no_twins(words)
    return tuple(
        Option(key=f"o{place}", text=text, fixed=choice.fixed)
        for place, (text, choice) in enumerate(zip(words, choices, strict=True), 1)
    )


_WHOLE: Final = re.compile(r"<(strong|em|small|mark|bdi|code)>([^<]*)</\1>")


def _without_marks(words: Sequence[str]) -> list[str]:
    """Return words for a list, which shows none; what all of them wear as a whole says nothing."""
    whole = [_WHOLE.fullmatch(text) for text in words]
    if all(whole):
        return [worn[2] for worn in whole if worn]
    for text in words:
        if markup.has_marks(text):
            raise NotTaken(
                N_(
                    "« %(text)s » est mis en forme ou contient une image, et une liste à choisir "
                    "ne montre que des mots."
                ),
                text=markup.bare(text)[:80],
            )
    return list(words)


def _mixed(texts: Sequence[str], *, listed: bool = False) -> tuple[Option, ...]:
    """Return options whose keys say nothing of their place: what is shown is shuffled."""
    if len(texts) < 2:
        raise NotTaken(N_("Il faut au moins deux éléments."))
    _not_too_many(texts)
    words = [short(text, N_("Un des éléments est vide.")) for text in texts]
    if listed:
        words = _without_marks(words)
    _no_twins(words)
    return tuple(Option(key=_key(text), text=text) for text in words)


def _key(text: str) -> str:
    said = text if markup.has_marks(text) else html.unescape(text)
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _not_too_many(texts: Sequence[object]) -> None:
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
    places = [place for place, choice in enumerate(choices) if choice.right]
    if not places:
        raise NotTaken(N_("Aucune réponse n'est donnée comme juste."))
    return places


def choice(
    prompt: str,
    choices: Sequence[Choice],
    *,
    several: bool,
    passage: str = "",
    shuffle: bool = True,
) -> Body:
    """Return a single or a multiple choice. Raise NotTaken."""
    prompt, passage = asked_of(prompt, passage)
    options, right = _options(choices), _right(choices)
    keys = [options[place].key for place in right]
    if several:
        return _made(
            lambda: Multiple(
                prompt=prompt,
                passage=passage,
                options=options,
                right=frozenset(keys),
                shuffle=shuffle,
            )
        )
    if len(keys) > 1:
        raise NotTaken(N_("Plusieurs réponses sont justes, et une seule peut être choisie."))
    return _made(
        lambda: Single(
            prompt=prompt, passage=passage, options=options, right=keys[0], shuffle=shuffle
        )
    )


def _gapped(text: str, count: int) -> str:
    text = long(text.strip())
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
    prompt: str,
    text: str,
    gaps: Sequence[Sequence[Choice]],
    *,
    passage: str = "",
    shuffle: bool | Sequence[bool] = True,
) -> Body:
    """Return a text, its gaps written [[1]], [[2]]…, filled by choosing. Raise NotTaken.

    The options are shuffled or not, in all gaps alike or as it is said of each.
    """
    text = _gapped(text, len(gaps))
    mixed = [shuffle] * len(gaps) if isinstance(shuffle, bool) else shuffle
    made = []
    for number, choices in enumerate(gaps, 1):
        options, right = _options(choices, listed=True), _right(choices)
        if len(right) > 1:
            raise NotTaken(
                N_("Le trou %(number)s a plusieurs bonnes réponses, et n'en prend qu'une."),
                number=number,
            )
        key = options[right[0]].key
        made.append(
            ChoiceGap(key=str(number), options=options, right=key, shuffle=mixed[number - 1])
        )
    prompt, passage = asked_of(prompt, passage)
    return _made(lambda: GapChoice(prompt=prompt, passage=passage, text=text, gaps=made))


def gap_free(prompt: str, text: str, gaps: Sequence[Written], *, passage: str = "") -> Body:
    """Return a text, its gaps written [[1]], [[2]]…, filled by writing. Raise NotTaken."""
    text = _gapped(text, len(gaps))
    made = [_free_gap(number, gap) for number, gap in enumerate(gaps, 1)]
    prompt, passage = asked_of(prompt, passage)
    return _made(lambda: GapFree(prompt=prompt, passage=passage, text=text, gaps=tuple(made)))


def _free_gap(number: int, gap: Written) -> FreeGap:
    accepted = tuple(dict.fromkeys(answer.strip() for answer in gap.accepted if plain(answer)))
    if not accepted:
        raise NotTaken(N_("Le trou %(number)s n'a pas de réponse acceptée."), number=number)
    for answer in accepted:
        if len(answer) > MOST_SHORT:
            short(markup.escape(answer), "")
    if len(accepted) > 40:
        raise NotTaken(N_("Le trou %(number)s a plus de 40 réponses acceptées."), number=number)
    case, stop = _how_strictly(accepted, gap)
    return FreeGap(
        key=str(number), accepted=accepted, case=case, stop=stop, ranges=tuple(gap.ranges)
    )


def _how_strictly(accepted: Sequence[str], gap: Written) -> tuple[bool, bool]:
    """Tell whether capital letters and a full stop count: as said, or to tell right from wrong."""
    case = gap.case
    stop = case and any(answer.rstrip().endswith(".") for answer in accepted)
    for wrong in gap.wrong:
        for answer in accepted:
            if plain(wrong, case=case, stop=stop) != plain(answer, case=case, stop=stop):
                continue
            if plain(wrong, case=case, stop=True) != plain(answer, case=case, stop=True):
                stop = True
            elif plain(wrong, case=True, stop=stop) != plain(answer, case=True, stop=stop):
                case = True
            else:
                raise NotTaken(
                    N_("« %(text)s » est donné comme juste et comme faux."), text=wrong[:80]
                )
    return case, stop


def ordering(prompt: str, elements: Sequence[str], *, passage: str = "") -> Body:
    """Return elements to put in order, given here in the right one. Raise NotTaken."""
    mixed = _mixed(elements)
    prompt, passage = asked_of(prompt, passage)
    return _made(lambda: Ordering(prompt=prompt, passage=passage, elements=mixed))


def matching(
    prompt: str,
    pairs: Sequence[tuple[str, str]],
    extra: Sequence[str] = (),
    *,
    passage: str = "",
) -> Body:
    """Return pairs to find; `extra` stands on the right and goes with nothing. Raise NotTaken."""
    _not_too_many(pairs)
    _not_too_many(extra)
    rights = list(dict.fromkeys(right.strip() for _left, right in pairs))
    rights += [text.strip() for text in dict.fromkeys(extra) if text.strip() not in rights]
    if not all(right.strip() for _left, right in pairs):
        raise NotTaken(N_("Un élément de gauche n'a pas de correspondance."))
    prompt, passage = asked_of(prompt, passage)
    left, right = _mixed([text for text, _right in pairs]), _mixed(rights, listed=True)
    key_of = {text: option.key for text, option in zip(rights, right, strict=True)}
    matches = {
        element.key: key_of[text.strip()] for element, (_l, text) in zip(left, pairs, strict=True)
    }
    return _made(
        lambda: Matching(prompt=prompt, passage=passage, left=left, right=right, pairs=matches)
    )


@dataclass(frozen=True, slots=True)
class AskedOfText:
    """One question about a text."""

    prompt: str
    choices: Sequence[Choice]
    several: bool = False
    shuffle: bool = True


def reading(prompt: str, title: str, passage: str, asked: Sequence[AskedOfText]) -> Body:
    """Return a text with its questions. Raise NotTaken."""
    passage = long(passage.strip())
    if not passage:
        raise NotTaken(N_("Plusieurs questions, et pas de texte à lire."))
    if len(asked) > MOST_QUESTIONS:
        raise NotTaken(
            N_("Le texte a %(count)s questions ; au plus %(most)s."),
            count=len(asked),
            most=MOST_QUESTIONS,
        )
    questions = []
    for number, question in enumerate(asked, 1):
        options, right = _options(question.choices), _right(question.choices)
        if len(right) > 1 and not question.several:
            raise NotTaken(N_("Plusieurs réponses sont justes, et une seule peut être choisie."))
        questions.append(
            TextQuestion(
                key=f"q{number}",
                prompt=prompt_of(question.prompt),
                options=options,
                right=frozenset(options[place].key for place in right),
                several=question.several,
                shuffle=question.shuffle,
            )
        )
    prompt = prompt_of(prompt)
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
        texts = _rich(body, [element.text for element in body.elements])
        prompt, passage = _rich(body, [body.prompt, body.passage])
        return ordering(prompt, texts, passage=passage)
    if isinstance(body, Matching):
        rights = _rich(body, [element.text for element in body.right])
        right = {element.key: text for element, text in zip(body.right, rights, strict=True)}
        lefts = _rich(body, [element.text for element in body.left])
        prompt, passage = _rich(body, [body.prompt, body.passage])
        pairs = [
            (text, right[body.pairs[element.key]])
            for element, text in zip(body.left, lefts, strict=True)
        ]
        return matching(prompt, pairs, rights, passage=passage)
    return body


def _rich(body: Body, texts: Iterable[str]) -> list[str]:
    return [text if body.markup == "html" else markup.escape(text) for text in texts]
