from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from kernel.settings import Settings


def test_the_environment_is_read(monkeypatch):
    monkeypatch.setenv("VIVA_PORT", "9000")
    monkeypatch.setenv("VIVA_MEDIA_BIND_IPS", "192.0.2.1, 192.0.2.2,")
    monkeypatch.setenv("VIVA_STORAGE_KEYS", "bmV3,b2xk")
    monkeypatch.setenv("VIVA_SOMETHING_ELSE", "ignored")
    settings = Settings()
    assert settings.port == 9000
    assert settings.media_bind_ips == ["192.0.2.1", "192.0.2.2"]
    assert [key.get_secret_value() for key in settings.storage_keys] == ["bmV3", "b2xk"]


def test_what_cannot_be_read_is_named(monkeypatch):
    monkeypatch.setenv("VIVA_PORT", "many")
    with pytest.raises(ValidationError, match="port"):
        Settings()


def test_everything_lies_in_the_var_folder_unless_said_otherwise(tmp_path):
    settings = Settings(var=tmp_path)
    assert settings.database == f"sqlite:///{tmp_path / 'viva.db'}"
    assert settings.storage == tmp_path / "storage"
    assert settings.mails == tmp_path / "mail"
    assert settings.head_file == tmp_path / "audit-head.json"
    assert Settings(var=tmp_path, storage_root="/srv/files").storage == Path("/srv/files")


def test_secrets_do_not_show():
    settings = Settings(secret_key="not to be seen", storage_keys="not to be seen")
    assert "not to be seen" not in repr(settings)


def test_only_a_demo_or_a_test_invents_who_certifies(tmp_path):
    served = Settings(var=tmp_path, base_url="https://viva.test")
    assert (served.certifier_name, served.support_email, served.mail_from) == ("", "", "")
    assert (served.certifier, served.support) == ("Viva Voce", "postmaster@viva.test")
    assert served.sender == "Viva Voce <no-reply@viva.test>"
    assert Settings(var=tmp_path, mode="demo").certifier_name == "Chambre Horizon"
    said = Settings(var=tmp_path, certifier_name="Le Port", support_email="aide@port.test")
    assert (said.certifier, said.support) == ("Le Port", "aide@port.test")


@pytest.mark.parametrize(
    ("mode", "backend", "leave"),
    [("serve", "folder", False), ("serve", "smtp", True), ("demo", "folder", True)],
)
def test_whether_letters_leave(tmp_path, mode, backend, leave):
    assert Settings(var=tmp_path, mode=mode, mail_backend=backend).letters_leave is leave
