"""Which passwords are accepted: long ones that no program would find soon. And what is kept of one.

zxcvbn counts how many guesses one takes (its lists of common passwords, names and words, keyboard
walks, dates, repeats, letters written as digits); nothing leaves the machine.
Wheeler, « zxcvbn: Low-Budget Password Strength Estimation », USENIX Security 2016.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from kernel.errors import N_, Invalid
from kernel.settings import Settings

SHORTEST, LONGEST = 12, 128
LEAST_GUESSES = 10**10
"""Fewer than these are within reach of whoever stole the hashes, however slow these are."""
LOOKED_AT = 72  # characters: the time that counting takes grows with the square

TRIED_FIRST = (
    "password", "passw0rd", "motdepasse", "azerty", "qwerty", "qwertz", "bonjour", "soleil",
    "welcome", "bienvenue", "letmein", "iloveyou", "jetaime", "admin", "changeme", "administrateur",
    "vivavoce", "certification", "marseille", "football", "doudou", "princesse", "dragon", "monkey",
    "sunshine", "secret", "examen", "chouchou", "loulou", "nicolas", "superman",
)  # fmt: skip
"""What guessers try first; a password made of these and of digits or signs is refused."""

RUNS = ("abcdefghijklmnopqrstuvwxyz", "0123456789", "azertyuiopqsdfghjklmwxcvbn",
        "qwertyuiopasdfghjklzxcvbnm")  # fmt: skip


_HASHER = PasswordHasher()


def hashed(settings: Settings, password: str) -> str:
    """Return what an account keeps of a password or a code: argon2id, over an HMAC with our salt.

    The sign-in library reads and writes the same (`PASSWORD_HASH` "argon2", hashed twice).
    """
    return _HASHER.hash(_salted(settings, password))


def fits(settings: Settings, password: str, kept: str) -> bool:
    """Tell whether `kept` was made of `password`."""
    try:
        return _HASHER.verify(kept, _salted(settings, password))
    except (VerificationError, InvalidHashError):
        return False


def _salted(settings: Settings, password: str) -> bytes:
    salt = settings.password_salt.get_secret_value().encode()
    mac = hmac.new(salt, unicodedata.normalize("NFKC", password).encode(), hashlib.sha512)
    return base64.b64encode(mac.digest())


def _plain(text: str) -> str:
    """Return `text` in lower case, without accents."""
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in split if not unicodedata.combining(c))


def _in_a_row(word: str) -> bool:
    """Tell whether `word` mostly follows a keyboard's row, the alphabet or the digits."""
    pairs = list(itertools.pairwise(word))
    steps = sum(
        any(a + b in run or b + a in run for run in (*RUNS, "90")) or a == b for a, b in pairs
    )
    return bool(pairs) and steps / len(pairs) > 0.7


def _without(plain: str, words: list[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        plain = plain.replace(word, "")
    return plain


def check(password: str, *, email: str, name: str) -> None:
    """Do nothing if `password` may be chosen by whoever has this address and name.

    Raises:
        Invalid: too short, too long, too simple, or made of the person's name or address.
    """
    if len(password) < SHORTEST:
        raise Invalid(
            N_("Au moins %(least)s caractères : une phrase convient bien."),
            "password",
            least=SHORTEST,
        )
    if len(password) > LONGEST:
        raise Invalid(N_("Pas plus de %(most)s caractères."), "password", most=LONGEST)
    plain = _plain(password)
    own = [part for part in _plain(f"{email.replace('@', ' ')} {name}").split() if len(part) > 2]
    if len(_without(plain, own)) < SHORTEST // 2:
        raise Invalid(N_("Ni votre nom ni votre adresse ne font un mot de passe."), "password")
    kept = [c for c in _without(plain, list(TRIED_FIRST)) if c.isalpha()]
    if len(set(plain)) < 5 or _in_a_row(plain) or not kept:
        raise Invalid(
            N_("C'est l'un des premiers qu'on essaierait. Choisissez une phrase à vous."),
            "password",
        )
    if zxcvbn(password[:LOOKED_AT], user_inputs=own)["guesses"] < LEAST_GUESSES:
        raise Invalid(
            N_(
                "Un programme le trouverait vite : un mot courant, une date ou une suite du "
                "clavier. Choisissez une phrase à vous."
            ),
            "password",
        )
