"""The script and the cards are complete, varied, and as long as their level can bear."""

import re
from collections import Counter
from itertools import combinations

import pytest

from enrolment.fields import Field
from kernel.levels import LEVELS, Level
from kernel.published import digest
from people.languages import Language
from rooms.library import (
    DISCUSSION,
    ROLE_PLAY,
    CardContent,
    LibraryCard,
    OralContent,
    PromptGroup,
    Script,
    brought,
    written,
)

# Characters that the candidate has to read on a role-play card: least and most, by level. English
# is the tersest of the five languages.
READING = {
    Level.A1: (80, 180),
    Level.A2: (150, 270),
    Level.B1: (220, 380),
    Level.B2: (320, 440),
    Level.C1: (400, 540),
    Level.C2: (480, 600),
}
READING_ELSEWHERE = {
    Level.A1: (80, 215),
    Level.A2: (150, 320),
    Level.B1: (220, 450),
    Level.B2: (320, 520),
    Level.C1: (400, 630),
    Level.C2: (480, 700),
}
# Words of the longest sentence that the candidate has to read or hear from a card.
LONGEST_SENTENCE = {Level.A1: 12, Level.A2: 22}
LONGEST_ELSEWHERE = {Level.A1: 13, Level.A2: 23}
# Every language has these; English has cards for the others as well.
FIELDS = (Field.GENERAL, Field.SALES, Field.HOSPITALITY, Field.HEALTH)
EACH_LANGUAGE = pytest.mark.parametrize("language", Language)
# What each set said when it came with the product: a set is followed by a next one, never edited.
PUBLISHED = {
    "de-1": "593fff212930d76419be768b6c54d2e673ef4f79415b524febe7d4c54802f56b",
    "en-1": "7043745a657a30ead2c6124d86feb9013ae7d0bc4ec2e35b8c9103e74186e42e",
    "es-1": "80c025be2fe93a6d51089b8fe76c344b85c6455b2da8003cd3603dc5ca5bff4f",
    "fr-1": "4ca07b7622d8f1fd2469fa51c483710b0e280468ecac6f3ec2684ef95cc03079",
    "it-1": "0fc386d0ce3f15007d1fbc56fac42136eb16fbe8cc1274318615924fe6d5f2dc",
}


def cards(language=Language.EN):
    return written(language).cards


def script(language=Language.EN):
    return written(language).script


def every_card():
    return [card for content in brought() for card in content.cards]


def reading(card):
    return card.content.situation + " ".join(card.content.instructions)


def words(card):
    content = card.content
    text = " ".join([content.title, reading(card), content.role, *content.prompts])
    # Short words are grammar, which all cards of a level share.
    least = 5 if card.code.startswith("en-") else 6
    return set(re.findall(rf"[^\W\d_]{{{least},}}", text.lower()))


def prompts_of(language):
    groups = script(language).part(1).groups
    return [(group.field, prompt) for group in groups for prompt in group.prompts]


def test_every_language_that_is_certified_is_written():
    assert {content.language for content in brought()} == set(Language)


def test_what_came_with_the_product_was_never_edited():
    """Somebody may hold orals with it: words that change come in a file of the next version."""
    assert {content.name: digest(content.as_json()) for content in brought()} == PUBLISHED


@EACH_LANGUAGE
def test_every_level_and_part_has_cards_for_every_field(language):
    count = Counter((card.level, card.part, card.field) for card in cards(language))
    fields = tuple(Field) if language == "en" else FIELDS
    # Two general ones, so that a retake has a new one.
    assert count == {
        (level, part, field): 2 if field is Field.GENERAL else 1
        for level in LEVELS
        for part in (ROLE_PLAY, DISCUSSION)
        for field in fields
    }


@EACH_LANGUAGE
def test_nothing_is_said_twice(language):
    for what in ("title", "situation", "role"):
        texts = [getattr(card.content, what) for card in cards(language)]
        assert len(set(texts)) == len(texts)
    prompts = [prompt for card in cards(language) for prompt in card.content.prompts]
    asked = [text for _, prompt in prompts_of(language) for text in (prompt.text, prompt.simpler)]
    assert [text for text, times in Counter(prompts + asked).items() if times > 1] == []


