"""A short secret sealed for a column opens with its key, under its name, untouched."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.sealing import KeyMissing, KeyRing, Tampered, open_word, reseal_word, seal_word

KEYS = KeyRing.from_base64([base64.b64encode(b"k" * 32).decode()])
OTHER = KeyRing.from_base64([base64.b64encode(b"o" * 32).decode()])


@given(st.text())
def test_what_is_sealed_opens(word):
    assert open_word(KEYS, "busy-source/1", seal_word(KEYS, "busy-source/1", word)) == word


def test_equal_words_do_not_look_equal():
    assert seal_word(KEYS, "a", "secret") != seal_word(KEYS, "a", "secret")


def test_it_opens_nowhere_else():
    sealed = seal_word(KEYS, "busy-source/1", "secret")
    with pytest.raises(Tampered):
        open_word(KEYS, "busy-source/2", sealed)
    with pytest.raises(KeyMissing):
        open_word(OTHER, "busy-source/1", sealed)


@pytest.mark.parametrize("sealed", ["", "é", "AAAA", "not base64!"])
def test_what_was_never_sealed_is_refused(sealed):
    with pytest.raises(Tampered):
        open_word(KEYS, "a", sealed)


@given(st.data())
def test_one_changed_byte_is_noticed(data):
    sealed = bytearray(base64.b64decode(seal_word(KEYS, "a", "secret")))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises((Tampered, KeyMissing)):
        open_word(KEYS, "a", base64.b64encode(sealed).decode())


def test_a_word_is_sealed_anew_with_the_current_key_alone():
    old, new = (base64.b64encode(letter * 32).decode() for letter in (b"k", b"n"))
    sealed = seal_word(KEYS, "a", "secret")
    assert reseal_word(KEYS, "a", sealed) == sealed
    fresh = reseal_word(KeyRing.from_base64([new, old]), "a", sealed)
    assert open_word(KeyRing.from_base64([new]), "a", fresh) == "secret"
    with pytest.raises(KeyMissing):
        reseal_word(OTHER, "a", sealed)
