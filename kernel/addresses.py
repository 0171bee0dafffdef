"""E-mail addresses: what is wrong with one, in words, and the one form in which it is kept.

Domains are those of IDNA 2008. What stands before the @ is ASCII: letters beyond it need servers
that few have (SMTPUTF8), and a mail that cannot arrive is worse than a question asked at once.
"""

from __future__ import annotations

import re
from typing import Final

import idna

from kernel.errors import N_, Invalid
from kernel.names import kept

MOST: Final = 200
MOST_LOCAL: Final = 64
MOST_DOMAIN: Final = 253
_LOCAL_SIGN: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]")
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def checked(email: str, field: str = "email") -> str:
    """Return an address in the form in which it is kept.

    Raises:
        Invalid: no mail can be sent there; the words name what is wrong.
    """
    said = kept(email)
    _check_signs(said, field)
    local, _, domain = said.partition("@")
    _check_local(local, field)
    _check_domain(domain, field)
    if len(said) > MOST or len(local) > MOST_LOCAL:
        raise Invalid(N_("L'adresse e-mail est trop longue."), field)
    return canonical(said)


def canonical(email: str) -> str:
    """Return any address in the form in which it is kept, right or wrong: to look it up."""
    said = email.strip().lower()
    if said.isascii() and said.isprintable() and "xn--" not in said:
        return said  # nearly all of them, and imports ask for many
    said = kept(email).lower()
    local, at, domain = said.rpartition("@")
    if not at:
        return said
    try:
        return f"{local}@{idna.decode(ascii_domain(domain))}"
    except UnicodeError:
        return said


def ascii_domain(domain: str) -> str:
    """Return a domain as headers and servers take it.

    Raises:
        UnicodeError: no domain by IDNA 2008.
    """
    if domain.isascii() and "xn--" not in domain.lower():
        return domain
    return idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")


def _check_signs(said: str, field: str) -> None:
    if not said:
        raise Invalid(N_("Donnez l'adresse e-mail."), field)
    if "<" in said or ">" in said or said.lower().startswith("mailto:"):
        raise Invalid(N_("Écrivez l'adresse e-mail seule, sans nom ni chevrons."), field)
    if re.search(r"\s", said):
        raise Invalid(N_("L'adresse e-mail contient un espace."), field)
    if "," in said:
        raise Invalid(
            N_("L'adresse e-mail contient une virgule : un point, ou deux adresses ?"), field
        )
    if ";" in said:
        raise Invalid(N_("L'adresse e-mail contient un point-virgule : n'en donnez qu'une."), field)
    if "@" not in said:
        raise Invalid(N_("Il manque le signe @ dans l'adresse e-mail."), field)
    if said.count("@") > 1:
        raise Invalid(N_("L'adresse e-mail a plusieurs signes @."), field)
    if ".." in said:
        raise Invalid(N_("L'adresse e-mail a deux points de suite."), field)


def _check_local(local: str, field: str) -> None:
    if not local:
        raise Invalid(N_("Il manque le début de l'adresse e-mail, avant le @."), field)
    if local.startswith(".") or local.endswith("."):
        raise Invalid(N_("Ce qui précède le @ ne peut ni commencer ni finir par un point."), field)
    for sign in local:
        if not sign.isascii():
            raise Invalid(
                N_(
                    "« %(sign)s » ne peut pas se trouver avant le @ : beaucoup de serveurs ne"
                    " prennent que des lettres sans accent. Donnez une autre adresse e-mail."
                ),
                field,
                sign=sign,
            )
        if _LOCAL_SIGN.fullmatch(sign) is None:
            raise Invalid(
                N_("Le signe « %(sign)s » n'est pas permis dans une adresse e-mail."),
                field,
                sign=sign,
            )


def _check_domain(domain: str, field: str) -> None:
    if not domain:
        raise Invalid(N_("Il manque la fin de l'adresse e-mail, après le @."), field)
    if domain.startswith(".") or domain.endswith("."):
        raise Invalid(N_("Ce qui suit le @ ne peut ni commencer ni finir par un point."), field)
    if "." not in domain:
        raise Invalid(
            N_("L'adresse e-mail n'est pas complète : après « %(domain)s » il manque « .fr »."),
            field,
            domain=domain,
        )
    try:
        labels = ascii_domain(domain.lower()).split(".")
    except UnicodeError:
        labels = [""]
    right = all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()
    if not right or sum(map(len, labels)) + len(labels) > MOST_DOMAIN:
        raise Invalid(
            N_("« %(domain)s » n'est pas un nom de domaine : vérifiez ce qui suit le @."),
            field,
            domain=domain[:80],
        )
