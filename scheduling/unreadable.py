"""Why a calendar, or one event of it, could not be read: a word for rows, a sentence for people."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from kernel.errors import N_
from kernel.i18n import gettext


class Trouble(StrEnum):
    """Why a calendar could not be read; each has its sentence in `WORDS`."""

    TOO_BIG = "too_big"
    NOT_A_CALENDAR = "not_a_calendar"
    BROKEN = "broken"
    CUT = "cut"
    UNKNOWN_ZONE = "unknown_zone"
    TOO_OFTEN = "too_often"
    ADDRESS = "address"
    NOT_FOUND = "not_found"
    INSIDE = "inside"
    SILENT = "silent"
    SLOW = "slow"
    CERTIFICATE = "certificate"
    REDIRECTS = "redirects"
    SIGN_IN = "sign_in"
    KEY = "key"
    GONE = "gone"
    REFUSED = "refused"
    NO_COLLECTION = "no_collection"


class Unreadable(Exception):
    """A calendar could not be read: why, and a word of detail (a zone's name, a status, a day)."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        """Keep the reason and its detail."""
        super().__init__(f"{trouble}: {detail}" if detail else str(trouble))
        self.trouble, self.detail = trouble, detail


WORDS: Final = {
    Trouble.TOO_BIG: N_("Ce fichier est trop gros : 5 Mo au plus. Publiez moins d'années."),
    Trouble.NOT_A_CALENDAR: N_("Cette adresse ne donne pas d'agenda. Copiez celle du format iCal."),
    Trouble.BROKEN: N_("Cet agenda contient un événement illisible. Corrigez-le dans l'agenda."),
    Trouble.CUT: N_(
        "Le fichier de cet agenda est abîmé : une partie manque. Publiez-le de nouveau."
    ),
    Trouble.UNKNOWN_ZONE: N_("Un événement est dans un fuseau horaire inconnu : corrigez-le."),
    Trouble.TOO_OFTEN: N_("Un événement se répète trop souvent pour être lu : simplifiez-le."),
    Trouble.ADDRESS: N_("L'agenda renvoie vers une adresse qui n'est pas en https."),
    Trouble.NOT_FOUND: N_("Le nom de ce serveur n'existe pas. Vérifiez l'adresse."),
    Trouble.INSIDE: N_("Cette adresse mène dans un réseau privé : elle n'est pas lue."),
    Trouble.SILENT: N_("Le serveur ne répond pas. Nous réessayons tous les quarts d'heure."),
    Trouble.SLOW: N_("Le serveur met plus de dix secondes à répondre. Nous réessayons."),
    Trouble.CERTIFICATE: N_("Le certificat de ce serveur n'est pas valable : il n'est pas lu."),
    Trouble.REDIRECTS: N_("Cette adresse renvoie trop de fois ailleurs. Copiez-la de nouveau."),
    Trouble.SIGN_IN: N_("Le serveur refuse l'accès : identifiant, mot de passe ou partage."),
    Trouble.KEY: N_("Le mot de passe ne s'ouvre plus : retirez l'agenda et ajoutez-le de nouveau."),
    Trouble.GONE: N_("Il n'y a plus rien à cette adresse. Copiez-la de nouveau."),
    Trouble.REFUSED: N_("Le serveur a répondu par une erreur. Nous réessayons."),
    Trouble.NO_COLLECTION: N_(
        "Cette adresse n'est pas celle d'un agenda, et aucun n'a été trouvé derrière elle. "
        "Copiez l'adresse CalDAV de l'agenda lui-même."
    ),
}


def in_words(trouble: Trouble, locale: str) -> str:
    """Return the sentence of a trouble."""
    return gettext(locale, WORDS[trouble])
