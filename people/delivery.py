"""Queued letters leave: the outbox row becomes a message, its files and its calendar attached.

Sending a row again is sending the same mail: it bears the same Message-ID, link and code.
"""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from typing import Any

from kernel import calendar, i18n, mail, outbox
from kernel.db import Database
from kernel.errors import N_
from kernel.headers import MailRefused, Undeliverable, Unreachable
from kernel.outbox import OutboxRow
from kernel.settings import Settings
from kernel.storage import NotStored, Storage
from people import letters
from people.letters import Letter

PROOF = ("template", "to")
"""What a row keeps once its letter has left: that somebody was told, and at which address."""


def register(settings: Settings, storage: Storage) -> None:
    """Let the jobs process deliver mail with these settings, files taken from this storage."""

    def _deliver(database: Database, row: OutboxRow) -> None:
        try:
            letter = write(database, settings, row)
            mail.deliver(settings, message(settings, storage, row, letter))
        except (Undeliverable, NotStored, letters.NoReader) as error:
            raise outbox.Permanent(str(error)) from error
        except MailRefused as error:
            raise outbox.RetrySlowly(str(error)) from error
        except Unreachable as error:
            raise outbox.Halt(str(error)) from error
        row.payload = row.payload | {"to": {"name": letter.to.name, "email": letter.to.email}}

    for kind in letters.KINDS:
        outbox.handles(kind, keeps=PROOF)(_deliver)


def write(database: Database, settings: Settings, row: OutboxRow) -> Letter:
    """Write a letter in a transaction of its own: none is open while the mail server answers."""
    if letters.is_read_only(row):
        with database.session(read_only=True) as db:
            return letters.write(db, settings, row)
    with database.transaction() as db:
        return letters.write(db, settings, row)


def message(settings: Settings, storage: Storage, row: OutboxRow, letter: Letter) -> EmailMessage:
    """Return the message of a letter that was written.

    Raises:
        Undeliverable: its address is none.
        NotStored: a file to attach is gone.
        StorageError: it is not whole.
    """
    attachments = [
        mail.Attachment(file["name"], file["type"], storage.bytes(file["key"]))
        for file in row.payload["files"]
    ]
    if row.payload["calendar"] is not None:
        method = calendar.Method(row.payload["calendar"]["method"])
        event = occasion(settings, row.payload["calendar"], letter)
        attachments.append(calendar.attachment(event, method))
    return mail.letter(
        settings,
        letter.template,
        key=letter.key,
        date=letter.queued_at,
        to=letter.to,
        locale=letter.locale,
        context=letter.context,
        attachments=tuple(attachments),
    )


def occasion(settings: Settings, wanted: dict[str, Any], letter: Letter) -> calendar.Occasion:
    """Return the appointment that goes with a letter, as its reader's calendar should show it.

    `wanted` has the appointment's `uid`, `sequence`, `starts_at` and `minutes`, and French words
    that are in the catalogues: `summary`, `description` and `reminder`, which may name `link` and
    what `names` holds. Its organiser is who the mail is from: some programs take an invitation
    from nobody else. The hour stands in words too, for programs that show it in their own zone.
    """
    names = letters.in_language(wanted["names"], letter.locale) | {"link": letter.context["link"]}
    starts_at = datetime.fromisoformat(wanted["starts_at"])
    hour = i18n.gettext(
        letter.locale,
        N_("Le %(moment)s (fuseau horaire : %(zone)s)"),
        moment=i18n.moment_in_words(starts_at, letter.locale, letter.zone),
        zone=letter.zone,
    )
    return calendar.Occasion(
        uid=wanted["uid"],
        sequence=wanted["sequence"],
        stamp=letter.queued_at,
        starts_at=starts_at,
        minutes=wanted["minutes"],
        zone=letter.zone,
        summary=i18n.gettext(letter.locale, wanted["summary"], **names),
        description=f"{hour}\n{i18n.gettext(letter.locale, wanted['description'], **names)}",
        url=letter.context["link"],
        organiser=(settings.certifier, mail.sender(settings).addr_spec),
        guest=(letter.to.name, letter.to.email),
        reminder=i18n.gettext(letter.locale, wanted["reminder"]),
    )
