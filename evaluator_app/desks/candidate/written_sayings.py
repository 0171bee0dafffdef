"""The sentences that the scripts of the written test put on the screen, in its language."""

from __future__ import annotations

from evaluator_app.words import _


def demo_sayings() -> dict[str, str]:
    """Return what the mini demo test says."""
    return {
        "right": _("C'est juste."),
        "wrong": _("Pas tout à fait."),
        "empty": _("Vous n'avez pas répondu."),
        "answer": _("La bonne réponse : %(answer)s"),
        "place": _("Question %(number)s sur %(count)s"),
        "offline": _("Le serveur ne répond pas. Réessayez dans un instant."),
    }


def test_sayings() -> dict[str, str]:
    """Return what the page of the test and the one of the document say as things happen."""
    return _time() | _link() | _gear()


def _time() -> dict[str, str]:
    return {
        "number": _("Question %(number)s"),
        "left_between": _("encore %(least)s à %(most)s questions, %(minutes)s min au plus"),
        "left_at_most": _("encore %(most)s questions au plus, %(minutes)s min"),
        "seconds_left": _("Encore %(seconds)s secondes"),
        "swaps_left": _("Il vous en reste %(count)s pour tout le test."),
        "swap_last": _("Il vous en reste une pour tout le test."),
        "swaps_none": _("Vous ne pouvez plus en remplacer."),
        "empty": _(
            "Vous n'avez pas répondu. Répondez, ou validez de nouveau pour passer la question."
        ),
        "sending": _("Envoi…"),
        "time_over_now": _("Temps écoulé : votre réponse est envoyée."),
        "time_over": _("Temps écoulé : votre réponse à la question précédente a été envoyée."),
        "swapped": _("La question a été remplacée."),
    }


def _link() -> dict[str, str]:
    return {
        "offline": _("Le serveur ne répond pas. Nouvel essai dans quelques secondes."),
        "lost": _("Connexion perdue depuis %(seconds)s s. Votre réponse est gardée."),
        "lost_stopped": _("Le temps est arrêté. Ne fermez rien : tout reprend tout seul."),
        "lost_short": _("Nouvel essai à chaque instant. Ne fermez rien."),
        "lost_running": _(
            "Le temps ne s'arrête plus : les minutes données aux coupures sont épuisées."
        ),
        "session": _("Votre session a pris fin : rechargez la page, votre test vous attend."),
    }


def _gear() -> dict[str, str]:
    return {
        "no_camera_denied": _(
            "La caméra ou le micro sont bloqués : autorisez-les à gauche de l'adresse, puis "
            "réessayez. Rien n'est commencé."
        ),
        "no_camera_missing": _(
            "Aucune caméra ou aucun micro n'a été trouvé : branchez-les, puis réessayez. Rien "
            "n'est commencé."
        ),
        "no_camera_busy": _(
            "La caméra est prise par un autre logiciel : fermez-le, puis réessayez. Rien n'est "
            "commencé."
        ),
        "starting": _("Préparation…"),
        "watch_on": _("Caméra, micro et page sont surveillés."),
        "watch_on_faces": _(
            "Caméra, micro et page sont surveillés, et s'il y a un visage dans l'image."
        ),
        "watch_lost": _("La surveillance n'arrive plus au serveur. Le test continue."),
        "watch_off": _("La surveillance ne fonctionne pas ici : c'est signalé, le test continue."),
        "notes_one": _("1 signalement"),
        "notes_many": _("%(count)s signalements"),
        "still_taken": _("Lisez-vous vos noms sur cette photo ? Sinon, reprenez-la."),
        "still_sent": _("La photo est arrivée."),
        "still_failed": _("La photo n'a pas pu être prise. Vérifiez la caméra, puis réessayez."),
        "help_sent": _("Votre message est parti. La réponse viendra par e-mail et sur cette page."),
    }
