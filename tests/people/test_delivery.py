"""From the queue to the mail server, through the outbox, on both databases."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from factories import Make
from icalendar import Calendar
from mailbox_server import free_port
from sqlalchemy import select

from kernel import clock, mail, outbox, storage
from kernel.db import Database
from kernel.outbox import OutboxRow
from kernel.settings import MailBackend, Settings, SmtpSecurity
from people import delivery, letters
from people.models import User
from scheduling import announcing
from tests.kernel.mail_samples import APPOINTMENT, LINK, RESULTS

CALENDAR = announcing.CANDIDATE | {
    "method": "CANCEL",
    "uid": "7f1c@viva-voce",
    "sequence": 2,
    "starts_at": APPOINTMENT["starts_at"],
    "minutes": 20,
    "names": {"certification": "Anglais professionnel"},
}


@pytest.fixture
def posted(settings: Settings) -> Settings:
    delivery.register(settings, storage.from_settings(settings))
    return settings


@pytest.fixture
def camille(make, db) -> int:
    values = {"given_name": "Camille", "family_name": "Lefèvre"}
    user = make.coordinator(email="camille@candidats.example", **values)
    number = user.id
    db.commit()
    return number


def only_mail(settings: Settings) -> EmailMessage:
    [file] = settings.mails.glob("*.eml")
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_documents_leave_with_their_mail(
    database: Database, posted: Settings, camille: int
) -> None:
    storage.from_settings(posted).put("documents/K7QX.pdf", b"%PDF-1.4 sealed")
    with database.transaction() as db:
        letters.to(
            db,
            db.get_one(User, camille),
            "results_ready",
            RESULTS,
            files=[
                {
                    "key": "documents/K7QX.pdf",
                    "name": "attestation-K7QX.pdf",
                    "type": "application/pdf",
                }
            ],
        )
    assert outbox.drain(database) == 1
    message = only_mail(posted)
    assert message["Subject"] == "Vos résultats\u00a0: Anglais professionnel"
    assert str(message["To"]) == "Camille Lefèvre <camille@candidats.example>"
    [document] = message.iter_attachments()
    assert document.get_filename() == "attestation-K7QX.pdf"
    assert document.get_payload(decode=True) == b"%PDF-1.4 sealed"


def test_an_appointment_leaves_with_its_calendar(
    database: Database, posted: Settings, camille: int
) -> None:
    with database.transaction() as session:
        session.get_one(User, camille).locale = "en"
        letters.to(
            session,
            session.get_one(User, camille),
            "appointment_cancelled",
            {**APPOINTMENT, "reason": "évaluateur souffrant"},
            calendar=CALENDAR,
        )
    outbox.drain(database)
    message = only_mail(posted)
    [file] = message.iter_attachments()
    # Calendars take an invitation from whom the mail is from; people write to those who answer.
    assert message["From"].addresses[0].addr_spec == mail.sender(posted).addr_spec
    assert str(message["Reply-To"]) == posted.support_email
    invitation = Calendar.from_ical(file.get_payload(decode=True))
    [event] = invitation.walk("VEVENT")
    assert str(invitation["METHOD"]) == file["Content-Type"].params["method"] == "CANCEL"
    assert str(event["UID"]) == "7f1c@viva-voce"
    assert int(event["SEQUENCE"]) == 2
    assert event.start == datetime(2026, 12, 3, 13, 30, tzinfo=UTC)
    assert str(event["DESCRIPTION"]).endswith(f"open your personal link: {LINK}")
    assert str(event["ORGANIZER"]) == f"mailto:{mail.sender(posted).addr_spec}"


def queue_link(database: Database, email: str) -> None:
    with database.transaction() as db:
        user = db.scalar(select(User).where(User.email == email.lower()))
        if user is None:
            user = Make(db).coordinator(email=email.lower(), given_name="Zoë", family_name="")
        letters.to(db, user, "candidate_send_link", {"link": LINK})


def rows(database: Database) -> list[OutboxRow]:
    with database.session(read_only=True) as db:
        return list(db.scalars(select(OutboxRow).order_by(OutboxRow.id)))


def by_smtp(settings: Settings, port: int) -> Settings:
    sending = settings.model_copy(
        update={
            "mail_backend": MailBackend.SMTP,
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_security": SmtpSecurity.NONE,
        }
    )
    delivery.register(sending, storage.from_settings(sending))
    return sending


def test_a_busy_server_gets_the_same_mail_again_and_one_that_refuses_for_days(
    database: Database, settings: Settings, smtp
) -> None:
    by_smtp(settings, smtp.port)
    smtp.refuse = {"busy@x.example": "451 later", "gone@x.example": "550 nobody"}
    for email in ("busy@x.example", "gone@x.example", "here@x.example"):
        queue_link(database, email)
    assert outbox.drain(database) == 3
    busy, gone, here = rows(database)
    assert (busy.done_at, busy.failed_at, busy.attempts) == (None, None, 1)
    assert (gone.error, gone.failed_at, gone.attempts) == ("550 nobody", None, 1)
    assert here.done_at is not None
    smtp.refuse = {}
    clock.move(timedelta(minutes=1))
    assert outbox.drain(database) == 1
    assert [str(message["To"]) for message in smtp.messages] == [
        "Zoë <here@x.example>",
        "Zoë <busy@x.example>",
    ]
    clock.move(timedelta(hours=1))
    assert outbox.drain(database) == 1
    assert str(smtp.messages[-1]["To"]) == "Zoë <gone@x.example>"


def test_a_silent_server_is_asked_once_for_all_letters(
    database: Database, settings: Settings, smtp
) -> None:
    by_smtp(settings, free_port())
    for number in range(3):
        queue_link(database, f"zoe{number}@x.example")
    assert outbox.drain(database) == 1
    assert [(row.attempts, row.failed_at) for row in rows(database)] == [(0, None)] * 3
    by_smtp(settings, smtp.port)
    clock.move(timedelta(hours=17))
    assert outbox.drain(database) == 3
    assert len(smtp.messages) == 3


def test_a_row_sent_twice_is_recognisably_one_mail(
    database: Database, settings: Settings, smtp
) -> None:
    sending = by_smtp(settings, smtp.port)
    queue_link(database, "zoe@x.example")
    [row] = rows(database)
    files = storage.from_settings(sending)
    first, second = (
        delivery.message(sending, files, row, delivery.write(database, sending, row))
        for _ in range(2)
    )
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]
    assert outbox.drain(database) == 1
    assert smtp.messages[0]["Message-ID"] == first["Message-ID"]


def test_what_is_no_address_is_not_tried_again(database: Database, posted: Settings) -> None:
    queue_link(database, "not an address")
    outbox.drain(database)
    [row] = rows(database)
    assert row.failed_at is not None
    assert row.attempts == 1
    assert list(posted.mails.glob("*.eml")) == []


def test_a_file_that_is_gone_ends_it(database: Database, posted: Settings, camille: int) -> None:
    with database.transaction() as db:
        letters.to(
            db,
            db.get_one(User, camille),
            "results_ready",
            RESULTS,
            files=[{"key": "documents/none.pdf", "name": "a.pdf", "type": "application/pdf"}],
        )
    outbox.drain(database)
    [row] = rows(database)
    assert row.failed_at is not None
    assert list(posted.mails.glob("*.eml")) == []
