import re
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from certificates import made
from jinja2 import UndefinedError

from kernel.mail import (
    Attachment,
    Mail,
    MailRefused,
    Recipient,
    RetryLater,
    Undeliverable,
    compose,
    deliver,
    letter,
    message_id,
)
from kernel.settings import MailBackend, Mode, Settings, SmtpSecurity
from tests.kernel.mail_samples import SAMPLES

MOMENT = datetime(2026, 11, 23, 6, 39, 26, tzinfo=UTC)
MAIL = Mail(
    message_id="<row-7@viva.example>",
    date=MOMENT,
    sender="Chambre Horizon <no-reply@viva.example>",
    to=Recipient("Zoë Łukaszewicz-Œuvrard", "zoe@candidats.example"),
    subject="Votre oral : jeudi 3 décembre à 14:30",
    text="À bientôt,\nl'équipe\n",
    html="<p>À bientôt</p>",
    locale="fr",
    kind="appointment_confirmed",
)


class Server:
    """What the real server received, and what it is told to answer."""

    def __init__(self) -> None:
        self.received: list[Envelope] = []
        self.sessions: list[Session] = []
        self.rcpt = "250 OK"
        self.data = "250 kept"

    async def handle_RCPT(  # noqa: N802 -- the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(  # noqa: N802 -- the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.received.append(envelope)
        self.sessions.append(session)
        return self.data

    def message(self) -> EmailMessage:
        [envelope] = self.received
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


class HangsUpAtTheEnd(SMTP):
    """Acknowledges the mail, then breaks the line instead of saying goodbye."""

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802 -- the library's name
        self.transport.close()


class On(Controller):
    """A controller whose protocol class can be chosen."""

    protocol: type[SMTP] = SMTP

    def factory(self) -> SMTP:
        return self.protocol(self.handler, **self.SMTP_kwargs)


Start = Callable[..., Settings]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def start(server: Server, tmp_path: Path) -> Iterator[Start]:
    running: list[Controller] = []

    def begin(protocol: type[SMTP] = SMTP, **options: object) -> Settings:
        security = SmtpSecurity(str(options.pop("security", SmtpSecurity.NONE)))
        user, password = str(options.pop("user", "")), str(options.pop("password", ""))
        controller = On(server, hostname="localhost", port=free_port(), **options)
        controller.protocol = protocol
        controller.start()
        running.append(controller)
        return Settings(
            mode=Mode.TEST,
            var=tmp_path,
            mail_backend=MailBackend.SMTP,
            smtp_host="localhost",
            smtp_port=controller.port,
            smtp_security=security,
            smtp_user=user,
            smtp_password=password,
            smtp_timeout=5,
        )

    yield begin
    for controller in running:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def folder(tmp_path: Path) -> Settings:
    return Settings(mode=Mode.TEST, var=tmp_path, mail_backend=MailBackend.FOLDER)


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    shown = made(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(shown.chain))
    return shown.context()


def test_the_server_receives_accents_alternatives_and_attachments(
    server: Server, start: Start
) -> None:
    pdf = bytes(range(256)) * 40
    ics = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    mail = replace(
        MAIL,
        attachments=(
            Attachment("Attestation Łukaszewicz.pdf", "application/pdf", pdf),
            Attachment("rendez-vous.ics", "text/calendar; method=REQUEST; charset=utf-8", ics),
        ),
    )
    deliver(start(), compose(mail))
    message = server.message()
    assert message["Subject"] == MAIL.subject
    assert message["To"].addresses[0].display_name == "Zoë Łukaszewicz-Œuvrard"
    assert message["From"].addresses[0].addr_spec == "no-reply@viva.example"
    assert message["Message-ID"] == "<row-7@viva.example>"
    assert message["Date"].datetime == MOMENT
    assert message["Auto-Submitted"] == "auto-generated"
    assert server.received[0].rcpt_tos == ["zoe@candidats.example"]
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == MAIL.text
    assert html.get_content().strip() == MAIL.html
    first, second = message.iter_attachments()
    assert isinstance(first, EmailMessage)
    assert isinstance(second, EmailMessage)
    assert first.get_filename() == "Attestation Łukaszewicz.pdf"
    assert first.get_payload(decode=True) == pdf
    assert second.get_content_type() == "text/calendar"
    assert second["Content-Type"].params["method"] == "REQUEST"
    assert second.get_payload(decode=True) == ics


def test_a_subject_of_many_lines_arrives_whole(server: Server, start: Start) -> None:
    subject = " ".join(f"mot{n} été Œuvre" for n in range(60))
    name = " ".join(f"Zoë{n} Œuvrard" for n in range(30))
    mail = replace(MAIL, subject=subject, to=Recipient(name, "zoe@candidats.example"))
    deliver(start(), compose(mail))
    assert server.message()["Subject"] == subject
    content = server.received[0].content
    assert isinstance(content, bytes)
    # The library's newer reader adds spaces between encoded words; its older one is right.
    received = str(make_header(decode_header(message_from_bytes(content)["To"])))
    assert received == f"{name} <zoe@candidats.example>"
    assert max(len(line) for line in content.splitlines()) <= 998


def test_an_international_domain_is_written_in_ascii(server: Server, start: Start) -> None:
    deliver(start(), compose(replace(MAIL, to=Recipient("Zoé", "zoe@écoles.example"))))
    assert server.received[0].rcpt_tos == ["zoe@xn--coles-9ra.example"]


def test_starttls_and_sign_in(server: Server, start: Start, certificate: ssl.SSLContext) -> None:
    tried: list[object] = []

    def authenticate(
        _server: object, _session: object, _envelope: object, _how: str, data: object
    ) -> AuthResult:
        tried.append(data)
        return AuthResult(success=getattr(data, "password", b"") == b"juste", handled=False)

    options = {
        "tls_context": certificate,
        "require_starttls": True,
        "authenticator": authenticate,
        "auth_required": True,
    }
    settings = start(security="starttls", user="viva", password="juste", **options)
    deliver(settings, compose(MAIL))
    assert server.sessions[0].ssl is not None
    assert len(tried) == 1
    refused = start(security="starttls", user="viva", password="faux", **options)
    with pytest.raises(RetryLater):
        deliver(refused, compose(MAIL))
    assert len(server.received) == 1


def test_tls_from_the_first_byte(server: Server, start: Start, certificate: ssl.SSLContext) -> None:
    deliver(start(security="tls", ssl_context=certificate), compose(MAIL))
    assert server.message()["Subject"] == MAIL.subject


def test_an_unknown_certificate_sends_nothing(
    server: Server, start: Start, certificate: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    settings = start(security="starttls", tls_context=certificate)
    with pytest.raises(RetryLater):
        deliver(settings, compose(MAIL))
    assert server.received == []


def test_a_server_without_starttls_gets_nothing_in_the_clear(server: Server, start: Start) -> None:
    with pytest.raises(RetryLater):
        deliver(start(security="starttls"), compose(MAIL))
    assert server.received == []


@pytest.mark.parametrize(
    ("step", "answer", "expected"),
    [
        ("rcpt", "550 no such person", MailRefused),
        ("rcpt", "451 later please", RetryLater),
        ("data", "554 not this", MailRefused),
        ("data", "452 disk full", RetryLater),
    ],
)
def test_a_refusal_says_whether_to_try_again(
    server: Server, start: Start, step: str, answer: str, expected: type[Exception]
) -> None:
    setattr(server, step, answer)
    with pytest.raises(expected, match=re.escape(answer)):
        deliver(start(), compose(MAIL))


def test_an_acknowledged_mail_is_delivered_even_if_the_goodbye_fails(
    server: Server, start: Start
) -> None:
    deliver(start(HangsUpAtTheEnd), compose(MAIL))
    assert len(server.received) == 1


def test_a_server_that_is_away_or_silent_means_later(start: Start) -> None:
    settings = start()
    away = settings.model_copy(update={"smtp_port": free_port()})
    with pytest.raises(RetryLater):
        deliver(away, compose(MAIL))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        quiet = settings.model_copy(
            update={
                "smtp_host": "127.0.0.1",
                "smtp_port": silent.getsockname()[1],
                "smtp_timeout": 0.2,
            }
        )
        with pytest.raises(RetryLater):
            deliver(quiet, compose(MAIL))


def test_the_same_row_gives_the_same_message_twice(folder: Settings) -> None:
    def write() -> EmailMessage:
        return letter(
            folder,
            "candidate_send_link",
            key="outbox-41",
            date=MOMENT,
            to=MAIL.to,
            locale="fr",
            context=SAMPLES["candidate_send_link"],
        )

    deliver(folder, write())
    deliver(folder, write())
    [file] = folder.mails.iterdir()
    identity = file.stem.rsplit("-", 1)[1]
    name = f"20261123T063926-candidate_send_link-zoe@candidats.example-{identity}.eml"
    assert file.name == name
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert message["Message-ID"] == message_id("outbox-41", folder.base_url)
    assert message["Subject"] == "Votre lien, à ouvrir sur votre ordinateur"
    assert message["Content-Language"] == "fr"
    assert message_id("outbox-41", folder.base_url) != message_id("outbox-42", folder.base_url)


def test_two_mails_of_one_second_are_two_files(folder: Settings) -> None:
    deliver(folder, compose(MAIL))
    deliver(folder, compose(replace(MAIL, message_id="<row-8@viva.example>")))
    assert len(list(folder.mails.glob("*.eml"))) == 2


def test_an_unwritable_folder_means_later_and_leaves_nothing(folder: Settings) -> None:
    folder.mails.write_text("a file where the folder should be")
    with pytest.raises(RetryLater):
        deliver(folder, compose(MAIL))


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "Bonjour\r\nBcc: voleur@example.org"},
        {"to": Recipient("Zoë\r\nBcc: voleur@example.org", "zoe@candidats.example")},
        {"headers": {"List-Id": "viva\r\nBcc: voleur@example.org"}},
        {"locale": "fr\nBcc: voleur@example.org"},
        {"message_id": "<a@b>\nBcc: voleur@example.org"},
    ],
)
def test_no_value_can_add_a_header(server: Server, start: Start, change: dict[str, object]) -> None:
    deliver(start(), compose(replace(MAIL, **change)))  # type: ignore[arg-type]
    message = server.message()
    assert message["Bcc"] is None
    assert server.received[0].rcpt_tos == ["zoe@candidats.example"]


@pytest.mark.parametrize(
    "address",
    [
        "zoe",
        "zoe@a@b",
        "zoe@ example.org",
        "zoe@x.example\r\nBcc: v@x.org",
        "",
        "a@x, b@y",
        "@x.org",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Undeliverable):
        compose(replace(MAIL, to=Recipient("Zoë", address)))


@pytest.mark.parametrize("header", ["Bcc", "Subject", "X Y", "X:Y", "", "X-Œ"])
def test_a_header_that_is_ours_or_malformed_is_refused(header: str) -> None:
    with pytest.raises(Undeliverable):
        compose(replace(MAIL, headers={header: "value"}))


def test_a_context_that_lacks_a_value_fails_before_anything_is_sent(folder: Settings) -> None:
    with pytest.raises(UndefinedError):
        letter(
            folder,
            "results_ready",
            key="1",
            date=MOMENT,
            to=MAIL.to,
            locale="fr",
            context={"person": "Zoë"},
        )
