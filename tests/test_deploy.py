"""The files of `deploy/`: what they set and start is what the product has."""

from __future__ import annotations

import configparser
import re
import shlex
import subprocess

import pytest

from evaluator_app.cli import COMMANDS
from kernel.settings import HERE, Settings

DEPLOY = HERE / "deploy"
UNITS = sorted(DEPLOY.glob("systemd/*"))
ASSIGNMENT = re.compile(r"^#?(VIVA_[A-Z_]+)=(.*)$")


def said() -> dict[str, str]:
    """What the sample of settings names, also where it is commented out."""
    lines = (DEPLOY / "viva.env").read_text().splitlines()
    return {match[1]: match[2] for line in lines if (match := ASSIGNMENT.match(line))}


def test_the_sample_names_settings_that_there_are():
    known = {f"VIVA_{name.upper()}" for name in Settings.model_fields}
    assert set(said()) - known == set()


def test_the_sample_holds_comments_and_assignments_alone():
    lines = (DEPLOY / "viva.env").read_text().splitlines()
    others = [line for line in lines if line and not line.startswith("#")]
    assert [line for line in others if ASSIGNMENT.match(line) is None] == []
    assert all(len(shlex.split(value)) <= 1 for value in said().values())


def test_a_shell_reads_the_sample_as_the_service_does(tmp_path):
    """What systemd takes from a quoted or a bare value, `.` of a shell takes too."""
    told = subprocess.run(
        ["/bin/sh", "-c", f"set -a; . {DEPLOY / 'viva.env'}; exec /usr/bin/env -0"],
        env={},
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    read = dict(row.split("=", 1) for row in told.split("\0") if row.startswith("VIVA_"))
    lines = (DEPLOY / "viva.env").read_text().splitlines()
    set_ = [match for line in lines if (match := re.match(r"(VIVA_\w+)=(.*)", line))]
    assert read == {match[1]: match[2].strip("'") for match in set_}


def test_what_the_sample_leaves_open_is_what_serving_and_notices_need(monkeypatch):
    empty = sorted(name for name, value in said().items() if value == "''")
    assert empty == [
        "VIVA_CERTIFIER_ADDRESS",
        "VIVA_CERTIFIER_NAME",
        "VIVA_CERTIFIER_NUMBER",
        "VIVA_CERTIFIER_PHONE",
        "VIVA_HOSTING",
        "VIVA_MAIL_FROM",
        "VIVA_MEDIA_SECRET",
        "VIVA_PASSWORD_SALT",
        "VIVA_PRIVACY_BASIS",
        "VIVA_PRIVACY_EMAIL",
        "VIVA_PUBLICATION_DIRECTOR",
        "VIVA_SECRET_KEY",
        "VIVA_SMTP_HOST",
        "VIVA_SMTP_PASSWORD",
        "VIVA_SMTP_USER",
        "VIVA_STORAGE_KEYS",
        "VIVA_SUPPORT_EMAIL",
        "VIVA_TURN_SECRET",
    ]
    for name, value in said().items():
        monkeypatch.setenv(name, value.strip("'"))
    settings = Settings()
    assert (settings.certifier_name, settings.media_port_range) == ("", range(40000, 41000))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_runs_a_command_that_there_is(unit):
    parser = configparser.RawConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # systemd's names keep their capitals
    parser.read(unit)
    assert {"Unit", "Install"} <= set(parser.sections())
    if unit.suffix == ".target":
        return
    service = parser["Service"]
    commands = {words for words, *_rest in COMMANDS}
    for key in ("ExecStart", "ExecStartPre"):
        if key in service:
            program, *words = service[key].split()
            assert (program, tuple(words) in commands) == ("/srv/viva/.venv/bin/viva", True)
    assert service["EnvironmentFile"] == "/etc/viva/viva.env"


def test_the_proxies_hold_what_a_request_may_bring():
    """The largest body, the sockets' hour, and the page of figures that nobody outside reads."""
    nginx, caddy = (DEPLOY / "nginx.conf").read_text(), (DEPLOY / "Caddyfile").read_text()
    assert "client_max_body_size 12m" in nginx
    assert "max_size 12MB" in caddy
    assert "location /metrics { return 404; }" in nginx
    assert "respond /metrics 404" in caddy
