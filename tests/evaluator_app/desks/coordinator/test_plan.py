"""The coordinator's plan over HTTP: what it shows, what needs a person, in how many queries."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from query_count import counted

from enrolment import extensions, gates
from enrolment.models import GateKind, Stage
from kernel import clock
from kernel.levels import Level
from people.languages import Language
from rooms.models import InterviewState


def text(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture(autouse=True)
def _noon(settings):
    """Let it be noon: what begins around now begins today, in any zone that people have here."""
    now = clock.now()
    clock.move(now.replace(hour=11, minute=0, second=0) - now)


@pytest.fixture
def desk(make, signed_in):
    return signed_in(make.coordinator())


def oral(make, minutes: float = 30, **values):
    """An oral that begins in so many minutes, with an evaluator who is there all day."""
    evaluator = make.hours(make.evaluator())
    starts_at = clock.now() + timedelta(minutes=minutes)
    appointment = make.appointment(make.candidacy(), evaluator, starts_at)
    return make.interview(appointment, **values)


def today(appointment) -> str:
    return f"/coordinator/plan?day={appointment.starts_at.date().isoformat()}"


def test_the_heading_of_a_day_keeps_the_capital_of_its_month(desk):
    page = text(desk.get("/coordinator/plan?day=2026-11-29&lang=en", follow_redirects=True))
    assert re.findall(r"<h1[^>]*>(.*?)</h1>", page) == ["Sunday, 29 November 2026"]


def test_a_day_shows_each_oral_with_a_link_to_its_candidacy(make, desk):
    appointment = oral(make).appointment
    page = text(desk.get("/coordinator/plan"))
    assert f'href="/coordinator/candidacies/{appointment.candidacy_id}" aria-label=' in page
    assert appointment.evaluator.name in page
    assert 'class="vv-plan-needs"' not in page


@pytest.mark.parametrize(
    ("minutes", "state", "waits", "said"),
    [
        (-1, InterviewState.PLANNED, False, []),
        (-3, InterviewState.PLANNED, False, ["L&#39;évaluateur n&#39;est pas là"]),
        (
            -3,
            InterviewState.PLANNED,
            True,
            ["L&#39;évaluateur n&#39;est pas là", "candidat attend"],
        ),
        (-3, InterviewState.OPEN, False, []),
        (-3, InterviewState.OPEN, True, ["Le candidat attend d&#39;entrer"]),
        (-3, InterviewState.RUNNING, True, []),
    ],
)
def test_what_needs_a_person_stands_on_top(make, desk, minutes, state, waits, said):
    since = clock.now() if waits else None
    oral(make, minutes, state=state, waiting_since=since)
    page = text(desk.get("/coordinator/plan"))
    top = page.partition('class="vv-plan-needs"')[2].partition("</ul>")[0]
    assert [words in top for words in said] == [True] * len(said)
    assert (top != "") is bool(said)


def test_requests_and_incidents_wait_on_top(db, make, settings, desk):
    candidacy = make.candidacy()
    make.candidacy(stage=Stage.SUSPENDED)
    extensions.ask(db, candidacy.candidate.user.actor, settings, candidacy, "")
    page = text(desk.get("/coordinator/plan"))
    top = page.partition('class="vv-plan-needs"')[2].partition("</ul>")[0]
    assert "1 incident à traiter" in top
    assert f"/coordinator/candidacies/{candidacy.id}" in top


def closing(db, make, days: int, *, written: bool = True, **values):
    end = clock.now() + timedelta(days=days)
    made = make.candidacy(window_start=end - timedelta(days=31), window_end=end, **values)
    gates.put(db, made, GateKind.WRITTEN_RESULT, is_open=written)
    return made


def leads(page: str, *candidacies, to: str = "") -> list[bool]:
    return [f"/candidacies/{candidacy.id}{to}" in page for candidacy in candidacies]


def test_windows_that_close_are_listed_with_what_to_do(db, make, desk):
    soon, unready = closing(db, make, 9), closing(db, make, 13, written=False)
    later = closing(db, make, 16)
    booked = closing(db, make, 9, stage=Stage.BOOKED)
    for view in ("day", "week"):
        page = text(desk.get(f"/coordinator/plan?{view}="))
        listed = page.partition('id="closing"')[2]
        assert leads(listed, soon, unready, to="/extension") == [True, True]
        assert leads(listed, soon, unready, to="#oral") == [True, False]
        assert leads(listed, later, booked) == [False, False]


def test_a_week_counts_and_its_numbers_lead_to_what_they_count(db, make, desk):
    german = make.certification(language=Language.DE)
    waiting = closing(db, make, 1, certification=german)
    other = closing(db, make, 1)
    appointment = oral(make).appointment
    page = text(desk.get("/coordinator/plan?week="))
    assert f"/coordinator/plan?day={appointment.starts_at.date().isoformat()}" in page
    demand = page.partition('id="demand"')[2].partition('id="closing"')[0]
    href = demand.partition('href="/coordinator/plan/waiting?language=de&amp;week=')[2][:10]
    listed = text(desk.get(f"/coordinator/plan/waiting?language=de&week={href}"))
    assert leads(listed, waiting, other) == [True, False]
    everybody = text(desk.get("/coordinator/plan/waiting"))
    assert leads(everybody, waiting, other) == [True, True]


@pytest.mark.parametrize(
    "query",
    [
        "day=",
        "day=nonsense",
        "day=0001-01-01",
        "day=9999-12-31",
        "week=nonsense",
        "week=9999-12-31",
    ],
)
def test_a_day_that_cannot_be_shows_another(desk, query):
    assert desk.get(f"/coordinator/plan?{query}").status_code == 200
    assert desk.get(f"/coordinator/plan/waiting?language=xx&{query}").status_code == 200


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", ["plan", "plan?week=2026-11-25", "plan/waiting"])
def test_empty_pages_answer_in_both_languages(desk, path, language):
    joint = "&" if "?" in path else "?"
    assert desk.get(f"/coordinator/{path}{joint}lang={language}").status_code == 200


@pytest.mark.parametrize("many", [1, 3])
@pytest.mark.parametrize(("query", "statements"), [("day=", 16), ("week=", 21)])
def test_the_plan_asks_the_same_number_of_questions(
    db, database, make, settings, desk, query, statements, many
):
    for _ in range(many):
        oral(make, -5)
        asking = closing(db, make, 5)
        extensions.ask(db, asking.candidate.user.actor, settings, asking, "")
    db.commit()
    db.expire_all()
    desk.get(f"/coordinator/plan?{query}")
    with counted(database.engine) as sent:
        assert desk.get(f"/coordinator/plan?{query}").status_code == 200
    assert sent.count == statements


def test_only_coordinators_see_the_plan(make, signed_in):
    for user in (make.manager(), make.evaluator(), make.candidate().user):
        outsider = signed_in(user)
        for path in ("plan", "plan?week=", "plan/waiting"):
            assert outsider.get(f"/coordinator/{path}").status_code == 404


def test_those_to_place_are_a_page_at_a_time_those_who_may_book_alone(db, database, make, desk):
    certification, organisation = make.certification(), make.organisation()
    for _ in range(51):
        closing(db, make, 30, certification=certification, organisation=organisation)
    last = closing(db, make, 40, certification=certification, organisation=organisation)
    unready = closing(db, make, 3, written=False)
    db.commit()
    desk.get("/coordinator/plan/waiting")
    with counted(database.engine) as sent:
        first = text(desk.get("/coordinator/plan/waiting"))
    assert ("52 résultats" in first, first.count("data-href=")) == (True, 50)
    second = text(desk.get("/coordinator/plan/waiting?page=2"))
    assert (second.count("data-href="), f"/candidacies/{last.id}" in second) == (2, True)
    assert f"/candidacies/{unready.id}" not in first + second
    assert sent.count == 4


@pytest.mark.parametrize(("ceiling", "short"), [(Level.B1, True), (Level.C2, False)])
def test_slots_of_a_b1_evaluator_are_none_for_c2_candidates(db, make, desk, ceiling, short):
    make.hours(make.evaluator(max_level=ceiling))
    closing(db, make, 9, target_level=Level.C2)
    page = text(desk.get("/coordinator/plan?week="))
    demand = page.partition('id="demand"')[2].partition('id="closing"')[0]
    assert ("il manque 1 créneau" in demand) is short
