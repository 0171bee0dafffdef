"""Letters to people: queued by whoever decides, written when they leave.

A queued letter names its reader, its template and its facts. The reader's name, address, language
and hours are those of when it is written; what lets somebody in (a link, a code) is made then too,
so that no row keeps it. Written again, it is the same letter with the same link and code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import exam_zone, mail, outbox
from kernel.i18n import Locale
from kernel.mail import Recipient
from kernel.outbox import OutboxRow
from kernel.settings import Settings
from people.models import User

KIND = "mail"
AWAITED = "mail_awaited"
"""Letters that somebody waits for in front of a screen: they leave by a lane of their own."""
KINDS = (AWAITED, KIND)
AWAITED_TEMPLATES = frozenset({"account_recovery", "candidate_link", "candidate_send_link"})


class NoReader(Exception):
    """The account that a letter is for is gone."""


@dataclass(frozen=True, slots=True)
class Opens:
    """What a letter lets its reader into: `by` names who makes it, from these facts."""

    by: str
    facts: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that is being written: which, to whom, since when it was queued."""

    key: str
    """The same for every writing of the same letter, and of no other."""
    template: str
    queued_at: datetime
    reader: User | None
    """None: the certifier's own address."""
    to: Recipient
    locale: str
    zone: str
    context: dict[str, Any]


Maker = Callable[[Session, Settings, Letter, Mapping[str, Any]], dict[str, Any]]
_makers: dict[str, Maker] = {}


def makes(by: str) -> Callable[[Maker], Maker]:
    """Register who makes what opens: values for the letter's context, the same each time."""

    def register(maker: Maker) -> Maker:
        _makers[by] = maker
        return maker

    return register


def in_each_language(name: Callable[[str], str]) -> dict[str, str]:
    """Return a fact that differs by language; the letter takes its reader's."""
    return {str(locale): name(locale) for locale in Locale}


def to(
    db: Session,
    user: User,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    opens: Opens | None = None,
    files: Sequence[dict[str, str]] = (),
    calendar: dict[str, Any] | None = None,
    dedupe: str | None = None,
) -> None:
    """Queue the letter `template` (a folder of `templates/mail`) to `user`.

    `context` is JSON: moments as ISO 8601 text; `person` and `zone` come from the reader.
    `opens` is what lets the reader in, never in the context. `files` are stored files to attach,
    each `{"key", "name", "type"}`; `calendar` is what `people.delivery.occasion` reads.
    """
    _queue(db, user.id, template, context or {}, opens, files, calendar, dedupe)


def to_certifier(
    db: Session, template: str, context: dict[str, Any], *, dedupe: str | None = None
) -> None:
    """Queue a letter to the address where the certifier answers (the setting `support_email`)."""
    _queue(db, None, template, context, None, (), None, dedupe)


def _queue(
    db: Session,
    user_id: int | None,
    template: str,
    context: dict[str, Any],
    opens: Opens | None,
    files: Sequence[dict[str, str]],
    calendar: dict[str, Any] | None,
    dedupe: str | None,
) -> None:
    payload = {
        "template": template,
        "user": user_id,
        "context": context,
        "opens": None if opens is None else {"by": opens.by, **opens.facts},
        "files": list(files),
        "calendar": calendar,
    }
    kind = AWAITED if template in AWAITED_TEMPLATES else KIND
    outbox.enqueue(db, kind, payload, dedupe=dedupe)


def waits(db: Session, user: User, opens: Opens) -> bool:
    """Tell whether a letter to `user` that opens the same waits to be written."""
    sought = {"by": opens.by, **opens.facts}
    rows = db.scalars(
        select(OutboxRow.payload).where(
            OutboxRow.kind.in_(KINDS),
            OutboxRow.done_at.is_(None),
            OutboxRow.failed_at.is_(None),
            OutboxRow.payload["user"].as_integer() == user.id,
        )
    )
    return any(payload["opens"] == sought for payload in rows)


def write(db: Session, settings: Settings, row: OutboxRow) -> Letter:
    """Return a queued letter as it stands now; what it opens is made in this transaction.

    Raises:
        NoReader: the account is gone.
        KeyError: nobody makes what it opens.
    """
    reader = _reader(db, row.payload)
    letter = _addressed(settings, reader, row)
    opens = row.payload["opens"]
    if opens is not None:
        facts = {name: value for name, value in opens.items() if name != "by"}
        letter.context.update(_makers[opens["by"]](db, settings, letter, facts))
    return letter


def is_read_only(row: OutboxRow) -> bool:
    """Tell whether writing the letter changes nothing."""
    return row.payload["opens"] is None


def _reader(db: Session, payload: dict[str, Any]) -> User | None:
    if payload["user"] is None:
        return None
    user = db.get(User, payload["user"])
    if user is None:
        msg = f"no account {payload['user']}"
        raise NoReader(msg)
    return user


def _addressed(settings: Settings, reader: User | None, row: OutboxRow) -> Letter:
    if reader is None:
        to = Recipient(settings.certifier, settings.support)
        locale, zone = str(Locale.FR), exam_zone.name()
    else:
        to, locale, zone = Recipient(reader.name, reader.email), reader.locale, reader.timezone
    own = {"person": to.name, "zone": zone}
    return Letter(
        key=f"{row.id} {row.created_at.isoformat()}",
        template=str(row.payload["template"]),
        queued_at=row.created_at,
        reader=reader,
        to=to,
        locale=locale,
        zone=zone,
        context=own | in_language(row.payload["context"], locale),
    )


def in_language(facts: dict[str, Any], locale: str) -> dict[str, Any]:
    """Return facts where each that differs by language is said in `locale`."""
    return {name: _said(value, locale) for name, value in facts.items()}


def _said(value: Any, locale: str) -> Any:
    if isinstance(value, dict) and set(value) == set(Locale):
        return value[locale if locale in value else Locale.FR]
    return value


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A letter that never left: to whom it would go now, what it is about, and why not."""

    row: int
    to: Recipient
    subject: str
    failed_at: datetime | None
    error: str


def given_up(db: Session, settings: Settings, locale: str) -> list[GivenUp]:
    """Return the letters that were given up and can still leave, their subjects in `locale`."""
    rows = outbox.given_up(db, KINDS)
    numbers = {row.payload["user"] for row in rows} - {None}
    # One statement for all readers: the session finds each of them by itself afterwards.
    readers = db.scalars(select(User).where(User.id.in_(numbers))).all()
    known = {reader.id for reader in readers}
    letters = []
    for row in rows:
        number = row.payload["user"]
        if number is not None and number not in known:
            continue
        letter = _addressed(settings, _reader(db, row.payload), row)
        context = letter.context | in_language(row.payload["context"], locale)
        subject = mail.subject_of(letter.template, locale, mail.surroundings(settings) | context)
        letters.append(GivenUp(row.id, letter.to, subject, row.failed_at, row.error or ""))
    return letters
