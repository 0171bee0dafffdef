"""The script and the cards are complete, varied, and as long as their level can bear."""

import re
from collections import Counter
from itertools import combinations

import pytest

from enrolment.fields import Field
from kernel.levels import LEVELS, Level
from rooms.library import (
    DISCUSSION,
    PROMPT_KEYS,
    ROLE_PLAY,
    CardContent,
    LibraryCard,
    Script,
    cards,
    script,
)

# Characters that the candidate has to read on a role-play card: least and most, by level.
READING = {
    Level.A1: (80, 180),
    Level.A2: (150, 270),
    Level.B1: (220, 380),
    Level.B2: (320, 440),
    Level.C1: (400, 540),
    Level.C2: (480, 600),
}
# Words of the longest sentence that the candidate has to read or hear from a card.
LONGEST_SENTENCE = {Level.A1: 12, Level.A2: 22}


def reading(card):
    return card.content.situation + " ".join(card.content.instructions)


def words(card):
    content = card.content
    text = " ".join([content.title, reading(card), content.role, *content.prompts])
    # Short words are grammar, which all cards of a level share.
    return set(re.findall(r"[a-z]{5,}", text.lower()))


def test_every_level_and_part_has_a_card_for_every_field():
    count = Counter((card.level, card.part, card.field) for card in cards())
    expected = {
        (level, part, field)
        for level in LEVELS
        for part in (ROLE_PLAY, DISCUSSION)
        for field in Field
    }
    assert set(count) == expected


def test_general_cards_are_two_so_that_a_retake_has_a_new_one():
    count = Counter((card.level, card.part) for card in cards() if card.field is Field.GENERAL)
    assert count == {(level, part): 2 for level in LEVELS for part in (ROLE_PLAY, DISCUSSION)}


def test_nothing_is_said_twice():
    for what in ("title", "situation", "role"):
        texts = [getattr(card.content, what) for card in cards()]
        assert len(set(texts)) == len(texts)
    prompts = [prompt for card in cards() for prompt in card.content.prompts]
    assert [text for text, times in Counter(prompts).items() if times > 1] == []


def test_no_two_cards_are_near_duplicates():
    near = [
        (one.code, other.code)
        for one, other in combinations(cards(), 2)
        if len(words(one) & words(other)) > 0.4 * len(words(one) | words(other))
    ]
    assert near == []


@pytest.mark.parametrize("level", LEVELS)
def test_a_role_play_reads_as_long_as_its_level_can_bear(level):
    least, most = READING[level]
    lengths = {
        card.code: len(reading(card))
        for card in cards()
        if card.level is level and card.part == ROLE_PLAY
    }
    assert {code: n for code, n in lengths.items() if not least <= n <= most} == {}


@pytest.mark.parametrize("level", LONGEST_SENTENCE)
def test_beginners_meet_short_sentences(level):
    sentences = [
        sentence
        for card in cards()
        if card.level is level
        for text in (card.content.situation, *card.content.instructions, *card.content.prompts)
        for sentence in re.split(r"[.?!:;]\s", text)
    ]
    assert [text for text in sentences if len(text.split()) > LONGEST_SENTENCE[level]] == []


def test_the_database_reads_a_card_back():
    for card in cards():
        assert CardContent.model_validate(card.content.model_dump(mode="json")) == card.content


def test_part_1_has_prompts_in_three_groups_from_easy_to_demanding():
    groups = script().part(1).groups
    assert [(group.key, group.name.fr, group.name.en) for group in groups] == [
        ("about_you", "Vous", "About you"),
        ("your_work", "Votre travail", "Your work"),
        ("your_plans", "Vos projets", "Your plans"),
    ]
    assert [len(group.prompts) for group in groups] == [8, 9, 8]
    assert max(len(group.prompts) for group in groups) <= PROMPT_KEYS
    texts = [
        text
        for group in groups
        for prompt in group.prompts
        for text in (prompt.text, prompt.simpler)
    ]
    assert len(set(texts)) == len(texts)


def test_every_part_tells_the_evaluator_what_to_do_and_to_say():
    assert [(part.name.fr, part.name.en) for part in script().parts] == [
        ("Questions d'introduction", "Introductory questions"),
        ("Mise en situation", "Role-play"),
        ("Discussion", "Discussion"),
    ]
    assert [(len(part.instructions), len(part.opening)) for part in script().parts] == [
        (4, 3),
        (4, 3),
        (4, 2),
    ]
    with pytest.raises(KeyError):
        script().part(4)


def test_another_language_is_not_written_yet():
    for read in (script, cards):
        with pytest.raises(LookupError, match="is written in 'de' yet"):
            read("de")


def damage(card, **changes):
    return card.model_dump(mode="json") | changes


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"code": "en-a1-role-sales-1"}, "says something else"),
        ({"level": "A2"}, "says something else"),
        ({"part": 3}, "says something else"),
        ({"part": 1}, "Input should be 2 or 3"),
        ({"field": "fishing"}, "Input should be 'general'"),
        ({"content": {}}, "Field required"),
    ],
)
def test_a_broken_card_is_refused(changes, message):
    card = cards()[0]
    assert card.code == "en-a1-role-general-1"
    with pytest.raises(ValueError, match=message):
        LibraryCard.model_validate(damage(card, **changes))


def test_a_card_with_too_few_prompts_is_refused():
    content = cards()[0].content.model_dump(mode="json")
    with pytest.raises(ValueError, match="at least 4 items"):
        CardContent.model_validate(content | {"prompts": content["prompts"][:3]})


def test_a_script_out_of_order_is_refused():
    data = script().model_dump(mode="json")
    with pytest.raises(ValueError, match="in order"):
        Script.model_validate(data | {"parts": data["parts"][::-1]})
    data["parts"][0]["groups"] = []
    with pytest.raises(ValueError, match="part 1 has prompts"):
        Script.model_validate(data)
