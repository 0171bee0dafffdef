"""Files that were once read wrong without a word, each with what it must come to."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from packing import body, entries, pack

from written_test.questions.grading import is_accepted, numbers
from written_test.questions.kinds import GapChoice, GapFree, Matching, Multiple, Single
from written_test.questions.solving import solution

CASES = Path(__file__).parent / "cases"
TAKEN = {  # file: (kind, prompt and text, options, what is right)
    "a01_aiken.txt": ("single", "Which is a colour?", ["seven", "green"], ["green"]),
    "g01_answer_format.gift": (
        "single",
        "Pick the <strong>verb</strong>.",
        ["<strong>run</strong>", "red", "<strong>blue</strong>"],
        ["<strong>run</strong>"],
    ),
    "g02_backslash.gift": (
        "single",
        r"In which folder is C:\temp\a.txt?",
        [r"C:\temp", r"C:\a", "D"],
        [r"C:\temp"],
    ),
    "g04_arrow_choice.gift": (
        "single",
        "Which pair is right?",
        ["go -> went", "go -> gone", "go -> goed"],
        ["go -> went"],
    ),
    "g06_markdown.gift": (
        "single",
        "Pick the <strong>verb</strong> in <code>I run</code>.",
        ["run", "I"],
        ["run"],
    ),
    "g07_html_entities.gift": (
        "single",
        'Tom & Jerry say "Salut" !\nWho speaks?',
        ["Tom & Jerry", "Nobody"],
        ["Tom & Jerry"],
    ),
    "g08_moodle_format_tags.gift": (
        "single",
        "Which is <strong>bold</strong>?",
        ["<em>this</em>", "<u>that</u>"],
        ["<em>this</em>"],
    ),
    "g10_arrow_choice.gift": (
        "single",
        "Which is better first, a short one or a long one?",
        ["first do this -> then rest", "first that -> then run"],
        ["first do this -> then rest"],
    ),
    "m01_auto_format_html.xml": (
        "single",
        "Which word is a <strong>colour</strong>?\nChoose one.",
        ["green", "seven"],
        ["green"],
    ),
    "m03_less_than_in_answer.xml": (
        "single",
        "Which line compares two numbers?",
        ["if a<b and c>d stop", "if a stop"],
        ["if a<b and c>d stop"],
    ),
    "m04_underlined.xml": (
        "single",
        (
            "What does the <u>underlined</u> word mean? She <u>put off</u> the meeting and took "
            "off her coat."
        ),
        ["postponed", "removed"],
        ["postponed"],
    ),
    "m05_sup.xml": (
        "single",
        "How much is 10<sup>3</sup>?",
        ["1000", "10<sup>2</sup>"],
        ["1000"],
    ),
    "m06_markdown.xml": (
        "single",
        "Pick the <strong>verb</strong>:\n\n<ul><li>one</li><li>two &amp; three</li></ul>",
        ["<em>run</em>", "<code>red</code>"],
        ["<em>run</em>"],
    ),
    "m09_right_first_shuffle.xml": (
        "single",
        "She ___ tea every morning.",
        ["drinks", "drink", "drinking"],
        ["drinks"],
    ),
    "m17_table.xml": (
        "single",
        (
            "<table><tr><th></th><th>Mon</th><th>Tue</th></tr><tr><td>Ann</td><td></td><td>gym</td>"
            "</tr><tr><td>Bob</td><td>gym</td><td></td></tr></table>\n\nWhen does Ann go to "
            "the gym?"
        ),
        ["Tuesday", "Monday"],
        ["Tuesday"],
    ),
    "m18_several_full.xml": (
        "multiple",
        "Which are fruits?",
        ["apple", "pear", "brick"],
        ["apple", "pear"],
    ),
    "m22_entity_twice.xml": (
        "single",
        "What does <b> make? Tom & Jerry know.",
        ["<b> makes bold", "nothing"],
        ["<b> makes bold"],
    ),
    "m23_hidden_text.xml": ("single", "Pick a number.", ["one", "two"], ["two"]),
    "q06_two_mapped_equal.xml": (
        "single",
        "Which plural of fish is right?",
        ["fish", "fishes", "fishs"],
        ["fish"],
    ),
    "q09_underlined.xml": (
        "single",
        "The <u>underlined</u> word means: she <u>put off</u> the meeting.",
        ["postponed", "removed"],
        ["postponed"],
    ),
    "q12_template_missing_rp.xml": (
        "single",
        "No rules at all: is it scored?",
        ["yes", "no"],
        ["yes"],
    ),
    "q13_sub_sup.xml": (
        "single",
        "Water is H<sub>2</sub>O. How much is 2<sup>3</sup>?",
        ["8", "2<sup>2</sup>"],
        ["8"],
    ),
    "q14_likert_fixed_order.xml": (
        "single",
        "Which is right?",
        ["first", "second", "none of the above"],
        ["none of the above"],
    ),
    "q15_quote.xml": (
        "single",
        "She said <q>yes</q>. What did she say?",
        ["yes", "no"],
        ["yes"],
    ),
    "q16_ruby.xml": (
        "single",
        "<ruby>東京<rt>Tokyo</rt></ruby> is in…",
        ["Japan", "China"],
        ["Japan"],
    ),
    "q23_bare_doctype.xml": ("single", "Which is a verb?", ["red", "run"], ["run"]),
}
RULES = (
    "Les règles de correction du fichier acceptent d'autres réponses que celles qu'il déclare "
    "justes : elles ne sont pas suivies ici."
)
OTHER_FILE = "« %s » est dans un autre fichier : importez l'archive entière."
REFUSED = {
    "g03_joker.gift": (
        1,
        "La réponse « r*d » contient un joker (*), qui n'est pas pris en charge.",
    ),
    "g05_nested.gift": (1, "Les accolades de la question ne vont pas par paires."),
    "m07_tex.xml": (
        3,
        (
            r"« \(\frac{6}{8}\) and $$x^2\cdot x$$. » est une formule (TeX), ce qui n'est pas "
            r"pris en "
            "charge."
        ),
    ),
    "m12_cloze_lower_and_typo.xml": (
        3,
        "Le trou de type « multichoice » n'est pas pris en charge.",
    ),
    "m13_old_image.xml": (3, "« dog.png » n'est pas une image PNG, JPEG, GIF, WebP ou BMP."),
    "m14_file_without_tag.xml": (
        3,
        "La question renvoie à un fichier à ouvrir (@@PLUGINFILE@@/talk.mp3), qui se perdrait.",
    ),
    "m15_two_sounds.xml": (3, "La question a plusieurs sons ; un seul peut être écouté."),
    "q03_object_picture_in_prompt.xml": (6, OTHER_FILE % "dog.png"),
    "q04_object_picture_in_choice.xml": (6, OTHER_FILE % "a.png"),
    "q08_rule_wins_over_example.xml": (6, RULES),
    "q11_max_choices_two_of_many.xml": (
        6,
        (
            "3 réponses sont justes et 2 au plus peuvent être choisies : personne ne pourrait "
            "répondre juste."
        ),
    ),
    "q18_extended.xml": (
        6,
        "L'interaction « extended-text-interaction » n'est pas prise en charge.",
    ),
    "q19_hottext.xml": (6, "L'interaction « hottext-interaction » n'est pas prise en charge."),
    "q20_min_choices_optional_gap.xml": (6, "Chaque trou doit avoir une réponse, et une seule."),
    "q21_foreign_element_tells_answer.xml": (
        4,
        "La question contient « choice-rationales », un élément qui n'est pas connu.",
    ),
    "q22_xinclude.xml": (
        4,
        (
            "La question contient un morceau d'un autre fichier (include), ce qui n'est pas "
            "pris en "
            "charge."
        ),
    ),
    "q24_two_of_three.xml": (4, RULES),
}


def case(name: str):
    return entries(name, (CASES / name).read_bytes())


def said(remark) -> str:
    return (remark.message % remark.params).replace("\u00a0", " ")


@pytest.mark.parametrize("name", TAKEN)
def test_a_case_is_taken_as_it_was_meant(name):
    (entry,) = case(name)
    question = body(entry)
    assert isinstance(question, Single | Multiple)
    assert (
        str(question.kind),
        question.prompt,
        [option.text for option in question.options],
        list(solution(question)[0].right),
    ) == TAKEN[name]


@pytest.mark.parametrize("name", REFUSED)
def test_a_case_is_refused_by_its_line_and_in_words(name):
    (entry,) = case(name)
    assert entry.draft is None
    assert (entry.line, said(entry.refusal)) == REFUSED[name]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "q06_two_mapped_equal.xml",
            (
                "Des réponses incomplètes rapportaient une partie des points : ici, tout juste ou "
                "faux."
            ),
        ),
        (
            "q12_template_missing_rp.xml",
            (
                "Le fichier ne dit pas comment la question est corrigée : la réponse déclarée fait "
                "foi."
            ),
        ),
    ],
)
def test_what_is_read_otherwise_is_said(name, words):
    assert [said(note) for note in case(name)[0].notes] == [words]


@pytest.mark.parametrize(
    ("name", "shuffle", "fixed"),
    [
        ("m09_right_first_shuffle.xml", True, [False, False, False]),
        ("q14_likert_fixed_order.xml", True, [False, False, True]),
        ("q09_underlined.xml", True, [False, False]),
    ],
)
def test_a_file_says_whether_its_options_are_shuffled(name, shuffle, fixed):
    question = body(case(name)[0])
    assert question.shuffle is shuffle
    assert [option.fixed for option in question.options] == fixed


def test_options_that_their_file_keeps_in_order_stay_so():
    source = (CASES / "q09_underlined.xml").read_bytes()
    (entry,) = entries("q.xml", source.replace(b'shuffle="true"', b'shuffle="false"'))
    assert body(entry).shuffle is False
    source = (CASES / "m09_right_first_shuffle.xml").read_bytes()
    (entry,) = entries("m.xml", source.replace(b"<shuffleanswers>true", b"<shuffleanswers>0"))
    assert body(entry).shuffle is False


CARTRIDGE = """<manifest xmlns="http://www.imsglobal.org/xsd/imsccv1p2/imscp_v1p1" identifier="m">
<resources><resource identifier="r" type="%s" href="r.xml"/></resources></manifest>"""


@pytest.mark.parametrize(
    "kind",
    ["imsqti_xmlv1p2/imscc_xmlv1p2/assessment", "imsqti_xmlv1p2/imscc_xmlv1p2/question-bank"],
)
def test_common_cartridge_and_qti_1_2_are_refused_by_name(kind):
    files = {
        "imsmanifest.xml": (CARTRIDGE % kind).encode(),
        "r.xml": b"<questestinterop><assessment/></questestinterop>",
    }
    (packed,) = entries("c.imscc", pack(files))
    (alone,) = entries("r.xml", files["r.xml"])
    assert said(packed.refusal) == (
        "Common Cartridge (QTI 1.2) n'est pas pris en charge : exportez en QTI 2.1 ou plus."
    )
    assert said(alone.refusal) == "QTI 1.2 n'est pas pris en charge : exportez en QTI 2.1 ou plus."


def test_gift_is_always_shuffled():
    gap, choice = (body(entry) for entry in case("g09_right_first.gift"))
    assert isinstance(gap, GapChoice)
    assert (gap.gaps[0].shuffle, gap.gaps[0].right, choice.shuffle) == (True, "o1", True)


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("q01_case_sensitive.xml", ["Paris", " Paris "], ["paris", "PARIS"]),
        (
            "m02_usecase.xml",
            ["We met in Paris on Monday", "We met in  Paris on Monday."],
            ["we met in paris on monday"],
        ),
        ("m11_cloze_case.xml", ["Tuesday"], ["tuesday"]),
        ("m21_shortanswer_trailing_dot.xml", ["He left early."], ["He left early"]),
        (
            "q02_number_tolerance.xml",
            ["3.14", "3,14", "3.140", "3.13", "3.15", "+3.14"],
            ["3.16", "3.129", "4", "", "three"],
        ),
    ],
)
def test_a_written_answer_counts_as_its_file_says(name, right, wrong):
    question = body(case(name)[0])
    assert isinstance(question, GapFree)
    assert [words for words in (*right, *wrong) if is_accepted(question.gaps[0], words)] == right


def test_a_full_stop_and_a_capital_are_nothing_where_no_file_says_so():
    (entry,) = entries("x.gift", b"::x:: She ___ it. {=has seen}")
    gap = body(entry).gaps[0]
    assert [is_accepted(gap, words) for words in ("Has seen.", "has seen")] == [True, True]


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("4", ["4"]),
        ("4,00", ["4.00"]),
        ("1 250", ["1250"]),
        ("1,250", ["1.250", "1250"]),
        ("1.250,5", ["1250.5"]),
        ("−3", ["-3"]),
        ("1e3", ["1E+3"]),
        ("3 m", []),
        ("", []),
    ],
)
def test_numbers_are_read_as_people_write_them(words, read):
    assert numbers(words) == tuple(Decimal(number) for number in read)


NUMERICAL = (
    '<quiz><question type="numerical"><name><text>n</text></name><questiontext format="html">'
    '<text>Two and two?</text></questiontext><answer fraction="100"><text>4</text><tolerance>0.5'
    '</tolerance></answer><answer fraction="0"><text>*</text></answer></question></quiz>'
)


@pytest.mark.parametrize(
    ("name", "data", "right", "wrong"),
    [
        ("n.xml", NUMERICAL, ["4", "4.0", "4,00", "3.5", "4.5"], ["4.6", "3"]),
        ("n.gift", "::n:: Two and two? {#4:0.5}", ["4", "3.5", "4.5"], ["4.6"]),
        ("n.gift", "::n:: Two and two? {#3.5..4.5 #ask}", ["4", "3.5", "4.5"], ["4.6"]),
        ("n.gift", "::n:: Two and two? {#=4 #good =%50%5}", ["4"], ["5", "4.1"]),
    ],
)
def test_numbers_are_accepted_within_their_tolerance(name, data, right, wrong):
    (entry,) = entries(name, data.encode())
    gap = body(entry).gaps[0]
    assert [words for words in (*right, *wrong) if is_accepted(gap, words)] == right


def test_two_questions_of_one_name_are_told_apart_by_their_category():
    questions = case("m08_same_name_two_categories.xml")
    assert [(entry.code, body(entry).prompt) for entry in questions] == [
        ("Grammar/B1/Question 1", "Cats bark."),
        ("Grammar/B2/Question 1", "Dogs bark."),
    ]


def test_what_its_author_hid_is_hidden():
    (entry,) = case("m10_hidden.xml")
    assert entry.draft.hidden
    (entry,) = case("m09_right_first_shuffle.xml")
    assert not entry.draft.hidden


def test_a_hole_may_come_twice():
    question = body(case("m20_gapselect_braces.xml")[0])
    assert question.text == "The [[1]] sat on the [[2]].\n\nThe [[3]] slept."
    assert [solved.right for solved in solution(question)] == [("cat",), ("mat",), ("cat",)]


def test_letters_within_options_that_are_shuffled_are_named():
    (entry,) = entries("x.gift", b"::x:: Which? {=A) one ~B) two}\n")
    assert [said(note) for note in entry.notes] == [
        "Les réponses portent leurs propres lettres, et seront mélangées."
    ]
    (entry,) = entries("x.gift", b"::x:: Which? {=A) one ~two}\n")
    assert entry.notes == ()


def test_an_arrow_makes_a_matching_where_every_answer_is_right_and_has_one():
    (entry,) = entries("x.gift", b"::x:: Match. {=big -> large =small -> little}")
    assert isinstance(body(entry), Matching)


@pytest.mark.parametrize("words", ["Which is “right”?", "Où est la crème brûlée ?"])
def test_western_letters_are_read_where_they_can_only_be_meant(words):
    data = f"code;kind;prompt;options;answer\nx;single;{words};a|b;a\n".encode("cp1252")
    (entry,) = entries("x.csv", data)
    assert body(entry).prompt == words


@pytest.mark.parametrize("name", ["x.csv", "x.gift", "x.txt"])
@pytest.mark.parametrize("words", ["Příliš žluťoučký kůň", "Zażółć gęślą jaźń", "Łódź"])
def test_letters_of_another_table_are_never_taken_for_western_ones(words, name):
    data = f"code;kind;prompt;options;answer\nx;single;{words} {{=a}};a|b;a\n".encode("cp1250")
    (entry,) = entries(name, data)
    assert entry.draft is None
    assert said(entry.refusal).startswith("L'encodage du fichier n'est pas sûr (on y lirait ")


def test_a_steep_question_is_taken_with_a_remark():
    data = b"code;kind;prompt;options;answer;a;b\nx;single;?;a|b;a;7,2;0,5\n"
    (entry,) = entries("x.csv", data)
    assert entry.draft.parameters[0].a == 7.2
    assert [said(note) for note in entry.notes] == [
        "a = 7.2 est bien plus grand que d'ordinaire (au plus 5) : vérifiez-le."
    ]


def test_a_table_may_keep_its_options_in_order():
    data = b"code;kind;prompt;options;answer;shuffle\nx;single;?;a|b;a;non\ny;single;?;a|b;a;\n"
    assert [body(entry).shuffle for entry in entries("x.csv", data)] == [False, True]


RULES_OF_ITS_OWN = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"
identifier="r">
<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier">
<correctResponse><value>A</value></correctResponse></responseDeclaration>
<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
<outcomeDeclaration identifier="MAXSCORE" cardinality="single" baseType="float"><defaultValue>
<value>10.0</value></defaultValue></outcomeDeclaration>
<itemBody><choiceInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>Which?</prompt>
<simpleChoice identifier="A">a</simpleChoice><simpleChoice identifier="B">b</simpleChoice>
</choiceInteraction></itemBody><responseProcessing>%s</responseProcessing></assessmentItem>"""
IF_RIGHT = """<responseCondition><responseIf><match><variable identifier="RESPONSE"/>%s</match>
<setOutcomeValue identifier="SCORE">%s</setOutcomeValue></responseIf>%s</responseCondition>"""
KEY = '<correct identifier="RESPONSE"/>'
POINT = '<baseValue baseType="float">1</baseValue>'


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        (IF_RIGHT % (KEY, POINT, ""), ""),
        (IF_RIGHT % (KEY, '<variable identifier="MAXSCORE"/>', ""), ""),
        (
            IF_RIGHT % ('<baseValue baseType="identifier">B</baseValue>', POINT, ""),
            "Les règles de correction du fichier ne donnent pas de points à sa réponse juste.",
        ),
        (
            IF_RIGHT
            % (
                KEY,
                POINT,
                (
                    f'<responseElse><setOutcomeValue identifier="SCORE">{POINT}</setOutcomeValue>'
                    "</responseElse>"
                ),
            ),
            "Les règles de correction du fichier ne donnent pas de points à sa réponse juste.",
        ),
        (
            IF_RIGHT % ("<customOperator/>", POINT, ""),
            (
                "La question contient un opérateur particulier à un logiciel (custom-operator), "
                "ce qui n'est pas pris en charge."
            ),
        ),
        (
            IF_RIGHT % ("<random><null/></random>", POINT, ""),
            "La question est corrigée par une règle (random) qui n'est pas suivie ici.",
        ),
    ],
)
def test_rules_are_followed_to_see_that_they_mean_the_key(rules, why):
    (entry,) = entries("r.xml", (RULES_OF_ITS_OWN % rules).encode())
    assert (said(entry.refusal) if entry.refusal else "") == why


