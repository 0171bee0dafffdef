"""Mail: rendered from three files each, composed so that headers cannot be forged, delivered.

`templates/mail/<name>/` holds `subject.txt`, `body.txt` and `body.html`; the first line of the
subject says which values the mail wants. Two twins deliver: a folder of `.eml` files, and SMTP.
The outbox calls this module; nothing here reads the database or the clock.
"""

from __future__ import annotations

import hashlib
import os
import re
import smtplib
import ssl
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr, parsedate_to_datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from kernel import exam_zone, i18n
from kernel.headers import (
    POLICY,
    MailError,
    MailRefused,
    RetryLater,
    Undeliverable,
    Unreachable,
    address,
    check_name,
    message_id,
    one_line,
)
from kernel.levels import Level
from kernel.settings import BRAND, HERE, MailBackend, Settings, SmtpSecurity

__all__ = [
    "Attachment",
    "Mail",
    "MailError",
    "Recipient",
    "RetryLater",
    "Undeliverable",
    "compose",
    "deliver",
    "letter",
    "message_id",
    "one_line",
    "render",
    "sender",
    "surroundings",
]

TEMPLATES = HERE / "templates" / "mail"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail; `type` may be `text/calendar; method=CANCEL`."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person's name as they write it, and their address."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one person, complete: composing it twice gives the same headers.

    `message_id` and `date` come from the outbox row, so that a second sending is recognisable.
    """

    message_id: str
    date: datetime
    sender: str
    to: Recipient
    subject: str
    text: str
    html: str
    locale: str
    kind: str = "mail"
    attachments: tuple[Attachment, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    reply_to: str = ""


def render(name: str, locale: str, context: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return subject, text and HTML of the mail `name`; styles stand on the elements.

    Moments in the context may be datetimes or ISO strings, days dates or ISO strings, so that a
    context can wait in the outbox as JSON.

    Raises:
        jinja2.TemplateNotFound: no such mail.
        jinja2.UndefinedError: the context lacks a value that the mail wants.
    """
    environment = _environment(TEMPLATES, locale)
    values = {"brand": BRAND, "exam_zone": exam_zone.name(), "locale": locale, **context}
    values["subject"] = subject_of(name, locale, context)
    text = environment.get_template(f"{name}/body.txt").render(values)
    html = environment.get_template(f"{name}/body.html").render(values)
    return (
        values["subject"],
        re.sub(r"\n{3,}", "\n\n", text).strip() + "\n",
        _inliner().inline(html),
    )


def subject_of(name: str, locale: str, context: Mapping[str, Any]) -> str:
    """Return the subject of the mail `name`. Raise as `render`."""
    values = {"brand": BRAND, "exam_zone": exam_zone.name(), "locale": locale, **context}
    template = _environment(TEMPLATES, locale).get_template(f"{name}/subject.txt")
    return one_line(template.render(values))


def letter(
    settings: Settings,
    name: str,
    *,
    key: str,
    date: datetime,
    to: Recipient,
    locale: str,
    context: Mapping[str, Any],
    attachments: tuple[Attachment, ...] = (),
) -> EmailMessage:
    """Return the whole message of the mail `name`, ready to deliver.

    `key` names the outbox row and `date` is its own: both together make a second composition of
    the same row carry the same Message-ID. `context` gets the installation's names by itself.
    """
    subject, text, html = render(name, locale, {**surroundings(settings), **context})
    return compose(
        Mail(
            message_id=message_id(key, settings.base_url),
            date=date,
            sender=settings.sender,
            to=to,
            subject=subject,
            text=text,
            html=html,
            locale=locale,
            kind=name,
            attachments=attachments,
            reply_to=settings.support,
        )
    )


def surroundings(settings: Settings) -> dict[str, str]:
    """Return what every mail may name of the installation."""
    return {
        "certifier": settings.certifier,
        "support": settings.support,
        "base_url": settings.base_url,
    }


def sender(settings: Settings) -> Address:
    """Return who every mail is from.

    Raises:
        Undeliverable: the setting is no address.
    """
    return address(*parseaddr(settings.sender))


