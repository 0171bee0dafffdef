"""Every mail, in both languages, with exactly the values that its first line announces."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from jinja2 import Environment, FileSystemLoader, meta

from kernel import i18n
from kernel.mail import TEMPLATES, render
from rooms.alarms import Failure
from tests.kernel.mail_samples import APPOINTMENT, LINK, RESULTS, SAMPLES, SURROUNDINGS

GIVEN = {"brand", "exam_zone", "locale", "subject", *SURROUNDINGS}
NAMES = sorted(folder.name for folder in TEMPLATES.iterdir() if folder.name != "layout")


def test_every_mail_has_a_sample() -> None:
    assert sorted(SAMPLES) == NAMES


def used(environment: Environment, name: str) -> set[str]:
    assert environment.loader is not None
    tree = environment.parse(environment.loader.get_source(environment, name)[0])
    names = meta.find_undeclared_variables(tree)
    for other in meta.find_referenced_templates(tree):
        assert other is not None
        names |= used(environment, other)
    return names - {"_", "gettext", "pgettext", "ngettext", "button", "when", "accommodation"}


@pytest.mark.parametrize("name", NAMES)
def test_the_first_line_names_every_value(name: str) -> None:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), extensions=["jinja2.ext.i18n"], autoescape=True
    )
    for word in ("level", "day", "closing", "time", "moment", "city"):
        environment.filters[word] = str
    first = (TEMPLATES / name / "subject.txt").read_text().splitlines()[0]
    announced = {word.strip() for word in first.strip("{#} ").split(",")}
    files = ("subject.txt", "body.txt", "body.html")
    wanted = set().union(*(used(environment, f"{name}/{file}") for file in files))
    assert wanted - GIVEN == announced
    assert set(SAMPLES[name]) == announced


@pytest.mark.parametrize("locale", ["fr", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_both_bodies_hold_the_link_and_one_button(name: str, locale: str) -> None:
    context = {**SURROUNDINGS, **SAMPLES[name]}
    subject, text, html = render(name, locale, context)
    assert "\n" not in subject
    assert str(context["link"]) in text.splitlines()
    assert html.count('class="button-link" href="' + str(context["link"])) == 1
    assert f'<html lang="{locale}">' in html
    assert re.findall(r"%\(\w+\)s|\{\{|\}\}", subject + text + html) == []
    assert 'style="' in html.split('class="button-link"')[1].split(">")[0]


def test_every_source_string_has_its_english() -> None:
    sources = extract_from_dir(
        Path(TEMPLATES),
        method_map=[("**.html", "jinja2"), ("**.txt", "jinja2")],
        keywords={"_": None, "pgettext": ((1, "c"), 2)},
    )
    catalogue = i18n.catalogue()
    missing = {
        (context, source)
        for _file, _line, source, _comments, context in sources
        if ((context, source) if context else source) not in catalogue
    }
    assert missing == set()


@pytest.mark.parametrize(
    ("locale", "zone", "lines"),
    [
        ("fr", "Europe/Paris", ["Date : jeudi 3 décembre 2026 à 14:30 (heure de Paris)"]),
        (
            "fr",
            "Pacific/Noumea",
            [
                "Date : vendredi 4 décembre 2026 à 00:30, votre heure (Nouméa)",
                "Heure de Paris : jeudi 3 décembre 2026 à 14:30",
            ],
        ),
        (
            "en",
            "America/Toronto",
            [
                "Date: Thursday, 3 December 2026 at 08:30, your time (Toronto)",
                "Paris time: Thursday, 3 December 2026 at 14:30",
            ],
        ),
    ],
)
def test_the_hour_is_the_persons_own_and_paris_beside(
    locale: str, zone: str, lines: list[str]
) -> None:
    context = {**SURROUNDINGS, **APPOINTMENT, "zone": zone}
    _, text, _ = render("appointment_confirmed", locale, context)
    written = text.replace(i18n.NBSP, " ").splitlines()
    start = next(n for n, line in enumerate(written) if line.startswith("Date"))
    assert written[start : start + len(lines)] == lines


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "Congratulations: you have reached level B2, which you aimed for."),
        ({"beyond": True, "overall": "C1"}, "Congratulations: you have reached level C1, above"),
        ({"certified": False, "target": "C1"}, "You aimed for level C1; it was not reached"),
    ],
)
def test_results_say_what_fits_the_case(change: dict[str, object], words: str) -> None:
    _, text, html = render("results_ready", "en", {**SURROUNDINGS, **RESULTS, **change})
    paragraph = text.splitlines()[4]
    assert paragraph.startswith(words)
    assert words in html


def test_a_level_below_the_scale_is_said_in_words() -> None:
    context = {**SURROUNDINGS, **RESULTS, "overall": "below_a1", "certified": False}
    _, text, _ = render("results_ready", "fr", context)
    assert "Niveau global : Inférieur à A1" in text.replace(i18n.NBSP, " ").splitlines()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("identity_refused", "The evaluator could not confirm your identity"),
        ("candidate_absent", "The evaluator waited for you, then closed the room"),
        ("evaluator_absent", "The evaluator could not be there"),
        ("technical", "A technical incident kept your oral from reaching its end."),
        ("interruption", "A technical incident kept your oral from reaching its end."),
        ("help_from_others", "The evaluator ended your oral after an incident."),
        ("behaviour", "The evaluator ended your oral after an incident."),
        ("other", "The evaluator ended your oral after an incident."),
    ],
)
def test_an_incident_says_what_happened(kind: str, words: str) -> None:
    context = {**SURROUNDINGS, **SAMPLES["oral_incident"], "kind": kind}
    _, text, _ = render("oral_incident", "en", context)
    assert text.splitlines()[4].startswith(words)


@pytest.mark.parametrize("kind", ["technical", "evaluator_absent"])
def test_whoever_may_book_anew_is_led_to_the_hours(kind: str) -> None:
    context = {**SURROUNDINGS, **SAMPLES["oral_incident"], "kind": kind, "books": True}
    _, text, html = render("oral_incident", "en", context)
    lines = text.splitlines()
    assert lines[lines.index(LINK) - 1] == "Choose your new time (Anglais professionnel):"
    assert "You can choose another time right now" in text
    assert "You will be offered" not in text
    assert re.findall(r"<a[^>]*>\s*(.*?)\s*</a>", html, re.DOTALL)[0] == "Choose another time"


@pytest.mark.parametrize("locale", ["fr", "en"])
@pytest.mark.parametrize("kind", ["help_from_others", "behaviour", "other"])
def test_a_suspicion_promises_no_new_appointment_and_leaves_the_last_word(
    kind: str, locale: str
) -> None:
    context = {**SURROUNDINGS, **SAMPLES["oral_incident"], "kind": kind}
    _, text, _ = render("oral_incident", locale, context)
    new = {"fr": "Un nouveau rendez-vous", "en": "You will be offered"}[locale]
    account = {"fr": "donner votre version", "en": "give your own account"}[locale]
    assert (new in text, account in text) == (False, True)


def test_a_name_can_inject_nothing_into_the_page() -> None:
    context = {**SURROUNDINGS, "person": '<img src=x onerror="alert(1)">', "link": LINK}
    _, text, html = render("candidate_send_link", "fr", context)
    assert "<img" not in html
    assert "&lt;img src=x" in html
    assert '<img src=x onerror="alert(1)">' in text


def test_accommodations_are_words_and_what_was_written_by_hand_is_kept() -> None:
    _, text, html = render("appointment_confirmed", "fr", {**SURROUNDINGS, **APPOINTMENT})
    assert [line for line in text.splitlines() if line.startswith("- ")][3:] == [
        "- temps supplémentaire",
        "- écran incliné",
    ]
    assert re.findall(r"<li[^>]*>(temps supplémentaire|écran incliné)</li>", html) == [
        "temps supplémentaire",
        "écran incliné",
    ]


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_each_failure_of_a_recording_has_words_of_its_own(locale: str) -> None:
    said = set()
    for failure in Failure:
        context = {**SURROUNDINGS, **SAMPLES["recording_failed"], "failure": str(failure)}
        _, text, html = render("recording_failed", locale, context)
        said.add(text)
        assert re.findall(r"%\(\w+\)s|\{\{|\}\}", text + html) == []
    assert len(said) == len(Failure)