@pytest.mark.parametrize(
    ("style", "words"),
    [
        ("background-color: #ffff00", ["La couleur d'une partie du texte n'est pas reprise."]),
        ("color: #fff000", ["La couleur d'une partie du texte n'est pas reprise."]),
        ("background-color: #ffffff", []),
        ("background: #FFF; font-size: small", []),
    ],
)
def test_a_colour_is_missed_where_it_was_to_be_seen(style, words):
    source = f'[html]What does <span style\\="{style}">her</span> mean? {{=a ~b}}'
    (entry,) = entries("x.gift", source.replace(": ", "\\: ").replace("#", "\\#").encode())
    assert [said(note) for note in entry.notes] == words


WRITTEN_IN = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"
identifier="w" title="t" adaptive="false" timeDependent="false">
<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="string">
<correctResponse><value>York</value></correctResponse><mapping defaultValue="0">
<mapEntry mapKey="York" mappedValue="1"/>%s</mapping></responseDeclaration>
<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
<itemBody><p>This sun of <textEntryInteraction responseIdentifier="RESPONSE"%s/>.</p></itemBody>
<responseProcessing
template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_response"/>
</assessmentItem>"""
HALF = '<mapEntry mapKey="york" mappedValue="0.5"/>'


@pytest.mark.parametrize(
    ("mapped", "attributes", "words"),
    [
        ("", "", []),
        (
            HALF,
            "",
            [
                (
                    "Des réponses incomplètes rapportaient une partie des points : ici, tout juste "
                    "ou faux."
                )
            ],
        ),
        (
            "",
            ' placeholderText="a house"',
            ["Le texte affiché dans un trou vide (« a house ») n'est pas repris."],
        ),
    ],
)
def test_what_a_gap_loses_is_said(mapped, attributes, words):
    (entry,) = entries("w.xml", (WRITTEN_IN % (mapped, attributes)).encode())
    assert [said(note) for note in entry.notes] == words


TWO_LISTS = """<quiz><question type="cloze"><name><text>c</text></name><questiontext format="html">
<text>In {1:MULTICHOICE%s:=winter~summer} and {1:MULTICHOICE%s:~spring~=autumn}.</text>
</questiontext></question></quiz>"""
TWO_LISTS_OF_QTI = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"
identifier="i" title="t" adaptive="false" timeDependent="false">
<responseDeclaration identifier="A" cardinality="single" baseType="identifier">
<correctResponse><value>w</value></correctResponse></responseDeclaration>
<responseDeclaration identifier="B" cardinality="single" baseType="identifier">
<correctResponse><value>a</value></correctResponse></responseDeclaration>
<itemBody><p>In <inlineChoiceInteraction responseIdentifier="A" shuffle="%s">
<inlineChoice identifier="w">winter</inlineChoice><inlineChoice identifier="s">summer</inlineChoice>
</inlineChoiceInteraction> and <inlineChoiceInteraction responseIdentifier="B" shuffle="%s">
<inlineChoice identifier="p">spring</inlineChoice><inlineChoice identifier="a">autumn</inlineChoice>
</inlineChoiceInteraction>.</p></itemBody></assessmentItem>"""


