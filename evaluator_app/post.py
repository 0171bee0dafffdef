"""The outbox row that is a letter: written here when it leaves, and delivered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kernel import i18n, mail, outbox, post
from kernel.calendar import Method, Occasion, attachment
from kernel.db import Database
from kernel.mail import Attachment, Recipient
from kernel.outbox import OutboxRow, Permanent
from kernel.settings import Settings
from kernel.storage import NotStored, Storage


def _calendar(settings: Settings, row: OutboxRow) -> Attachment:
    """Return the calendar file of the letter in `row`."""
    asked: dict[str, Any] = row.payload["calendar"]
    locale = row.payload["locale"]
    to = row.payload["to"]
    certification = asked["certification"]
    occasion = Occasion(
        uid=asked["uid"],
        sequence=asked["sequence"],
        stamp=row.created_at,
        starts_at=datetime.fromisoformat(asked["starts_at"]),
        minutes=asked["minutes"],
        zone=asked["zone"],
        summary=i18n.gettext(locale, "Oral : %(certification)s", certification=certification),
        description=i18n.gettext(
            locale,
            "Votre oral se passe par vidéo, sur un ordinateur. Préparez votre pièce d'identité, "
            "puis ouvrez votre lien personnel : %(link)s",
            link=asked["link"],
        ),
        url=asked["link"],
        organiser=(settings.certifier_name, settings.support_email),
        guest=(to["name"], to["email"]),
        reminder=i18n.gettext(locale, "Votre oral commence bientôt"),
    )
    return attachment(occasion, Method(asked["method"]))


def _files(storage: Storage, row: OutboxRow) -> list[Attachment]:
    """Return the stored files of the letter in `row`, decrypted."""
    return [
        Attachment(file["name"], file["type"], storage.bytes(file["key"]))
        for file in row.payload["files"]
    ]


def send(settings: Settings, storage: Storage, row: OutboxRow) -> None:
    """Write the letter of `row` and deliver it.

    Raises:
        Permanent: the server refused it for good, or a file is gone.
        RetryLater: it may go later.
    """
    given = row.payload
    try:
        attachments = _files(storage, row)
        if given["calendar"] is not None:
            attachments.append(_calendar(settings, row))
        message = mail.letter(
            settings,
            given["template"],
            key=f"outbox {row.id} {row.created_at.isoformat()}",
            date=row.created_at,
            to=Recipient(given["to"]["name"], given["to"]["email"]),
            locale=given["locale"],
            context=given["context"],
            attachments=tuple(attachments),
        )
        mail.deliver(settings, message)
    except (mail.Undeliverable, NotStored) as error:
        raise Permanent(str(error)) from error


def register(settings: Settings, storage: Storage) -> None:
    """Let the outbox of this process send letters."""

    @outbox.handles(post.KIND)
    def _send(_database: Database, row: OutboxRow) -> None:
        send(settings, storage, row)
