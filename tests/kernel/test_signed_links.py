from __future__ import annotations

import pytest
from itsdangerous import URLSafeTimedSerializer
from pydantic import SecretStr

from kernel import links
from kernel.errors import NotThere
from kernel.settings import Settings


def test_addresses_are_absolute_and_quoted(settings):
    made = settings.model_copy(update={"base_url": "https://viva.example/"})
    assert links.address(made, "home") == "https://viva.example/"
    assert links.address(made, "verify", code="A/B ?") == "https://viva.example/verify/A%2FB%20%3F"
    with pytest.raises(KeyError):
        links.address(made, "verify")
    with pytest.raises(KeyError):
        links.address(made, "nowhere")


def test_a_token_says_what_was_signed(settings):
    token = links.sign(settings, "personal", {"a": 12})
    assert links.read(settings, "personal", token) == {"a": 12}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1],
        lambda token: token[:4] + ("A" if token[4] != "A" else "B") + token[5:],
        lambda _token: "",
        lambda _token: "a.b.c",
    ],
)
def test_a_spoilt_token_is_no_link(settings, spoil):
    token = links.sign(settings, "personal", {"a": 12})
    with pytest.raises(NotThere):
        links.read(settings, "personal", spoil(token))


def test_a_token_serves_one_purpose_and_one_installation(settings):
    token = links.sign(settings, "personal", {"a": 12})
    with pytest.raises(NotThere):
        links.read(settings, "entry", token)
    elsewhere = Settings(secret_key="another secret, of another installation")
    with pytest.raises(NotThere):
        links.read(elsewhere, "personal", token)


def test_a_token_may_be_too_old(settings):
    token = links.sign(settings, "recovery", {"u": 1})
    assert links.read(settings, "recovery", token, max_age=60) == {"u": 1}
    with pytest.raises(NotThere):
        links.read(settings, "recovery", token, max_age=-1)


def test_what_is_not_a_table_of_names_is_no_link(settings):
    token = URLSafeTimedSerializer(settings.secrets[::-1], salt="viva personal").dumps([12])
    with pytest.raises(NotThere):
        links.read(settings, "personal", token)


def test_a_former_secret_key_still_opens_and_no_longer_signs(settings):
    token = links.sign(settings, "personal", {"a": 12})
    newer = SecretStr("a newer secret of the tests, long enough too")
    both = settings.model_copy(
        update={"secret_key": newer, "secret_keys_former": [settings.secret_key]}
    )
    assert links.read(both, "personal", token) == {"a": 12}
    fresh = links.sign(both, "personal", {"a": 13})
    alone = settings.model_copy(update={"secret_key": newer})
    assert links.read(alone, "personal", fresh) == {"a": 13}
    with pytest.raises(NotThere):
        links.read(alone, "personal", token)