@pytest.mark.parametrize(
    ("source", "shuffle"),
    [
        (TWO_LISTS % ("", "_S"), [False, True]),
        (TWO_LISTS % ("_S", "_S"), [True, True]),
        (TWO_LISTS % ("", ""), [False, False]),
        (TWO_LISTS_OF_QTI % ("false", "true"), [False, True]),
        (TWO_LISTS_OF_QTI % ("true", "true"), [True, True]),
    ],
)
def test_each_gap_is_shuffled_as_its_file_says(source, shuffle):
    question = body(entries("x.xml", source.encode())[0])
    assert isinstance(question, GapChoice)
    assert [gap.shuffle for gap in question.gaps] == shuffle


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (' caseSensitive="true"', ""),
        ("", ""),
        (' caseSensitive="false"', RULES),
    ],
)
def test_capitals_that_are_both_right_and_wrong_are_refused(case, why):
    mapped = HALF.replace("/>", ' caseSensitive="true"/>')
    source = (WRITTEN_IN % (mapped, "")).replace('mappedValue="1"', f'mappedValue="1"{case}')
    (entry,) = entries("w.xml", source.encode())
    assert (said(entry.refusal) if entry.refusal else "") == why


@pytest.mark.parametrize(
    "picture",
    [
        "<image>dog.gif<image_base64>R0lGODlh</image_base64></image>",
        "<image><image_base64>R0lGODlh</image_base64></image>",
        "<image/><image_base64>R0lGODlh</image_base64>",
        "<image>dog.gif</image>",
    ],
)
def test_an_old_picture_is_not_left_out_wherever_it_stands(picture):
    source = (CASES / "m13_old_image.xml").read_text(encoding="utf-8")
    before, _, rest = source.partition("<image>")
    after = rest.partition("</image_base64>")[2]
    (entry,) = entries("m.xml", f"{before}{picture}{after}".encode())
    assert entry.draft is None
