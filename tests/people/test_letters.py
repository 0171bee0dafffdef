"""A letter is its reader's when it is written, and what opens a door is in no row."""

from __future__ import annotations

import json
from datetime import timedelta

import letterbox
import pytest
from sqlalchemy import select
from twins import on_sqlite

from enrolment import access_codes, enrolling
from enrolment.declared import Sex
from enrolment.enrolling import Enrolment
from enrolment.identity import Identity
from kernel import clock, mail, outbox, storage
from kernel.errors import Refused
from kernel.levels import Level
from kernel.outbox import OutboxRow
from kernel.permissions import SYSTEM, Role
from people import delivery, entry, inviting, letters, passwords, recovering
from people.inviting import Invitation
from people.models import EntryLink, LinkPurpose, User
from scheduling import announcing, personal_links


def rows(db) -> list[str]:
    """Return every row of the outbox as it lies in the database."""
    db.flush()
    kept = db.execute(select(OutboxRow.kind, OutboxRow.payload, OutboxRow.dedupe)).all()
    return [json.dumps(list(row)) for row in kept]


def enrolled(db, make, **more):
    organisation = make.organisation()
    wish = Enrolment(
        email="zoe@example.test",
        identity=Identity("Roux", "Zoé", Sex.FEMALE, clock.now().date() - timedelta(days=9999)),
        target_level=Level.B2,
        window_start=clock.now(),
    )
    manager = make.manager(organisation)
    return enrolling.enrol(db, manager.actor, organisation, make.certification(), wish, **more)


def test_no_row_holds_what_opens_a_door(db, make, settings):
    """Invitation, enrolment with its code, recovery, a way in, personal links: none lies there."""
    appointment = make.appointment()
    candidate = appointment.candidacy.candidate.user
    enrolled(db, make)
    inviting.invite(db, SYSTEM, Invitation("ada@example.test", Role.COORDINATOR, "Ada", "L"))
    recovering.send(db, candidate.email)
    letters.to(db, candidate, "candidate_send_link", opens=entry.opens(LinkPurpose.SIGN_IN))
    announcing.placed(db, settings, appointment)
    personal_links.send(db, appointment, "again")
    before = rows(db)
    written = letterbox.written(db, settings)
    keys = [
        letter.context[name].rpartition("/")[2]
        for letter in written
        for name in ("link", "code")
        if letter.context.get(name) and letter.template != "evaluator_appointment"
    ]
    assert len(keys) == 7  # six links that open something, and one code
    assert [key for key in keys for row in before if key in row] == []
    assert rows(db) == before


def test_a_letter_follows_its_reader_until_it_is_written(db, make, settings):
    appointment = make.appointment()
    user = appointment.candidacy.candidate.user
    announcing.placed(db, settings, appointment)
    user.email, user.given_name, user.locale = "moved@example.test", "Ash", "en"
    user.timezone = "America/Montreal"
    letter = letterbox.written(db, settings)[0]
    assert (letter.to, letter.locale) == (mail.Recipient(user.name, "moved@example.test"), "en")
    assert letter.context["person"] == user.name
    assert letter.context["zone"] == "America/Montreal"
    certification = appointment.candidacy.certification
    assert letter.context["certification"] == certification.name_en


def test_a_letter_written_again_is_the_same(db, make, settings):
    appointment = make.appointment()
    enrolled(db, make)
    inviting.invite(db, SYSTEM, Invitation("ada@example.test", Role.COORDINATOR))
    recovering.send(db, appointment.evaluator.email)
    personal_links.send(db, appointment, "again")
    first = letterbox.written(db, settings)
    clock.move(timedelta(minutes=5))
    assert [letter.context for letter in letterbox.written(db, settings)] == [
        letter.context for letter in first
    ]
    assert len(db.scalars(select(EntryLink)).all()) == 3


def test_the_code_of_a_letter_opens_the_account_until_a_password_is_chosen(db, make, settings):
    made = enrolled(db, make)
    user = made.candidate.user
    assert user.password is None
    [letter] = letterbox.written(db, settings)
    assert access_codes.derived(settings.secrets[0], letter.key) == letter.context["code"]
    assert passwords.fits(settings, letter.context["code"], user.password) is True
    assert (letter.context["login"], user.code_until) == (user.email, made.window_end)
    user.password, user.code_until = passwords.hashed(settings, "a long one of their own"), None
    [again] = letterbox.written(db, settings)
    assert (again.context["code"], again.context["login"]) == ("", "")
    assert passwords.fits(settings, "a long one of their own", user.password) is True


def test_a_second_letter_of_enrolment_changes_no_code(db, make, settings):
    user = enrolled(db, make).candidate.user
    letters.to(db, user, "candidate_enrolled", opens=access_codes.opens(make.candidacy()))
    db.flush()
    first, second = letterbox.written(db, settings)
    assert passwords.fits(settings, first.context["code"], user.password) is True
    assert second.context["code"] == ""


def test_a_code_survives_a_new_secret_key(db, make, settings):
    enrolled(db, make)
    [before] = letterbox.written(db, settings)
    rotated = settings.model_copy(
        update={
            "secret_key": type(settings.secret_key)("another secret, long enough to sign with"),
            "secret_keys_former": [settings.secret_key],
        }
    )
    [after] = letterbox.written(db, rotated)
    assert after.context["code"] == before.context["code"]


def test_whoever_asks_twice_gets_one_link(db, make, settings):
    user = make.coordinator()
    for _ in range(2):
        recovering.send(db, user.email)
    db.flush()
    letterbox.written(db, settings)
    db.flush()
    recovering.send(db, user.email)
    assert len(letterbox.queued(db)) == 1
    clock.move(timedelta(seconds=61))
    db.delete(letterbox.queued(db)[0])
    db.flush()
    recovering.send(db, user.email)
    assert len(letterbox.queued(db)) == 1


def test_what_left_keeps_the_address_that_it_went_to_and_no_more(database, db, make, settings):
    delivery.register(settings, storage.from_settings(settings))
    user = make.coordinator(email="ada@example.test", given_name="Ada", family_name="L")
    recovering.send(db, user.email)
    db.commit()
    assert outbox.drain(database) == 1
    [row] = letterbox.queued(db)
    db.refresh(row)
    assert row.payload == {
        "template": "account_recovery",
        "to": {"name": "Ada L", "email": "ada@example.test"},
    }


@on_sqlite
def test_a_letter_to_no_account_is_given_up(database, db, make, settings):
    delivery.register(settings, storage.from_settings(settings))
    user = make.coordinator()
    recovering.send(db, user.email)
    db.flush()
    [row] = letterbox.queued(db)
    row.payload = row.payload | {"user": 0}
    db.commit()
    outbox.drain(database)
    db.refresh(row)
    assert (row.error, row.attempts) == ("no account 0", 1)
    assert letters.given_up(db, settings, "fr") == []


@on_sqlite
def test_a_used_link_is_not_sent_again(db, make, settings):
    user = make.coordinator()
    recovering.send(db, user.email)
    db.flush()
    token = letterbox.written(db, settings)[0].context["link"].rpartition("/")[2]
    entry.use(db, settings, token)
    fresh = letterbox.written(db, settings)[0].context["link"].rpartition("/")[2]
    assert entry.use(db, settings, fresh) is user
    with pytest.raises(Refused, match="déjà servi"):
        entry.use(db, settings, token)
    assert db.get_one(User, user.id).active is True
