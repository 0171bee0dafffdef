"""`viva doctor`, of the exam: who certifies, what is on offer, whether it can be booked."""

from __future__ import annotations

import pytest

from evaluator_app.commands import doctor_exam
from kernel.db import Database
from kernel.settings import Settings
from people.languages import Language


@pytest.mark.parametrize(
    ("said", "well"),
    [
        ({}, {"certifier": False, "support": False, "sender": False, "address": True}),
        (
            {
                "certifier_name": "Le Port",
                "support_email": "aide@viva.example",
                "mail_from": "Le Port <no-reply@port.test>",
                "base_url": "http://viva.test",
            },
            {"certifier": True, "support": False, "sender": True, "address": False},
        ),
        (
            {
                "certifier_name": "Le Port",
                "support_email": "aide@port.test",
                "mail_from": "Le Port <no-reply@viva.example>",
                "base_url": "https://viva.test",
            },
            {"certifier": True, "support": True, "sender": False, "address": True},
        ),
    ],
)
def test_what_nobody_said_is_named(tmp_path, said, well):
    findings = doctor_exam.names(Settings(var=tmp_path, **said))
    assert {finding.part: finding.well for finding in findings} == well | {"notices": True}


def test_what_the_notices_leave_out_is_named(tmp_path):
    said = dict.fromkeys(doctor_exam.OWED[1:4], "dit") | {"privacy_basis": "contract"}
    findings = doctor_exam.names(Settings(var=tmp_path, **said))
    assert findings[-1].words == "leave out VIVA_CERTIFIER_ADDRESS"
    findings = doctor_exam.names(Settings(var=tmp_path, certifier_address="Ici", **said))
    assert findings[-1].words == "complete"


def test_hours_are_missed_until_somebody_who_may_examine_opens_some(
    database: Database, db, make, settings
):
    here = settings.model_copy(update={"database_url": database.url})
    db.commit()
    [nothing] = doctor_exam.exam(here)
    assert (nothing.well, nothing.words) == (True, "no certification is on offer yet")
    english = make.certification()
    make.hours(make.evaluator(Language.DE))
    db.commit()
    words = f"{english.code} (en): no hour can be booked"
    assert hours(here) == {words: False}
    evaluator = make.evaluator(Language.EN)
    make.hours(evaluator)
    db.commit()
    assert list(hours(here).values()) == [True]
    evaluator.active = False
    db.commit()
    assert hours(here) == {words: False}


def hours(settings: Settings) -> dict[str, bool]:
    findings = doctor_exam.exam(settings)
    return {finding.words: finding.well for finding in findings if finding.part == "hours"}
