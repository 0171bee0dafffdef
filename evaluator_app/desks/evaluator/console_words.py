"""What the console's scripts say: French sources, rendered in the page's language as JSON.

The %(name)s places are filled in the browser.
"""

from __future__ import annotations

from evaluator_app.words import _
from kernel.errors import N_

WORDS = {
    "appointment": N_("Rendez-vous de %(from)s à %(to)s"),
    "waits": N_("%(who)s est en salle d'attente"),
    "left": N_("%(who)s a quitté la salle d'attente"),
    "not_yet": N_("%(who)s n'est pas encore là"),
    "waits_open": N_("Depuis %(time)s. Faites entrer quand vous êtes prêt."),
    "waits_closed": N_("Depuis %(time)s. Ouvrez la salle pour faire entrer."),
    "open_empty": N_("La salle est ouverte. Cette page se met à jour dès l'arrivée."),
    "closed_empty": N_("Ouvrez la salle quand vous êtes prêt : on vous attendra à l'heure dite."),
    "closed_late": N_("L'heure est passée : ouvrez la salle dès que vous êtes prêt."),
    "equipment_ready": N_("Testé, tout fonctionne"),
    "equipment_fair": N_("Testé, cela ira ; quelque chose pourrait être mieux"),
    "equipment_blocked": N_("Testé, quelque chose ne fonctionne pas"),
    "equipment_none": N_("Pas encore testé"),
    "net_self": N_("Votre réseau :"),
    "net_candidate": N_("Réseau du candidat :"),
    "net_0": N_("rien ne passe"),
    "net_1": N_("mauvais"),
    "net_2": N_("faible"),
    "net_3": N_("correct"),
    "net_4": N_("bon"),
    "identity_ticks": N_(
        "Cochez ce qui concorde ; si quelque chose ne concorde pas, refusez l'identité."
    ),
    "identity_kind": N_("Choisissez le type de document."),
    "identity_expiry": N_("Écrivez la date d'expiration du document."),
    "picture_none": N_(
        "La photo est prise par la caméra du candidat, en pleine définition. "
        "Elle disparaît sous %(hours)s heures."
    ),
    "picture_coming": N_("La photo arrive…"),
    "picture_late": N_(
        "La photo n'arrive pas. Redemandez-la, ou confirmez d'après la pièce que vous voyez "
        "en direct."
    ),
    "unreachable": N_("Le serveur ne répond pas. Nous réessayons ; rien n'est perdu."),
    "unanswered": N_("Le serveur n'a pas répondu. Voyez où en est l'entretien, puis réessayez."),
    "signed_out": N_("Votre session a pris fin : rechargez la page. Ce qui est noté est gardé."),
    "part_title": N_("%(number)s · %(name)s"),
    "card_seen": N_("Le candidat voit la carte"),
    "card_hidden": N_("Le candidat ne la voit pas encore"),
    "card_situation": N_("Situation"),
    "card_instructions": N_("Au candidat"),
    "card_role": N_("Votre rôle"),
    "card_elicit": N_("À faire surgir"),
    "turning": N_("Partie %(number)s · %(name)s"),
    "turning_left": N_("dans %(num)s s"),
    "lacks_choice": N_("à choisir : %(letters)s"),
    "lacks_mark": N_("niveau manquant : %(letters)s"),
    "lacks_reason": N_("motif manquant : %(letters)s"),
    "lacks_evidence": N_("remarque manquante : %(letters)s"),
    "mark_cleared": N_("%(criterion)s : niveau effacé"),
    "not_assessable": N_("Non évaluable"),
    "not_assessable_short": N_("n. é."),
    "not_assessable_when": N_(
        "Ce qui a été entendu ne permet pas de juger ce critère. Dites pourquoi. "
        "À partir de deux critères, le coordinateur décide de la suite."
    ),
    "notes_one": N_("1 remarque"),
    "notes_many": N_("%(num)s remarques"),
    "notes_none_given": N_("Aucune remarque n'accompagne ces niveaux."),
    "notes_none": N_(
        "Aucune remarque encore. Chaque critère attend une remarque, ou « Rien à ajouter »."
    ),
    "grid_count": N_("%(num)s sur %(all)s"),
    "note_new": N_("Nouvelle remarque"),
    "note_on": N_("Remarque sur : %(criterion)s"),
    "note_free": N_("Sans critère"),
    "note_edit": N_("Modifier"),
    "note_edit_of": N_("Modifier la remarque « %(text)s »"),
    "note_remove": N_("Retirer"),
    "note_remove_of": N_("Retirer la remarque « %(text)s »"),
    "note_moved": N_("Remarque déplacée à %(time)s"),
    "note_jump": N_("Écouter à cet endroit"),
    "mute": N_("Couper le micro"),
    "unmute": N_("Rétablir le micro"),
    "camera_off": N_("Couper la caméra"),
    "camera_on": N_("Rétablir la caméra"),
    "lost_self": N_("Votre connexion est coupée : reconnexion,"),
    "lost_candidate": N_("Connexion de %(who)s coupée : reconnexion,"),
    "lost_time": N_("%(num)s s"),
    "lost_still": N_("Le temps est arrêté, encore %(time)s au plus."),
    "given_up_line": N_(
        "Le temps, arrêté %(num)s min en tout, ne peut plus l'être : il court de nouveau."
    ),
    "given_up_note": N_("Connexion perdue, %(num)s min d'arrêt en tout."),
    "video_refused": N_("La vidéo a été refusée"),
    "video_refused_do": N_("Rechargez la page. Si cela se répète, signalez un incident."),
    "camera_forbidden": N_("Le navigateur n'a pas accès à la caméra ni au micro"),
    "camera_forbidden_do": N_("Autorisez-les à gauche de l'adresse, puis rechargez la page."),
    "camera_none": N_("Aucun micro ne répond"),
    "camera_none_do": N_(
        "Branchez-en un, fermez les autres applications de visioconférence, puis rechargez la page."
    ),
    "room_closed": N_("La salle est fermée"),
    "room_closed_do": N_("La vidéo du candidat apparaîtra ici."),
    "room_waits": N_("%(who)s attend"),
    "room_empty": N_("La salle est ouverte"),
    "room_open_do": N_("La vidéo du candidat apparaîtra ici dès qu'il sera entré."),
    "video_coming": N_("%(who)s entre…"),
    "video_late": N_("L'image de %(who)s n'arrive pas"),
    "video_late_do": N_(
        "Écrivez-lui dans Messages de recharger la page : l'image revient d'elle-même. "
        "Si elle n'arrive toujours pas, signalez un incident."
    ),
    "call_late": N_("Votre appel ne s'établit pas"),
    "call_late_do": N_(
        "Nous réessayons sans cesse. Rechargez la page ou changez de réseau ; si rien n'y fait, "
        "signalez un incident."
    ),
    "video_away": N_("%(who)s n'est pas connecté"),
    "device": N_("Appareil"),
    "device_failed": N_("Cet appareil ne répond pas. L'ancien reste en service."),
    "gear_gone_audio": N_(
        "Votre micro ne fonctionne plus : le candidat ne vous entend pas. Rebranchez-le, ou "
        "branchez-en un autre : il est repris aussitôt. L'appel continue."
    ),
    "gear_gone_video": N_(
        "Votre caméra ne fonctionne plus : le candidat ne vous voit pas. Rebranchez-la, ou "
        "branchez-en une autre : elle est reprise aussitôt. L'appel continue."
    ),
    "gear_denied_audio": N_(
        "Le navigateur n'a plus accès à votre micro : autorisez-le à gauche de l'adresse, puis "
        "rechargez la page. L'entretien vous attend."
    ),
    "gear_denied_video": N_(
        "Le navigateur n'a plus accès à votre caméra : autorisez-la à gauche de l'adresse, puis "
        "rechargez la page. L'entretien vous attend."
    ),
    "gear_busy_audio": N_(
        "Votre micro est utilisé par un autre programme. Fermez ce programme : il est "
        "repris tout seul dans les secondes qui suivent."
    ),
    "gear_busy_video": N_(
        "Votre caméra est utilisée par un autre programme. Fermez ce programme : elle "
        "est reprise toute seule dans les secondes qui suivent."
    ),
    "gear_silenced_audio": N_(
        "Votre micro est coupé par l'ordinateur ou par son propre bouton : on ne vous "
        "entend pas. Rétablissez-le là, ou choisissez un autre micro."
    ),
    "gear_silenced_video": N_(
        "Votre caméra est coupée par l'ordinateur ou par son propre bouton : on ne vous"
        " voit pas. Rétablissez-la là, ou choisissez une autre caméra."
    ),
    "gear_back_audio": N_("Votre micro fonctionne de nouveau : %(name)s."),
    "gear_back_video": N_("Votre caméra fonctionne de nouveau : %(name)s."),
    "other_gone_audio": N_(
        "Le micro de %(who)s ne fonctionne plus. L'appel continue ; "
        "la discussion écrite reste ouverte."
    ),
    "other_gone_video": N_("La caméra de %(who)s ne fonctionne plus. L'appel continue."),
    "other_back_audio": N_("Le micro de %(who)s fonctionne de nouveau."),
    "other_back_video": N_("La caméra de %(who)s fonctionne de nouveau."),
    "face_video": N_("Vidéo du candidat, petite fenêtre"),
    "elsewhere_once": N_(
        "À photographier avec la tablette. Le code sert une fois, dans les %(num)s minutes."
    ),
    "beside_waits": N_("La grille s'ouvre ici dès que l'identité est confirmée."),
    "ending": N_("L'entretien se termine"),
    "ending_soon": N_("Le candidat quittera la salle dans %(num)s s. La grille reste ouverte."),
    "ending_early_title": N_("Terminer avant la troisième partie ?"),
    "ending_early": N_(
        "Le candidat quittera la salle et l'entretien ne pourra pas reprendre. "
        "Ce qui est noté est gardé."
    ),
    "alert_waiting": N_("%(who)s est en salle d'attente"),
    "alert_gone": N_("%(who)s n'est plus là"),
    "alert_back": N_("%(who)s est de retour"),
    "alert_message": N_("%(who)s : « %(words)s »"),
    "alert_problem": N_("%(who)s signale un problème : « %(words)s »"),
    "incident_pin": N_("Incident : %(note)s"),
    "incident_told": N_("Incident signalé au coordinateur"),
    "incident_identity_refused": N_("L'identité n'a pas été confirmée."),
    "incident_technical": N_("La technique a fait défaut."),
    "incident_candidate_absent": N_("Le candidat ne s'est pas présenté."),
    "incident_interruption": N_("L'entretien a été interrompu."),
    "incident_help_from_others": N_("Quelqu'un aidait le candidat."),
    "incident_behaviour": N_("Le comportement du candidat ne permettait pas de continuer."),
    "incident_other": N_("Un incident a mis fin à l'entretien."),
    "state_planned": N_("La salle est fermée"),
    "state_open": N_("La salle est ouverte"),
    "state_identity": N_("Le candidat est entré : vérification d'identité"),
    "state_ready": N_("Identité confirmée"),
    "state_running": N_("L'entretien est en cours"),
    "state_ended": N_("L'entretien est terminé : la grille attend"),
    "state_aborted": N_("L'entretien est interrompu"),
    "saving_saved": N_("Tout est enregistré"),
    "saving_keeping": N_("Enregistrement…"),
    "saving_sending": N_("Envoi…"),
    "saving_kept_one": N_("1 changement gardé sur cet ordinateur, envoi dès le retour du réseau"),
    "saving_kept_many": N_(
        "%(num)s changements gardés sur cet ordinateur, envoi dès le retour du réseau"
    ),
    "saving_server_one": N_(
        "1 changement gardé sur cet ordinateur, envoi dès que le serveur répond"
    ),
    "saving_server_many": N_(
        "%(num)s changements gardés sur cet ordinateur, envoi dès que le serveur répond"
    ),
    "saving_signed_out_one": N_(
        "1 changement gardé sur cet ordinateur : reconnectez-vous à votre compte pour l'envoyer"
    ),
    "saving_signed_out_many": N_(
        "%(num)s changements gardés sur cet ordinateur : "
        "reconnectez-vous à votre compte pour les envoyer"
    ),
    "saving_unkept_one": N_(
        "1 changement pas encore envoyé. Ce navigateur ne garde rien : ne fermez pas cette page."
    ),
    "saving_unkept_many": N_(
        "%(num)s changements pas encore envoyés. "
        "Ce navigateur ne garde rien : ne fermez pas cette page."
    ),
    "saving_bare": N_(
        "Tout est enregistré sur le serveur. Ce navigateur, lui, ne garde rien : "
        "sans réseau, ne fermez pas cette page."
    ),
    "saving_unreadable": N_(
        "Ce navigateur ne relit pas ce qu'il garde : un changement manque peut-être ici. "
        "Rechargez la page."
    ),
    "saving_choose": N_("À choisir : %(criteria)s"),
    "choice_why": N_("Deux appareils, deux valeurs. À choisir :"),
    "choice_keep": N_("Garder %(value)s"),
    "choice_keep_of": N_("Garder %(value)s : %(criterion)s"),
    "choice_blank": N_("non évaluable, « %(reason)s »"),
    "choice_none": N_("sans niveau"),
    "nothing_yes": N_("« Rien à ajouter » coché"),
    "nothing_no": N_("« Rien à ajouter » décoché"),
    "late_locked": N_(
        "Ces changements sont arrivés après la remise. S'ils comptent, demandez au coordinateur "
        "de rouvrir la grille : vous pourrez les y reprendre."
    ),
    "late_open": N_(
        "Ces changements n'ont pas été pris. Reprenez-les dans cette grille, ou effacez-les."
    ),
    "late_of": N_("%(criterion)s : %(what)s"),
    "late_note": N_("remarque « %(text)s »"),
    "late_removal": N_("une remarque retirée"),
    "late_cleared": N_("niveau effacé"),
    "submitted": N_("Grille soumise. Pour la corriger, adressez-vous au coordinateur."),
    "recap_line": N_("Soumission dans %(num)s s."),
    "submit_waits": N_(
        "La grille se soumet quand tout est enregistré : il reste des changements à envoyer."
    ),
    "submit_unreadable": N_(
        "La grille ne se soumet pas tant que ce navigateur ne relit pas ce qu'il garde. Rechargez "
        "la page, redémarrez le navigateur, ou soumettez depuis un autre ordinateur."
    ),
    "submit_ready": N_("Tout est noté. Une fois soumise, la grille est verrouillée."),
    "reel": N_("Écouter les remarques : %(criterion)s"),
    "recording_title": N_("Enregistrement"),
    "recording_off": N_("Cet entretien n'a pas d'enregistrement."),
    "recording_running": N_("L'enregistrement se termine…"),
    "recording_muxing": N_(
        "L'enregistrement se prépare : une minute au plus. Vous pouvez déjà noter."
    ),
    "recording_ready": N_("L'enregistrement est prêt."),
    "recording_empty": N_("Rien n'a été dit ni montré : l'enregistrement est vide."),
    "recording_failed": N_(
        "L'enregistrement n'a pas pu être préparé. Le coordinateur en est "
        "informé ; notez de mémoire."
    ),
    "recording_purged": N_("L'enregistrement a été effacé au terme de sa durée de conservation."),
}


def words(picture_hours: int) -> dict[str, str]:
    """Return the words by their key, in the page's language.

    An identity picture lives `picture_hours`; the other places in words are filled by scripts.
    """
    said = {key: _(text) for key, text in WORDS.items()}
    return said | {"picture_none": _(WORDS["picture_none"], hours=picture_hours)}