@EACH_LANGUAGE
def test_no_two_cards_are_near_duplicates(language):
    known = [(card.code, words(card)) for card in cards(language)]
    near = [
        (code, other)
        for (code, mine), (other, theirs) in combinations(known, 2)
        if len(mine & theirs) > 0.4 * len(mine | theirs)
    ]
    assert near == []


@EACH_LANGUAGE
@pytest.mark.parametrize("level", LEVELS)
def test_a_role_play_reads_as_long_as_its_level_can_bear(level, language):
    least, most = (READING if language == "en" else READING_ELSEWHERE)[level]
    lengths = {
        card.code: len(reading(card))
        for card in cards(language)
        if card.level is level and card.part == ROLE_PLAY
    }
    assert {code: n for code, n in lengths.items() if not least <= n <= most} == {}


@EACH_LANGUAGE
@pytest.mark.parametrize("level", LONGEST_SENTENCE)
def test_beginners_meet_short_sentences(level, language):
    most = (LONGEST_SENTENCE if language == "en" else LONGEST_ELSEWHERE)[level]
    sentences = [
        sentence
        for card in cards(language)
        if card.level is level
        for text in (card.content.situation, *card.content.instructions, *card.content.prompts)
        for sentence in re.split(r"[.?!:;]\s", text)
    ]
    assert [text for text in sentences if len(text.split()) > most] == []


def test_the_database_reads_a_card_back():
    for card in every_card():
        assert CardContent.model_validate(card.content.model_dump(mode="json")) == card.content


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"language": "fr"}, "a code begins with the language"),
        ({"cards": [cards()[0], cards()[0]]}, "en-a1-role-general-1: two cards have this code"),
        ({"language": "pt"}, "Input should be 'en'"),
    ],
)
def test_cards_of_a_set_fit_together(changes, message):
    english = written(Language.EN)
    with pytest.raises(ValueError, match=message):
        OralContent.model_validate(english.as_json() | changes)


def test_a_set_names_the_places_without_a_card_for_everybody():
    english = written(Language.EN)
    left = tuple(
        card
        for card in english.cards
        if (card.part, card.level, card.field) != (ROLE_PLAY, Level.B2, Field.GENERAL)
    )
    assert english.missing() == []
    assert english.model_copy(update={"cards": left}).missing() == [(ROLE_PLAY, Level.B2)]


@EACH_LANGUAGE
def test_part_1_has_three_groups_for_everybody_and_one_for_each_field(language):
    groups = script(language).part(1).groups
    assert [(group.key, str(group.field), group.name.fr, group.name.en) for group in groups] == [
        ("about_you", "general", "Vous", "About you"),
        ("your_work", "general", "Votre travail", "Your work"),
        ("your_plans", "general", "Vos projets", "Your plans"),
        ("in_sales", "sales", "Dans le commerce", "In sales"),
        ("in_hospitality", "hospitality", "Dans l'hôtellerie et la restauration", "In hospitality"),
        ("in_health", "health", "Dans la santé", "In health"),
    ]
    assert [len(group.prompts) for group in groups] == [9, 9, 8, 6, 6, 6]


@EACH_LANGUAGE
def test_part_1_has_prompts_at_every_level(language):
    count = Counter((field, prompt.level) for field, prompt in prompts_of(language))
    wanted = {
        (field, level): 4 if field is Field.GENERAL else 1 for level in LEVELS for field in FIELDS
    }
    assert {place: least for place, least in wanted.items() if count[place] < least} == {}
    assert set(count) == set(wanted)


@EACH_LANGUAGE
def test_every_part_tells_the_evaluator_what_to_do_and_to_say(language):
    parts = script(language).parts
    assert [(part.name.fr, part.name.en) for part in parts] == [
        ("Questions d'introduction", "Introductory questions"),
        ("Mise en situation", "Role-play"),
        ("Discussion", "Discussion"),
    ]
    assert [(len(part.instructions), len(part.opening)) for part in parts] == [
        (4, 3),
        (4, 3),
        (4, 2),
    ]
    with pytest.raises(KeyError):
        script(language).part(4)


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


def test_questions_that_get_easier_are_refused():
    group = script().part(1).groups[0].model_dump(mode="json")
    with pytest.raises(ValueError, match="you-9 is easier than you-8, which it follows"):
        PromptGroup.model_validate(
            group | {"prompts": [*group["prompts"][:-1], group["prompts"][-1] | {"level": "A1"}]}
        )
