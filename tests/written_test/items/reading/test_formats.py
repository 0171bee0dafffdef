"""Each format gives its questions whole; what is not taken is named with its place."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook
from packing import DATA, SAID, UNSAID, body, entries, only_refusal, pack, qti21

from enrolment.fields import Field
from written_test.questions.drafts import Parameters, Skill
from written_test.questions.kinds import (
    GapChoice,
    GapFree,
    Matching,
    Multiple,
    Ordering,
    Reading,
    Single,
)

HALF = "Aucune réponse ne vaut 100 % (la meilleure : 50 %) : ici une réponse est juste ou fausse."


def by_code(read):
    return {entry.code: entry for entry in read}


def said(entry):
    return entry.file, entry.line, entry.refusal.message % entry.refusal.params


def texts(options) -> list[str]:
    return [option.text for option in options]


def paired(question: Matching) -> dict[str, str]:
    left = {element.key: element.text for element in question.left}
    right = {element.key: element.text for element in question.right}
    return {left[left_key]: right[right_key] for left_key, right_key in question.pairs.items()}


def chosen(question: GapChoice) -> list[str]:
    return [next(o.text for o in gap.options if o.key == gap.right) for gap in question.gaps]


def test_a_qti_package_gives_each_of_its_questions():
    questions = by_code(entries("bank.zip", pack(qti21())))
    choice = body(questions["choice-1"])
    assert (choice.prompt, choice.passage) == (
        "She has been here ___ May.",
        "She works at the <strong>front desk</strong>.",
    )
    assert texts(choice.options) == ["for", "since", "during"]
    assert choice.right == choice.options[1].key
    inline = body(questions["inline-1"])
    assert (inline.prompt, inline.text) == (
        "Choose the right words.",
        "<blockquote>He [[1]] there\nevery [[2]].</blockquote>",
    )
    assert chosen(inline) == ["goes", "day"]
    assert body(questions["entry-1"]).gaps[0].accepted == ("have seen", "saw")
    assert texts(body(questions["order-1"]).elements) == ["Dial.", "Say who you are.", "Hang up."]
    assert paired(body(questions["match-1"])) == {"big": "large", "small": "little"}
    assert texts(body(questions["match-1"]).right) == ["large", "little", "odd"]
    assert (
        body(questions["gap-1"]).text == "<blockquote>We meet [[1]] Monday [[2]] nine.</blockquote>"
    )
    assert chosen(body(questions["gap-1"])) == ["on", "at"]


def test_several_choices_about_a_text_are_a_reading():
    reading = body(by_code(entries("bank.zip", pack(qti21())))["text-1"])
    assert isinstance(reading, Reading)
    assert reading.passage == "The lift is out of order.\n\nPlease take the stairs."
    assert [question.prompt for question in reading.questions] == [
        "What is broken?",
        "Which are true?",
    ]
    assert [question.several for question in reading.questions] == [False, True]


def test_what_a_package_says_of_a_question_wins_over_what_is_asked():
    draft = by_code(entries("bank.zip", pack(qti21())))["choice-1"].draft
    assert (draft.skill, draft.level) == (Skill.GRAMMAR, "B1+")
    assert (draft.parameters, draft.calibrated) == ((Parameters(1.0, 0.42, 0.0),), True)


def test_what_a_package_holds_and_is_not_taken_is_named():
    questions = by_code(entries("bank.zip", pack(qti21())))
    assert said(questions["hot-1"]) == (
        "items/hotspot.xml",
        7,
        "L'interaction « hotspot-interaction » n'est pas prise en charge.",
    )
    assert said(questions["RES-9"]) == (
        "imsmanifest.xml",
        25,
        "Le fichier « items/missing.xml » manque dans l'archive.",
    )


def test_qti_3_comes_alone_too():
    (entry,) = entries("q.xml", (DATA / "qti3.xml").read_bytes(), UNSAID)
    question = body(entry)
    assert isinstance(question, Multiple)
    assert question.right == {question.options[0].key, question.options[2].key}
    assert (entry.draft.skill, entry.draft.level) == (Skill.VOCABULARY, "A2")


def test_a_sound_comes_with_its_question():
    files = qti21()
    files["items/choice.xml"] = files["items/choice.xml"].replace(
        b"<p>She works", b'<p><object type="audio/mpeg" data="../media/a%20b.mp3"/>She works'
    )
    sound = b"ID3\x04 some music"
    draft = by_code(entries("bank.zip", pack(files | {"media/a b.mp3": sound})))["choice-1"].draft
    assert (draft.audio, draft.audio_data) == ("../media/a%20b.mp3", sound)
    entry = by_code(entries("bank.zip", pack(files | {"media/a b.mp3": b"MZ\x90"})))["choice-1"]
    assert said(entry)[2] == "« ../media/a%20b.mp3 » n'est pas un son MP3, Ogg, WAV ou M4A."


def test_moodle_gives_its_kinds():
    questions = by_code(entries("quiz.xml", (DATA / "moodle.xml").read_bytes(), UNSAID))
    taken = {code: type(entry.draft.body) for code, entry in questions.items() if entry.draft}
    assert taken == {
        "MC-1": Single,
        "Greetings": Multiple,
        "Lift": Single,
        "Seen": GapFree,
        "Sizes": Matching,
        "Cloze": GapChoice,
        "Cloze to write": GapFree,
        "Call": Ordering,
        "Prepositions": GapChoice,
    }
    assert texts(body(questions["Call"]).elements) == ["Dial.", "Speak.", "Hang up."]
    assert chosen(body(questions["Prepositions"])) == ["on", "at"]
    assert chosen(body(questions["Cloze"])) == ["goes", "day"]
    assert paired(body(questions["Sizes"])) == {"big": "large", "small": "little"}


def test_moodle_category_and_tags_say_what_a_question_is_about():
    questions = by_code(entries("quiz.xml", (DATA / "moodle.xml").read_bytes(), UNSAID))
    by_path, by_tags = questions["MC-1"].draft, questions["Greetings"].draft
    assert (by_path.skill, by_path.level, by_path.field) == (
        Skill.GRAMMAR,
        "B1+",
        Field.GENERAL,
    )
    assert (by_tags.skill, by_tags.level, by_tags.field) == (
        Skill.VOCABULARY,
        "A2-",
        Field.HOSPITALITY,
    )


def test_fractions_and_jokers_are_explained():
    questions = by_code(entries("quiz.xml", (DATA / "moodle.xml").read_bytes()))
    notes = {
        code: [note.message % note.params for note in entry.notes]
        for code, entry in questions.items()
        if entry.notes
    }
    assert notes == {
        "MC-1": ["La réponse « from » valait 50 % : ici elle compte comme fausse."],
        "Greetings": ["Des fractions de note (50 %, 50 %) : ici, tout juste ou faux, ensemble."],
        "Seen": ["La réponse « *seen* » contient un joker (*) : elle est laissée."],
    }


def test_moodle_names_what_it_has_and_is_not_taken():
    questions = entries("quiz.xml", (DATA / "moodle.xml").read_bytes())
    assert [said(entry) for entry in questions if entry.draft is None] == [
        ("quiz.xml", 58, "Le type « essay » n'est pas pris en charge (réponse rédigée)."),
        (
            "quiz.xml",
            64,
            "« a.png » manque dans le fichier.",
        ),
        ("quiz.xml", 68, "Le type « hologram » n'est pas connu."),
    ]


def test_gift_gives_its_kinds():
    questions = by_code(entries("bank.gift", (DATA / "sample.gift").read_bytes(), UNSAID))
    assert {code: type(entry.draft.body) for code, entry in questions.items() if entry.draft} == {
        "since-1": GapChoice,
        "Truth": Single,
        "Short": GapFree,
        "Match": Matching,
        "Several": Multiple,
        "Escapes": Single,
        "Number": GapFree,
        "gift-87474af463": Single,
    }
    draft = questions["since-1"].draft
    assert (draft.body.text, chosen(draft.body)) == (
        "She has been here [[1]] May.",
        ["since"],
    )
    assert draft.parameters == (Parameters(1.2, 0.3, 0.0),)
    assert body(questions["Escapes"]).prompt == "What does a = b {c} mean?"
    assert texts(body(questions["Escapes"]).options) == ["It means a~b #1", "Nothing: at all"]
    assert [said(entry)[1:] for entry in questions.values() if entry.draft is None] == [
        (20, "Une réponse rédigée (accolades vides) n'est pas prise en charge."),
        (
            24,
            HALF,
        ),
    ]


CSV = (DATA / "columns.csv").read_text()


def _as_xlsx() -> bytes:
    book, made = Workbook(), io.BytesIO()
    for line in CSV.splitlines():
        cells = line.split(";")
        book.active.append(
            [cell.replace(",", ".") if cell[:1].isdigit() else cell for cell in cells]
        )
    book.save(made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("utf8.csv", CSV.encode()),
        ("bom.csv", CSV.encode("utf-8-sig")),
        ("windows.csv", CSV.replace("\n", "\r\n").encode("cp1252")),
        ("excel.csv", CSV.encode("utf-16")),
        ("tabs.tsv", CSV.replace(";", "\t").encode()),
        ("commas.csv", CSV.replace(",", ".").replace(";", ",").encode()),
        ("book.xlsx", _as_xlsx()),
    ],
)
def test_a_table_in_any_dress_gives_the_same(name, data):
    questions = by_code(entries(name, data, UNSAID))
    assert {code: type(entry.draft.body) for code, entry in questions.items()} == {
        "S-1": Single,
        "M-1": Multiple,
        "G-1": GapChoice,
        "F-1": GapFree,
        "O-1": Ordering,
        "P-1": Matching,
        "R-1": Reading,
    }
    single = questions["S-1"].draft
    assert (single.parameters, single.seconds, single.level) == (
        (Parameters(1.2, 0.35, 0.2),),
        40,
        "B1+",
    )
    assert texts(body(questions["M-1"]).options) == ["Hello", "Table", "Hi"]
    assert body(questions["M-1"]).right == {"o1", "o3"}
    assert questions["M-1"].draft.field is Field.HOSPITALITY
    assert chosen(body(questions["G-1"])) == ["goes", "day"]
    assert paired(body(questions["P-1"])) == {"big": "large", "small": "little"}
    assert questions["R-1"].draft.parameters == (
        Parameters(1, 0.5, 0.25),
        Parameters(1.1, 0.7, 0.25),
    )
    assert questions["R-1"].draft.calibrated


def test_english_headers_and_a_column_an_option():
    table = (
        "Code,Kind,Skill,Level,Prompt,Option 1,Option 2,Answer\nX,single,grammar,A1,Go?,a|b,c=d,2\n"
    )
    (entry,) = entries("t.csv", table.encode(), UNSAID)
    assert texts(body(entry).options) == ["a|b", "c=d"]
    assert body(entry).right == "o2"


def test_what_was_never_calibrated_says_so():
    (entry,) = entries("q.gift", b"Yes? {=yes ~no}", SAID)
    assert (entry.draft.calibrated, entry.draft.parameters) == (False, ())
    assert [(parameters.a, parameters.b, parameters.c) for parameters in entry.draft.shape] == [
        (1.0, -0.65, 0.5)
    ]


def test_a_file_that_says_no_level_and_nobody_asked_for_one():
    assert only_refusal("x.gift", b"") == (0, "Ce fichier est vide.")
    (entry,) = entries("q.gift", b"$CATEGORY: grammar\n\nYes? {=yes ~no}", UNSAID)
    assert said(entry) == (
        "q.gift",
        3,
        "Rien ne dit le niveau : donnez-le dans le fichier ou par défaut.",
    )
