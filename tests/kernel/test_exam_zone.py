"""The exam's own zone: its days, its name in words, and who else may name one."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from kernel import exam_zone, i18n
from kernel.settings import HERE, Settings

FOLDERS = (
    *("kernel", "people", "enrolment", "scheduling", "rubrics", "proctor", "written_test"),
    *("rooms", "results", "evaluator_app", "templates", "frontend"),
)


@pytest.fixture(autouse=True)
def _back_to_the_usual_one():
    yield
    exam_zone.use(exam_zone.USUAL)


def test_its_days_begin_at_its_own_midnight():
    assert exam_zone.midnight(date(2026, 12, 3)) == datetime(2026, 12, 2, 23, tzinfo=UTC)
    exam_zone.use("Pacific/Noumea")
    assert exam_zone.midnight(date(2026, 12, 3)) == datetime(2026, 12, 2, 13, tzinfo=UTC)
    assert exam_zone.day_of(datetime(2026, 12, 2, 13, tzinfo=UTC)) == date(2026, 12, 3)
    assert exam_zone.day_of(datetime(2026, 12, 2, 12, 59, tzinfo=UTC)) == date(2026, 12, 2)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 12, 3), 24)]
)
def test_a_day_on_which_the_clocks_change_is_shorter_or_longer(day, hours):
    length = exam_zone.midnight(day + timedelta(days=1)) - exam_zone.midnight(day)
    assert length == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("zone", "french", "english"),
    [
        ("Europe/Paris", "heure de Paris", "Paris time"),
        ("Europe/Athens", "heure d'Athènes", "Athens time"),
        ("Africa/Cairo", "heure du Caire", "Cairo time"),
        ("Pacific/Noumea", "heure de Nouméa", "Noumea time"),
    ],
)
def test_a_clock_is_called_as_people_do(zone, french, english):
    assert (i18n.clock_of(zone, "fr"), i18n.clock_of(zone, "en")) == (french, english)


def test_an_installation_names_a_zone_that_exists():
    with pytest.raises(ValidationError, match="is not a time zone, such as Europe/Paris"):
        Settings(mode="test", default_timezone="Europe/Nowhere")


def test_one_module_names_the_usual_zone():
    written = [
        str(path.relative_to(HERE))
        for folder in FOLDERS
        for path in sorted((HERE / folder).rglob("*"))
        if path.suffix in {".py", ".html", ".txt", ".js"} and "dist" not in path.parts
        if re.search("""["']Europe/Paris["']""", path.read_text())
    ]
    assert written == ["kernel/exam_zone.py"]
