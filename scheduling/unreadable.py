"""Why a calendar, or one event of it, could not be read: a word for rows, a sentence for people."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from kernel.errors import N_
from kernel.i18n import gettext


class Reason(StrEnum):
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

    def __init__(self, reason: Reason, detail: str = "") -> None:
        """Keep the reason and its detail."""
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason, self.detail = reason, detail


WORDS: Final = {
    Reason.TOO_BIG: N_("Ce fichier est trop gros : 5 Mo au plus. Publiez moins d'années."),
    Reason.NOT_A_CALENDAR: N_("Cette adresse ne donne pas d'agenda. Copiez celle du format iCal."),
    Reason.BROKEN: N_("Cet agenda contient un événement illisible. Corrigez-le dans l'agenda."),
    Reason.CUT: N_(
        "Le fichier de cet agenda est abîmé : une partie manque. Publiez-le de nouveau."
    ),
    Reason.UNKNOWN_ZONE: N_("Un événement est dans un fuseau horaire inconnu : corrigez-le."),
    Reason.TOO_OFTEN: N_("Un événement se répète trop souvent pour être lu : simplifiez-le."),
    Reason.ADDRESS: N_("L'agenda renvoie vers une adresse qui n'est pas en https."),
    Reason.NOT_FOUND: N_("Le nom de ce serveur n'existe pas. Vérifiez l'adresse."),
    Reason.INSIDE: N_("Cette adresse mène dans un réseau privé : elle n'est pas lue."),
    Reason.SILENT: N_("Le serveur ne répond pas. Nous réessayons tous les quarts d'heure."),
    Reason.SLOW: N_("Le serveur met plus de dix secondes à répondre. Nous réessayons."),
    Reason.CERTIFICATE: N_("Le certificat de ce serveur n'est pas valable : il n'est pas lu."),
    Reason.REDIRECTS: N_("Cette adresse renvoie trop de fois ailleurs. Copiez-la de nouveau."),
    Reason.SIGN_IN: N_("Le serveur refuse l'accès : identifiant, mot de passe ou partage."),
    Reason.KEY: N_("Le mot de passe ne s'ouvre plus : retirez l'agenda et ajoutez-le de nouveau."),
    Reason.GONE: N_("Il n'y a plus rien à cette adresse. Copiez-la de nouveau."),
    Reason.REFUSED: N_("Le serveur a répondu par une erreur. Nous réessayons."),
    Reason.NO_COLLECTION: N_(
        "Cette adresse n'est pas celle d'un agenda, et aucun n'a été trouvé derrière elle. "
        "Copiez l'adresse CalDAV de l'agenda lui-même."
    ),
}


def in_words(reason: Reason, locale: str) -> str:
    """Return the sentence of a reason."""
    return gettext(locale, WORDS[reason])
