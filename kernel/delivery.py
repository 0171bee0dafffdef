"""Queued letters leave: the outbox row becomes a message, its files and its calendar attached.

Everything in the message comes from the row, so that sending it again is sending the same mail.
"""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from typing import Any

from kernel import calendar, i18n, mail, outbox, post
from kernel.db import Database
from kernel.errors import N_
from kernel.headers import Turned, Undeliverable, Unreachable
from kernel.settings import Settings
from kernel.storage import NotStored, Storage

_WORDS = {
    "candidate": (
        N_("Oral, %(certification)s"),
        N_(
            "Votre oral se passe par vidéo, sur un ordinateur ou une tablette. Préparez votre"
            " pièce d'identité, puis ouvrez votre lien personnel : %(link)s"
        ),
    ),
    "evaluator": (
        N_("Oral à conduire, %(certification)s"),
        N_("Ouvrez vos entretiens pour entrer dans la salle : %(link)s"),
    ),
}
"""What the calendar of each guest says."""


def register(settings: Settings, storage: Storage) -> None:
    """Let the jobs process deliver mail with these settings, files taken from this storage."""

    @outbox.handles(post.KIND, keeps=("template", "to"))  # proof that somebody was told
    def _handle(_database: Database, row: outbox.OutboxRow) -> None:
        try:
            mail.deliver(settings, message(settings, storage, row))
        except (Undeliverable, NotStored) as error:
            raise outbox.Permanent(str(error)) from error
        except Turned as error:
            raise outbox.Slowly(str(error)) from error
        except Unreachable as error:
            raise outbox.Halt(str(error)) from error


def message(settings: Settings, storage: Storage, row: outbox.OutboxRow) -> EmailMessage:
    """Return the message of a row that `post.queue` wrote.

    Raises:
        Undeliverable: its address is none.
        NotStored: a file to attach is gone.
        StorageError: it is not whole.
    """
    letter = row.payload
    to = mail.Recipient(letter["to"]["name"], letter["to"]["email"])
    attachments = [
        mail.Attachment(file["name"], file["type"], storage.bytes(file["key"]))
        for file in letter["files"]
    ]
    if letter["calendar"] is not None:
        method = calendar.Method(letter["calendar"]["method"])
        event = occasion(settings, letter["calendar"], letter["locale"], row.created_at, to)
        attachments.append(calendar.attachment(event, method))
    return mail.letter(
        settings,
        letter["template"],
        key=f"{row.id} {row.created_at.isoformat()}",
        date=row.created_at,
        to=to,
        locale=letter["locale"],
        context=letter["context"],
        attachments=tuple(attachments),
    )


def occasion(
    settings: Settings, wanted: dict[str, Any], locale: str, stamp: datetime, guest: mail.Recipient
) -> calendar.Occasion:
    """Return the appointment of a letter, as its guest's calendar should show it.

    Its organiser is who the mail is from: some programs take an invitation from nobody else. The
    hour stands in words too, for programs that show it in a zone of their own.
    """
    summary, description = _WORDS[wanted["guest"]]
    names = {"certification": wanted["certification"], "link": wanted["link"]}
    starts_at = datetime.fromisoformat(wanted["starts_at"])
    hour = i18n.gettext(
        locale,
        N_("Le %(moment)s (fuseau horaire : %(zone)s)"),
        moment=i18n.moment_in_words(starts_at, locale, wanted["zone"]),
        zone=wanted["zone"],
    )
    return calendar.Occasion(
        uid=wanted["uid"],
        sequence=wanted["sequence"],
        stamp=stamp,
        starts_at=starts_at,
        minutes=wanted["minutes"],
        zone=wanted["zone"],
        summary=i18n.gettext(locale, summary, **names),
        description=f"{hour}\n{i18n.gettext(locale, description, **names)}",
        url=wanted["link"],
        organiser=(settings.certifier_name, mail.sender(settings).addr_spec),
        guest=(guest.name, guest.email),
        reminder=i18n.gettext(locale, N_("Votre oral commence bientôt")),
    )
