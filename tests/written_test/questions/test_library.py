"""The banks and demo tests that come with the product: complete, gradable, without a giveaway."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

import numpy as np
import pytest
from answers import right_answer

from enrolment.fields import Field
from kernel.levels import LEVELS
from people.languages import Language
from written_test.blueprints import CUTS
from written_test.engine.irt import information
from written_test.questions.answers import read_answer
from written_test.questions.drafts import THIRDS, Draft, Skill, difficulty_of, expected
from written_test.questions.grading import grade, plain
from written_test.questions.kinds import (
    GAP,
    Answer,
    Body,
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
    parts_of,
    read_body,
    write_body,
)
from written_test.questions.library import BANKS, bank_drafts, demo_questions

DRAFTS = [draft for language in BANKS for draft in bank_drafts(language)]
BODIES = [
    *((draft.code, draft.body) for draft in DRAFTS),
    *(
        (question.code, question.body)
        for language in Language
        for question in demo_questions(language)
    ),
]
EACH_BANK = pytest.mark.parametrize("language", BANKS)


def lists_of(body: Body) -> Iterator[tuple[str, Sequence[Option]]]:
    """Yield every list that somebody chooses from, with what is asked there."""
    match body:
        case Single() | Multiple():
            yield f"{body.prompt} {body.passage}", body.options
        case GapChoice():
            for gap in body.gaps:
                yield f"{body.text} {gap.key}", gap.options
        case GapFree():
            yield body.text, ()
        case Ordering():
            yield body.prompt, body.elements
        case Matching():
            yield body.prompt, body.left
            yield body.prompt, body.right
        case Reading():
            for question in body.questions:
                yield f"{body.title} {question.prompt}", question.options


def right_letters(draft: Draft) -> Iterator[str]:
    """Yield where the right one stands, for each choice of one among four."""
    if isinstance(draft.body, Single):
        yield draft.body.right
    elif isinstance(draft.body, Reading):
        for question in draft.body.questions:
            if not question.several:
                yield from question.right


@EACH_BANK
def test_every_skill_has_questions_at_every_level(language: Language) -> None:
    pages: Counter[tuple[Skill, str]] = Counter()
    scored: Counter[Skill] = Counter()
    for draft in bank_drafts(language):
        pages[draft.skill, draft.level.rstrip("+-")] += 1
        if draft.parameters:
            scored[draft.skill] += parts_of(draft.body)
    cells = [(skill, level) for skill in Skill for level in LEVELS]
    assert [cell for cell in cells if pages[cell] < 5] == []
    counts = {Language.EN: (48, 59, 50, 68), Language.FR: (29, 33, 34, 54)}[language]
    assert scored == dict(zip(Skill, counts, strict=True))


def test_french_has_questions_on_trial_at_every_level_of_every_skill() -> None:
    trials = Counter(
        (draft.skill, draft.level[:2]) for draft in bank_drafts(Language.FR) if not draft.parameters
    )
    assert set(trials) == {(skill, level) for skill in Skill for level in LEVELS}
    assert (trials.total(), len(bank_drafts(Language.FR))) == (27, 147)
    assert [draft.code for draft in bank_drafts() if not draft.parameters] == []


def test_only_what_is_written_is_given() -> None:
    with pytest.raises(LookupError, match="no bank of questions is written for 'de'"):
        bank_drafts(Language.DE)


@EACH_BANK
def test_every_third_kind_and_field_is_used(language: Language) -> None:
    drafts = bank_drafts(language)
    assert {draft.level for draft in drafts} == set(THIRDS)
    assert {draft.body.kind for draft in drafts} == set(Kind)
    assert {draft.field for draft in drafts} == set(Field)


def test_codes_are_unique() -> None:
    codes = [code for code, _ in BODIES]
    assert len(set(codes)) == len(codes)


@EACH_BANK
@pytest.mark.parametrize("skill", Skill)
def test_right_answers_stand_everywhere(skill: Skill, language: Language) -> None:
    letters = Counter(
        letter
        for draft in bank_drafts(language)
        if draft.skill == skill
        for letter in right_letters(draft)
    )
    assert sorted(letters) == ["a", "b", "c", "d"]
    assert max(letters.values()) <= 0.35 * letters.total()


@EACH_BANK
def test_the_right_answer_is_not_given_away_by_its_length(language: Language) -> None:
    longest = asked = 0
    for draft in bank_drafts(language):
        if isinstance(draft.body, Single):
            lists = [(draft.body.options, draft.body.right)]
        elif isinstance(draft.body, Reading):
            alone = (question for question in draft.body.questions if not question.several)
            lists = [(question.options, next(iter(question.right))) for question in alone]
        else:
            continue
        for options, right in lists:
            length = {option.key: len(option.text) for option in options}
            asked += 1
            longest += all(length[right] > length[key] for key in length if key != right)
    assert longest <= 0.35 * asked


def wrong(is_right: Callable[[Body], bool]) -> list[str]:
    """Return the codes of those questions, of banks and demo tests, that are not as they should."""
    return [code for code, body in BODIES if not is_right(body)]


def test_parameters_are_plausible() -> None:
    scored = [draft for draft in DRAFTS if draft.parameters]
    implausible = [
        (draft.code, shape)
        for draft in scored
        for shape, blind in zip(draft.parameters, expected(draft.body, draft.level), strict=True)
        if not (
            0.7 <= shape.a <= 1.9
            and abs(shape.b - difficulty_of(draft.level)) <= 0.26
            and 0.8 * blind.c - 0.001 <= shape.c <= blind.c + 0.001
        )
    ]
    assert implausible == []
    assert [draft.code for draft in scored if draft.calibrated is not False] == []


def test_the_key_is_right_and_nothing_is_wrong() -> None:
    def is_graded(body: Body) -> bool:
        answer = read_answer(body, right_answer(body))
        every = parts_of(body)
        return (grade(body, answer), grade(body, Answer())) == ((True,) * every, (False,) * every)

    assert wrong(is_graded) == []


def test_a_body_comes_back_as_it_was_written() -> None:
    assert wrong(lambda body: read_body(write_body(body)) == body) == []


def test_options_of_a_list_differ() -> None:
    def differ(body: Body) -> bool:
        return all(
            len({plain(option.text) for option in options}) == len(options)
            for _, options in lists_of(body)
        )

    assert wrong(differ) == []


def test_gaps_stand_in_the_order_of_the_text() -> None:
    def in_order(body: Body) -> bool:
        if not isinstance(body, GapChoice | GapFree):
            return True
        return GAP.findall(body.text) == [gap.key for gap in body.gaps]

    assert wrong(in_order) == []


def test_what_may_be_written_in_a_gap_is_said_once() -> None:
    def once(body: Body) -> bool:
        gaps = body.gaps if isinstance(body, GapChoice | GapFree) else ()
        return all(
            len({plain(form) for form in gap.accepted}) == len(gap.accepted)
            for gap in gaps
            if isinstance(gap, FreeGap)
        )

    assert wrong(once) == []


def test_keys_do_not_betray_the_order_or_the_pairs() -> None:
    def betrays_nothing(body: Body) -> bool:
        match body:
            case Ordering():
                keys = [element.key for element in body.elements]
                return keys != sorted(keys)
            case Matching():
                right = [element.key for element in body.right]
                return list(body.pairs.values()) != right[: len(body.left)]
            case _:
                return True

    assert wrong(betrays_nothing) == []


def test_nothing_is_asked_twice() -> None:
    asked = [
        (plain(what), frozenset(plain(option.text) for option in options))
        for _, body in BODIES
        for what, options in lists_of(body)
    ]
    assert [question for question, times in Counter(asked).items() if times > 1] == []
    passages = [plain(body.passage) for _, body in BODIES if body.passage]
    assert [
        (passage, other) for passage, other in combinations(passages, 2) if passage == other
    ] == []


def test_reading_texts_have_their_length() -> None:
    texts = [
        (draft.code, len(draft.body.passage.split()), parts_of(draft.body))
        for draft in DRAFTS
        if isinstance(draft.body, Reading)
    ]
    assert [text for text in texts if not (60 <= text[1] <= 220 and 2 <= text[2] <= 4)] == []


@pytest.mark.parametrize("language", Language)
def test_the_demo_test_has_each_kind_once(language: Language) -> None:
    asked = demo_questions(language)
    assert [question.body.kind for question in asked] == list(Kind)
    assert [question.seconds for question in asked] == [45, 60, 60, 75, 90, 90, 150]
    assert [question.code for question in asked] == [
        f"{language.upper()}-DEMO-{number}" for number in range(1, 8)
    ]
    assert [question.how for question in asked] == [question.how for question in demo_questions()]


@EACH_BANK
def test_a_bank_tells_neighbouring_levels_apart(language: Language) -> None:
    """At each cut the whole bank leaves a standard error below 0.36, a level being 0.9 wide."""
    least = dict.fromkeys(Skill, 1.8) | {None: 8.0}
    known = {
        skill: np.array(
            [
                (shape.a, shape.b, shape.c)
                for draft in bank_drafts(language)
                if skill in (None, draft.skill)
                for shape in draft.parameters
            ]
        ).T
        for skill in least
    }
    told = {
        (skill, cut): float(information(cut, *shapes).sum())
        for skill, shapes in known.items()
        for cut in CUTS
    }
    assert {place: total for place, total in told.items() if total < least[place[0]]} == {}
