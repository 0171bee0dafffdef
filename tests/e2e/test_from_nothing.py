"""From an empty installation to an attestation, by pages and mails alone.

As it is served: `viva serve`, PostgreSQL, an SMTP server. The first coordinator invites an
organisation and an evaluator, the organisation enrols, the coordinator places the oral, two
browsers hold it, and the attestation comes by mail.
"""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import postgres
import pytest
from mailbox_server import Mailbox, free_port
from oral_steps import get_ready, identify, mark, open_room, press, speak
from playwright.sync_api import Page, expect
from twins import PostgreSQL

from evaluator_app.processes.supervisor import SUPERVISOR
from kernel.settings import HERE

PARIS = ZoneInfo("Europe/Paris")
PASSWORD = "trois petits chats sur un mur"
CANDIDATE = "agathe.morel@example.test"


@dataclass
class Served:
    """An installation as it is served."""

    base_url: str
    environment: dict[str, str]
    smtp: Mailbox

    def viva(self, *words: str) -> str:
        """Run a command and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "evaluator_app.cli", *words],
            cwd=HERE,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def mail(self, to: str, subject: str, text: str = "") -> EmailMessage:
        """Wait for a mail to `to` whose subject matches, and whose text matches `text`."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for message in reversed(self.smtp.messages):
                if (
                    to in str(message["To"])
                    and re.search(subject, str(message["Subject"]))
                    and re.search(text, _words(message))
                ):
                    return message
            self.smtp.wait(0.1)
        pytest.fail(f"{to} got no « {subject} »: {[str(m['Subject']) for m in self.smtp.messages]}")

    def link(self, to: str, subject: str, path: str) -> str:
        """Wait for a mail with a link that leads under `path`, and return the link.

        Several letters come to one person, one after the other: only such a mail will do.
        """
        address = re.escape(f"{self.base_url}{path}") + r"\S+"
        match = re.search(address, _words(self.mail(to, subject, address)))
        assert match is not None
        return match[0]


def _words(message: EmailMessage) -> str:
    return message.get_body(("plain",)).get_content()


def _healthy(base_url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base_url}/healthz", timeout=3) as answer:  # noqa: S310 -- our own
            return json.load(answer) == {"status": "ok"}
    except OSError:
        return False


@pytest.fixture
def served(_postgresql, shared, tmp_path, smtp: Mailbox) -> Iterator[Served]:
    PostgreSQL.ask(shared, "postgres", "CREATE DATABASE from_nothing")
    base_url = f"http://127.0.0.1:{free_port()}"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("VIVA_")},
        "VIVA_BASE_URL": base_url,
        "VIVA_PORT": base_url.rpartition(":")[2],
        "VIVA_CERTIFIER_NAME": "Maison d'essai",
        "VIVA_SUPPORT_EMAIL": "aide@essai.test",
        "VIVA_RESULTS_HOLD_S": "1",
        "VIVA_VAR": str(tmp_path / "var"),
        "VIVA_DATABASE_URL": postgres.url(shared, "from_nothing"),
        "VIVA_SECRET_KEY": "a secret of the tests, long enough to sign with",
        "VIVA_PASSWORD_SALT": "another secret of the tests",
        "VIVA_MEDIA_SECRET": "shared by web and media",
        "VIVA_STORAGE_KEYS": base64.b64encode(b"k" * 32).decode(),
        "VIVA_MEDIA_URL": f"http://127.0.0.1:{free_port()}",
        "VIVA_MAIL_BACKEND": "smtp",
        "VIVA_SMTP_HOST": smtp.host,
        "VIVA_SMTP_PORT": str(smtp.port),
        "VIVA_SMTP_SECURITY": "none",
    }
    log = tmp_path / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "evaluator_app.cli", "serve"],
            cwd=HERE,
            env={**environment, SUPERVISOR: str(os.getpid())},
            stdout=output,
            stderr=output,
        )
    deadline = time.monotonic() + 120
    while not _healthy(base_url):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    yield Served(base_url, environment, smtp)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert "Traceback" not in log.read_text()


def open_account(page: Page) -> None:
    """Go from the link of an invitation to one's desk."""
    press(page, "Continuer")
    page.get_by_label("Nouveau mot de passe").fill(PASSWORD)
    page.get_by_label("Confirmez le mot de passe").fill(PASSWORD)
    press(page, "Enregistrer et entrer")
    page.wait_for_url(re.compile(r"/(coordinator|organisation|evaluator)/"))


