from __future__ import annotations

import pytest

from kernel.errors import Invalid
from people.passwords import check

WHO = {"email": "ada.lovelace@example.test", "name": "Ada Lovelace"}


@pytest.mark.parametrize(
    "password",
    [
        "une phrase bien à moi",
        "correct horse battery staple",
        "Grenouille-Mauve-31",
        "bonjour petit grillon",
        "x9$Kq2!vLw7#",
        "ada aime les locomotives",
    ],
)
def test_what_is_accepted(password):
    assert check(password, **WHO) is None


@pytest.mark.parametrize(
    "password",
    [
        "",
        "elevenchars",
        "x" * 129,
        "aaaaaaaaaaaaaa",
        "abababababababab",
        "123456789012",
        "azertyuiop12",
        "qwertyuiop[]",
        "abcdefghijklm",
        "Motdepasse2026!",
        "PASSWORD12345",
        "p\u00e0ssword 1234",
        "bonjour-bonjour1",
        "1qaz2wsx3edc",
        "P@ssw0rd2024",
        "Summer2024!!",
        "Bonjour2024!!",
        "iloveyou20232023",
        "admin-admin-admin",
        "AdaLovelace1",
        "ada.lovelace@example.test",
        "lovelace2026",
    ],
)
def test_what_is_refused(password):
    with pytest.raises(Invalid) as caught:
        check(password, **WHO)
    assert caught.value.field == "password"