def compose(mail: Mail) -> EmailMessage:
    """Return the message for `mail`: text, its HTML alternative, then the attachments.

    Raises:
        Undeliverable: an address is not one, or a header is not allowed.
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = address(*parseaddr(mail.sender))
    message["To"] = address(mail.to.name, mail.to.email)
    if mail.reply_to and mail.reply_to != message["From"].addresses[0].addr_spec:
        message["Reply-To"] = address("", mail.reply_to)
    message["Subject"] = one_line(mail.subject)
    message["Date"] = format_datetime(mail.date)
    message["Message-ID"] = one_line(mail.message_id)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["X-Viva-Mail"] = one_line(mail.kind)
    for name, value in mail.headers.items():
        message[check_name(name)] = one_line(value)
    _set_content(message, mail)
    return message


def _set_content(message: EmailMessage, mail: Mail) -> None:
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    for attachment in mail.attachments:
        kind, *parameters = (part.strip() for part in attachment.type.split(";"))
        maintype, _, subtype = kind.partition("/")
        message.add_attachment(
            attachment.content,
            maintype=maintype,
            subtype=subtype,
            filename=one_line(attachment.name),
            params=dict(_parameter(parameter) for parameter in parameters),
        )
    # Last: setting a content takes every Content-… header away.
    message["Content-Language"] = one_line(mail.locale)


def deliver(settings: Settings, message: EmailMessage) -> None:
    """Hand `message` to the backend of the settings; return only once it is kept or acknowledged.

    Raises:
        RetryLater: try again later.
        Undeliverable: the server refused it for good.
    """
    if settings.mail_backend is MailBackend.FOLDER:
        write_to_folder(settings.mails, message)
    else:
        send_by_smtp(settings, message)


def write_to_folder(folder: Path, message: EmailMessage) -> Path:
    """Write `message` as `<time>-<kind>-<to>-<id>.eml`, whole or not at all; return its path.

    The name depends on the message alone: a second delivery replaces the first.
    """
    moment = parsedate_to_datetime(message["Date"])
    recipient = message["To"].addresses[0].addr_spec
    identity = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:8]
    name = f"{moment:%Y%m%dT%H%M%S}-{_slug(message['X-Viva-Mail'])}-{_slug(recipient)}-{identity}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(message.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            target = folder / f"{name}.eml"
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        msg = f"the mail folder {folder} cannot be written: {error.strerror}"
        raise RetryLater(msg) from error
    return target


def send_by_smtp(settings: Settings, message: EmailMessage) -> None:
    """Send `message` to the SMTP server of the settings.

    Every failure may pass, also what an operator must mend (sign-in, certificate, sender), and
    a refusal by 5xx: many are a policy's, not the recipient's.

    Raises:
        Unreachable: no server answered.
        RetryLater: try again later.
        MailRefused: the server refused the recipient or the content by 5xx.
        Undeliverable: no server can carry this address.
    """
    try:
        client = _connect(settings)
    except (OSError, smtplib.SMTPException) as error:
        msg = f"SMTP server {settings.smtp_host}:{settings.smtp_port}: {error}"
        raise Unreachable(msg) from error
    try:
        client.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        raise _refusal(code, answer) from error
    except smtplib.SMTPDataError as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:
        msg = f"the server cannot carry this address: {error}"
        raise Undeliverable(msg) from error
    except OSError as error:  # it fell silent, or went away
        raise Unreachable(str(error)) from error
    except smtplib.SMTPException as error:
        raise RetryLater(str(error)) from error
    finally:
        # The server has acknowledged, or has not: how it takes leave changes nothing.
        with suppress(OSError, smtplib.SMTPException):
            client.quit()
        client.close()


@lru_cache(maxsize=8)
def _environment(folder: Path, locale: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(("html",), default_for_string=False, default=False),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        partial(i18n.gettext, locale),
        partial(i18n.ngettext, locale),
        newstyle=True,
        pgettext=partial(i18n.pgettext, locale),
    )
    environment.filters["level"] = lambda value: Level(value).label(locale)
    environment.filters["day"] = partial(_day, locale)
    environment.filters["closing"] = partial(_closing, locale)
    environment.filters["time"] = partial(_time, locale)
    environment.filters["moment"] = partial(_moment, locale)
    environment.filters["city"] = partial(i18n.city, locale=locale)
    environment.filters["clock"] = partial(i18n.clock_of, locale=locale)
    environment.filters["capital"] = i18n.capital
    return environment


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    # Media queries (dark mode) cannot stand on an element: they stay in the head.
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def _day(locale: str, value: date | str, zone: str | None = None) -> str:
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return i18n.day_in_words(value, locale, zone)


def _closing(locale: str, value: str, zone: str) -> str:
    return i18n.closing_in_words(datetime.fromisoformat(value), locale, zone)


def _time(locale: str, value: datetime | str, zone: str) -> str:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return i18n.time_in_words(moment, locale, zone)


def _moment(locale: str, value: datetime | str, zone: str) -> str:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return i18n.moment_in_words(moment, locale, zone)


def _connect(settings: Settings) -> smtplib.SMTP:
    context = ssl.create_default_context()
    timeout = settings.smtp_timeout
    client: smtplib.SMTP
    if settings.smtp_security is SmtpSecurity.TLS:
        client = smtplib.SMTP_SSL(
            settings.smtp_host, settings.smtp_port, timeout=timeout, context=context
        )
    else:
        client = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=timeout)
    try:
        if settings.smtp_security is SmtpSecurity.STARTTLS:
            client.starttls(context=context)
        if settings.smtp_user:
            client.login(settings.smtp_user, settings.smtp_password.get_secret_value())
    except BaseException:
        client.close()
        raise
    return client


def _refusal(code: int, answer: bytes | str) -> MailError:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    kind = MailRefused if 500 <= code < 600 else RetryLater
    return kind(f"{code} {one_line(words)}")


def _parameter(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def _slug(value: str) -> str:
    return re.sub(r"[^A-Za-z0-9@._+-]+", "_", value)[:80]
