"""The sentences that the scripts of the candidate's pages put on the screen, in its language."""

from __future__ import annotations

from evaluator_app.desks.shared.parts import parts_sayings
from evaluator_app.words import _


def oral_sayings() -> dict[str, str]:
    """Return what the oral's page says as things happen."""
    return {
        **_waiting(),
        **_room(),
        **_gear(),
        **parts_sayings(),
        "offline": _("Le serveur ne répond pas. Nouvel essai dans quelques secondes."),
        "read_first": _("Cochez d'abord les informations ci-dessus."),
        "test_first": _("Testez d'abord votre équipement : c'est l'affaire d'une minute."),
        "can_enter": _("Vous pouvez entrer. Votre évaluateur vous fera passer dans la salle."),
    }


def _waiting() -> dict[str, str]:
    return {
        "status_here": _("Votre évaluateur est là."),
        "status_here_next": _("Il va vous faire entrer d'un instant à l'autre."),
        "status_with_another": _("Votre évaluateur est avec un autre candidat."),
        "status_with_another_next": _("Il vient dès qu'il a terminé ; gardez cette page ouverte."),
        "status_late": _("Votre évaluateur a un peu de retard."),
        "status_late_next": _("Gardez cette page ouverte : vous ne perdez rien."),
        "status_absent": _("Votre évaluateur n'est pas encore là."),
        "status_absent_next": _(
            "Le certificateur est prévenu et cherche une solution. Gardez cette page ouverte : "
            "si l'oral ne peut pas avoir lieu, vous en choisirez un autre, sans frais."
        ),
        "status_not_yet": _("Votre évaluateur arrive bientôt."),
        "status_not_yet_next": _("Vous êtes en avance. Gardez cette page ouverte."),
        "in_minutes": _("Votre entretien commence dans %(minutes)s min."),
        "in_minute": _("Votre entretien commence dans un instant."),
        "in_hours": _("Votre entretien commence à %(hour)s. Vous pouvez revenir plus tard."),
    }


def _room() -> dict[str, str]:
    return {
        "connecting": _("Connexion à votre évaluateur…"),
        "connecting_next": _(
            "Nous réessayons sans cesse. Vérifiez que le navigateur a accès au micro et à la "
            "caméra, ou rechargez la page : votre place est gardée."
        ),
        "reconnecting": _("Connexion perdue : elle se rétablit toute seule…"),
        "reconnecting_time": _("%(num)s s"),
        "reconnecting_next": _("Ne fermez rien. Le temps est arrêté."),
        "evaluator_gone": _("Votre évaluateur a été déconnecté : il revient."),
        "evaluator_gone_next": _("Le temps est arrêté, vous ne perdez rien."),
        "video_gone": _("La vidéo est interrompue : elle revient toute seule."),
        "away_long": _(
            "La coupure dure. Votre évaluateur peut vous donner un autre rendez-vous, sans frais."
        ),
        "refused": _("Le serveur vidéo refuse cette connexion."),
        "refused_next": _("Rechargez la page ; si cela dure, utilisez « Un problème ? »."),
        "show_document": _("Montrez votre pièce d'identité dans le cadre."),
        "show_document_next": _(
            "À plat, sans reflet, assez près pour lire vos noms. Ce moment n'est pas enregistré."
        ),
        "still_now": _("Ne bougez plus : la photo est prise."),
        "still_sending": _("Envoi de la photo à votre évaluateur…"),
        "still_sent": _("Photo envoyée. Votre évaluateur la regarde."),
        "still_failed": _("La photo n'a pas pu être prise : votre évaluateur peut la redemander."),
        "identity_done": _("Identité vérifiée."),
        "identity_done_next": _("L'entretien va commencer, et l'enregistrement avec lui."),
        "microphone_off": _("Micro coupé"),
        "camera_off": _("Caméra coupée"),
        "camera": _("Caméra"),
        "microphone": _("Micro"),
        "no_camera": _("Caméra introuvable ou bloquée : choisissez-la dans « Caméra et micro »."),
        "bars_0": _("Connexion interrompue"),
        "bars_1": _("Connexion très faible"),
        "bars_2": _("Connexion faible"),
        "bars_3": _("Connexion correcte"),
        "bars_4": _("Bonne connexion"),
        "you": _("Vous"),
        "problem_sent": _("Votre message est arrivé chez votre évaluateur."),
        "problem_sent_office": _(
            "Votre évaluateur n'est pas encore là : votre message est parti aux coordinateurs. "
            "Leur réponse vous arrive par e-mail."
        ),
    }


def _gear() -> dict[str, str]:
    return {
        "gear_gone_audio": _(
            "Votre micro ne fonctionne plus : on ne vous entend pas. Rebranchez-le, ou "
            "branchez-en un autre : il est repris aussitôt. L'appel continue."
        ),
        "gear_gone_video": _(
            "Votre caméra ne fonctionne plus : on ne vous voit pas. Rebranchez-la, ou "
            "branchez-en une autre : elle est reprise aussitôt. L'appel continue."
        ),
        "gear_denied_audio": _(
            "Le navigateur n'a plus accès à votre micro : autorisez-le à gauche de l'adresse, puis "
            "rechargez la page. L'entretien vous attend."
        ),
        "gear_denied_video": _(
            "Le navigateur n'a plus accès à votre caméra : autorisez-la à gauche de l'adresse, "
            "puis rechargez la page. L'entretien vous attend."
        ),
        "gear_busy_audio": _(
            "Votre micro est utilisé par un autre programme. Fermez ce programme : il est "
            "repris tout seul dans les secondes qui suivent."
        ),
        "gear_busy_video": _(
            "Votre caméra est utilisée par un autre programme. Fermez ce programme : elle "
            "est reprise toute seule dans les secondes qui suivent."
        ),
        "gear_silenced_audio": _(
            "Votre micro est coupé par l'ordinateur ou par son propre bouton : on ne vous "
            "entend pas. Rétablissez-le là, ou choisissez un autre micro."
        ),
        "gear_silenced_video": _(
            "Votre caméra est coupée par l'ordinateur ou par son propre bouton : on ne vous"
            " voit pas. Rétablissez-la là, ou choisissez une autre caméra."
        ),
        "gear_back_audio": _("Votre micro fonctionne de nouveau : %(name)s."),
        "gear_back_video": _("Votre caméra fonctionne de nouveau : %(name)s."),
        "other_gone_audio": _("Le micro de votre évaluateur ne fonctionne plus : il y remédie."),
        "other_gone_video": _("La caméra de votre évaluateur ne fonctionne plus : il y remédie."),
        "other_back_audio": _("Le micro de votre évaluateur fonctionne de nouveau."),
        "other_back_video": _("La caméra de votre évaluateur fonctionne de nouveau."),
    }
