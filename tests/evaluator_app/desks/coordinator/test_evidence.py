"""What a verdict rests on, on the candidacy's page: marks, remarks at their seconds, the oral."""

from __future__ import annotations

import html
import re

from enrolment.models import Stage
from kernel import clock
from rooms.models import Interview, Recording, RecordingState
from rubrics.models import Note
from tests.results.test_validation import complete


def page_of(browser, candidacy) -> str:
    answer = browser.get(f"/coordinator/candidacies/{candidacy.id}")
    return html.unescape(answer.get_data(as_text=True))


def noted(make, sheet, **values) -> None:
    made = {"part": 1, "created_at": clock.now(), "client_id": values["text"]}
    make.db.add(Note(scoresheet_id=sheet.id, **(made | values)))


def test_marks_and_remarks_are_read_where_they_are_validated(db, make, signed_in):
    candidacy = complete(make)
    [interview] = db.query(Interview).all()
    [sheet] = interview.performance.scoresheets
    noted(make, sheet, criterion="vocabulary", second=74.0, text="collocations justes")
    noted(make, sheet, criterion=None, second=None, text="fait répéter")
    noted(make, sheet, criterion="fluency", second=9.0, text="biffée", removed_at=clock.now())
    make.incident(interview, second=6.0, note="on frappe")
    db.flush()
    browser = signed_in(make.coordinator())
    shown = page_of(browser, candidacy)
    table = shown.split('id="sheet"')[1].split("</table>")[0]
    rows = [re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", row)) for row in table.split("<tr>")[2:]]
    assert len(rows) == 7  # six criteria, and what is bound to none
    [vocabulary] = [row for row in rows if "Vocabulaire" in row]
    assert ("B2" in vocabulary, "1:14 collocations justes" in vocabulary) == (True, True)
    assert ("Sans critère" in rows[-1], "fait répéter" in rows[-1]) == (True, True)
    assert "biffée" not in table
    assert "data-playback-note" not in shown  # nothing to hear


def test_what_can_be_heard_is_pinned_and_its_manifest_is_the_oral(db, make, signed_in):
    candidacy = complete(make)
    [interview] = db.query(Interview).all()
    [sheet] = interview.performance.scoresheets
    noted(make, sheet, criterion="vocabulary", second=74.0, text="collocations justes")
    make.incident(interview, second=6.0, note="on frappe")
    recording = {"state": RecordingState.READY, "started_at": clock.now(), "name": "abc"}
    db.add(Recording(interview_id=interview.id, **recording))
    db.flush()
    shown = page_of(signed_in(make.coordinator()), candidacy)
    pins = re.findall(r'data-playback-note data-second="([\d.]+)" data-label="(.)"', shown)
    assert pins == [("6.0", "!"), ("74.0", "V")]
    assert f'data-playback="/evaluator/interviews/{interview.id}/recording"' in shown


def test_before_the_oral_the_page_says_so(make, signed_in):
    browser = signed_in(make.coordinator())
    assert "L'oral n'a pas encore eu lieu." in page_of(browser, make.candidacy())
    marking = make.candidacy(stage=Stage.MARKING)
    assert "L'évaluateur n'a pas encore remis sa grille." in page_of(browser, marking)
