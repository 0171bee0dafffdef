"""Which passwords are accepted: long ones that no program would find soon. No rule of composition.

zxcvbn counts how many guesses one takes (its lists of common passwords, names and words, keyboard
walks, dates, repeats, letters written as digits); nothing leaves the machine.
Wheeler, « zxcvbn: Low-Budget Password Strength Estimation », USENIX Security 2016.
"""

from __future__ import annotations

import itertools
import unicodedata

from zxcvbn import zxcvbn

from kernel.errors import N_, Invalid

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
