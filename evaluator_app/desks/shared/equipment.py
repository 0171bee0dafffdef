"""The equipment test of the two people of an oral: its page, and what its script says."""

from __future__ import annotations

from typing import Any

from flask import request

from evaluator_app.desks.shared.ice import IceServer, ice_servers
from evaluator_app.desks.shared.phones import is_phone
from evaluator_app.web.edge import db, house
from evaluator_app.words import _
from kernel import clock
from kernel.shown import Shown
from people.models import User
from proctor import equipment as tests


class EquipmentPage(Shown):
    """What the equipment test needs to begin; `equipment` takes its facts."""

    equipment: str
    ice: list[IceServer]
    phone: bool
    words: dict[str, str]


def equipment_sayings() -> dict[str, str]:
    """Return what the equipment test says while it runs; what it finds comes from the server."""
    return {
        "idle": _("À tester"),
        "busy": _("En cours…"),
        "ready": _("Prêt"),
        "fair": _("À améliorer"),
        "blocked": _("À régler"),
        "asking": _("Votre navigateur vous demande d'autoriser la caméra et le micro : acceptez."),
        "looking": _("Regardez si vous vous voyez bien, de face et bien éclairé."),
        "speak": _("Dites quelques mots : la barre doit bouger."),
        "heard_you": _("On vous entend."),
        "listen": _("Un son est joué. L'entendez-vous ?"),
        "measuring": _("Mesure vers le serveur vidéo de l'examen…"),
        "round_trip": _("Aller-retour"),
        "lost": _("pertes"),
        "sent": _("envoi"),
        "unsaid": _("Dites si vous avez entendu le son."),
        "camera": _("Caméra"),
        "microphone": _("Micro"),
        "all_ready": _("Tout est prêt. Ce résultat est gardé."),
        "all_fair": _("Cela ira. Ce qui peut être amélioré est dit plus haut."),
        "all_blocked": _("Il reste un point à régler, dit plus haut. Refaites ensuite le test."),
        "running": _("Test en cours, moins d'une minute…"),
        "failed": _("Le test n'a pas pu finir : vérifiez votre connexion, puis recommencez."),
        "offline": _("Le serveur ne répond pas. Nouvel essai dans quelques secondes."),
    }


def equipment_page(user: User, address: str) -> dict[str, Any]:
    """Return what `candidate/equipment.html` shows to either of the two people.

    `address` takes the test's facts; `address`/probe answers its offer.
    """
    latest = tests.latest(db(), user.id)
    last = tests.judge(tests.read(latest.facts)) if latest is not None else ()
    return {
        "data": EquipmentPage(
            equipment=address,
            ice=ice_servers(house().settings, user.id, clock.now()),
            phone=is_phone(request.user_agent.string),
            words=equipment_sayings(),
        ).sent(),
        "latest": latest,
        "last": {part.part: (part.state, _(part.words, **part.params)) for part in last},
        "phone": is_phone(request.user_agent.string),
    }