def offer(page: Page, base: str) -> None:
    """Put a certification on offer, and add an organisation."""
    page.goto(f"{base}/coordinator/certifications/new")
    page.get_by_label("Code").fill("ESSAI-EN")
    page.get_by_label("Nom en français").fill("Anglais d'essai")
    page.get_by_label("Nom en anglais").fill("Trial English")
    page.get_by_label("Langue évaluée").select_option("en")
    press(page, "Enregistrer")
    page.goto(f"{base}/coordinator/people")
    page.get_by_label("Nom de l'organisme").fill("Atelier du Port")
    press(page, "Ajouter l'organisme")


def invite(page: Page, base: str, email: str, name: tuple[str, str], role: str) -> None:
    """Invite a member of staff."""
    page.goto(f"{base}/coordinator/people/invite")
    page.get_by_label("Prénom", exact=True).fill(name[0])
    page.get_by_label("Nom", exact=True).fill(name[1])
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_label("Rôle").select_option(role)
    if role == "organisation":
        page.get_by_label("Organisme", exact=True).select_option(label="Atelier du Port")
    else:
        page.get_by_label("Anglais").check()
        page.get_by_label("Jusqu'au niveau").select_option("C2")
    press(page, "Envoyer l'invitation")


def enrol(page: Page, base: str) -> None:
    """Enrol the candidate by the organisation's form."""
    page.goto(f"{base}/organisation/enrol")
    page.get_by_label("Nom de naissance").fill("Morel")
    page.get_by_label("Prénoms").fill("Agathe")
    page.get_by_label("Sexe à l'état civil").select_option("F")
    page.get_by_label("Date de naissance").fill("1990-02-14")
    page.get_by_label("Adresse e-mail").fill(CANDIDATE)
    page.get_by_label("Niveau visé").select_option("B2")
    page.get_by_label("Modalité d'accès").select_option(label="Candidat libre")
    page.get_by_label("Inscription à l'initiative de").select_option(label="Le candidat")
    press(page, "Inscrire")


def place(page: Page, base: str) -> None:
    """Enter the written level and place the oral in some minutes."""
    page.goto(f"{base}/coordinator/candidacies")
    page.get_by_role("link", name=re.compile("Morel")).first.click()
    page.get_by_label("Niveau écrit").select_option("B2")
    press(page, "Enregistrer le niveau")
    page.get_by_label("Évaluateur").select_option(label="Edith Sterling")
    soon = datetime.now(PARIS) + timedelta(minutes=4)
    page.get_by_label("Jour et heure").fill(f"{soon:%Y-%m-%dT%H:%M}")
    press(page, "Placer le rendez-vous")


@pytest.mark.e2e
def test_an_empty_installation_comes_to_its_first_attestation(served, visit):
    base = served.base_url
    printed = served.viva("coordinator", "invite", "nadia.faure@example.test")
    link = served.link("nadia.faure@example.test", ".", "/e/")
    assert printed.splitlines()[-1] == link
    coordinator = visit(link)
    open_account(coordinator)
    offer(coordinator, base)
    invite(coordinator, base, "louis.abel@example.test", ("Louis", "Abel"), "organisation")
    invite(coordinator, base, "edith.sterling@example.test", ("Edith", "Sterling"), "evaluator")

    organisation = visit(served.link("louis.abel@example.test", ".", "/e/"))
    open_account(organisation)
    enrol(organisation, base)
    place(coordinator, base)

    evaluator = visit(served.link("edith.sterling@example.test", ".", "/e/"))
    open_account(evaluator)
    candidate = visit(served.link(CANDIDATE, "oral", "/p/"))
    get_ready(candidate)
    open_room(evaluator, "Agathe")
    identify(evaluator)
    press(evaluator, "Commencer")
    speak(evaluator, candidate)
    mark(evaluator)

    coordinator.goto(f"{base}/coordinator/candidacies")
    coordinator.get_by_role("link", name=re.compile("Morel")).first.click()
    press(coordinator, "Valider les résultats")
    press(coordinator, "Confirmer")
    files = list(served.mail(CANDIDATE, "résultats").iter_attachments())
    assert [file.get_content_type() for file in files] == ["application/pdf"] * 2
    assert files[0].get_payload(decode=True).startswith(b"%PDF-")
    code = re.search(r"[A-Z0-9]{4}(-[A-Z0-9]{4})+", _words(served.mail(CANDIDATE, "résultats")))
    assert code is not None
    anybody = visit(f"{base}/verify/{code[0]}")
    expect(anybody.get_by_text("Agathe").first).to_be_visible()
    assert served.viva("audit", "verify").endswith("the log is whole\n")
