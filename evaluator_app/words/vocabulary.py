"""The words that people read for the states, kinds and fields of the exam, with their tone."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from flask_babel.speaklater import LazyString

from enrolment.declared import AccessMode, Initiative, Sex
from enrolment.fields import Field
from enrolment.models import Stage
from evaluator_app.words import _, _l
from kernel.levels import Level
from kernel.permissions import Role
from rooms.models import IncidentKind
from rubrics.models import RaterRole
from scheduling.models import AppointmentState
from written_test.elsewhere.results_importing import CHANGED, REPLACED, Outcome
from written_test.items.calibrating import Change
from written_test.items.importing import Effect
from written_test.models import Basis, ItemState, Source, Standing
from written_test.questions.drafts import Skill
from written_test.questions.kinds import Kind

Words = Mapping[str, LazyString]

STAGES: Words = {
    Stage.ENROLLED: _l("Inscrit"),
    Stage.BOOKED: _l("Oral prévu"),
    Stage.IN_ORAL: _l("Oral en cours"),
    Stage.MARKING: _l("En cours d'évaluation"),
    Stage.COMPLETE: _l("À valider"),
    Stage.VALIDATED: _l("Validé"),
    Stage.SUSPENDED: _l("Incident à traiter"),
    Stage.WITHDRAWN: _l("Retiré"),
    Stage.EXPIRED: _l("Période expirée"),
}
STAGE_TONES: Mapping[str, str] = {
    Stage.ENROLLED: "calm",
    Stage.BOOKED: "active",
    Stage.IN_ORAL: "active",
    Stage.MARKING: "active",
    Stage.COMPLETE: "wait",
    Stage.VALIDATED: "good",
    Stage.SUSPENDED: "person",
    Stage.WITHDRAWN: "calm",
    Stage.EXPIRED: "calm",
}
SEXES: Words = {Sex.FEMALE: _l("Femme"), Sex.MALE: _l("Homme")}
ROLES: Words = {
    Role.CANDIDATE: _l("Candidat"),
    Role.EVALUATOR: _l("Évaluateur"),
    Role.ORGANISATION: _l("Organisme de formation"),
    Role.COORDINATOR: _l("Coordinateur"),
    Role.SYSTEM: _l("Système"),
}
APPOINTMENTS: Words = {
    AppointmentState.PLANNED: _l("Prévu"),
    AppointmentState.HELD: _l("Tenu"),
    AppointmentState.CANCELLED: _l("Annulé"),
}
ACCOMMODATIONS: Words = {
    "extra_time": _l("Temps supplémentaire"),
    "breaks": _l("Pauses"),
    "large_print": _l("Grands caractères et contraste élevé"),
    "written_instructions": _l("Consignes écrites"),
    "interpreter": _l("Interprète ou accompagnant présent"),
}
ACCESS_MODES: Words = {
    AccessMode.CONTINUING: _l("Formation continue"),
    AccessMode.PROFESSIONALISATION: _l("Contrat de professionnalisation"),
    AccessMode.INITIAL: _l("Formation initiale, hors apprentissage"),
    AccessMode.APPRENTICESHIP: _l("Formation initiale, en apprentissage"),
    AccessMode.EXPERIENCE: _l("Validation des acquis de l'expérience"),
    AccessMode.FOREIGN_DIPLOMA: _l("Équivalence d'un diplôme étranger"),
    AccessMode.INDEPENDENT: _l("Candidat libre"),
}
INITIATIVES: Words = {
    Initiative.CANDIDATE: _l("Le candidat"),
    Initiative.ORGANISATION: _l("L'organisme de formation"),
    Initiative.EMPLOYMENT_SERVICE: _l("France Travail"),
    Initiative.EMPLOYER: _l("L'employeur"),
    Initiative.OTHER: _l("Autre"),
}
WRITTEN_SOURCES: Words = {
    Source.COORDINATOR: _l("Entré à la main"),
    Source.TEST: _l("Test passé ici"),
    Source.FILE: _l("Fichier importé"),
    Source.API: _l("Envoyé par la plateforme"),
}
STANDINGS: Words = {
    Standing.IN_FORCE: _l("Retenu"),
    Standing.WAITING: _l("À choisir"),
    Standing.REFUSED: _l("Écarté"),
    Standing.VOID: _l("Annulé"),
}
STANDING_TONES: Mapping[str, str] = {
    Standing.IN_FORCE: "good",
    Standing.WAITING: "wait",
    Standing.REFUSED: "calm",
    Standing.VOID: "calm",
}
WRITTEN_REASONS: Words = {
    CHANGED: _l("Modifié à la source"),
    REPLACED: _l("Remplacé par la source"),
}
"""Reasons that the platform itself writes."""
OUTCOMES: Words = {
    Outcome.CREATED: _l("Nouveaux"),
    Outcome.NEW_VERSION: _l("Nouvelles versions"),
    Outcome.CONFLICT: _l("À choisir"),
    Outcome.UNCHANGED: _l("Inchangés"),
    Outcome.REFUSED: _l("Refusés"),
}
INCIDENTS: Words = {
    IncidentKind.IDENTITY_REFUSED: _l("Identité refusée"),
    IncidentKind.TECHNICAL: _l("Défaillance technique"),
    IncidentKind.CANDIDATE_ABSENT: _l("Candidat absent"),
    IncidentKind.EVALUATOR_ABSENT: _l("Évaluateur absent"),
    IncidentKind.INTERRUPTION: _l("Interruption"),
    IncidentKind.HELP_FROM_OTHERS: _l("Aide d'un tiers"),
    IncidentKind.BEHAVIOUR: _l("Comportement"),
    IncidentKind.OTHER: _l("Autre incident"),
}
RATER_ROLES: Words = {
    RaterRole.FIRST: _l("Première évaluation"),
    RaterRole.SECOND: _l("Seconde évaluation"),
    RaterRole.ADJUDICATOR: _l("Arbitrage"),
}
SKILLS: Words = {
    Skill.VOCABULARY: _l("Vocabulaire"),
    Skill.GRAMMAR: _l("Grammaire"),
    Skill.EXPRESSIONS: _l("Expressions"),
    Skill.READING: _l("Lecture"),
}
KINDS: Words = {
    Kind.SINGLE: _l("Choix unique"),
    Kind.MULTIPLE: _l("Choix multiple"),
    Kind.GAP_CHOICE: _l("Trous à choix"),
    Kind.GAP_FREE: _l("Trous à écrire"),
    Kind.ORDERING: _l("Mise en ordre"),
    Kind.MATCHING: _l("Association"),
    Kind.READING: _l("Texte et questions"),
}
EFFECTS: Words = {
    Effect.NEW: _l("Nouvelle"),
    Effect.CHANGED: _l("Nouvelle version"),
    Effect.UNCHANGED: _l("Inchangée"),
    Effect.REFUSED: _l("Refusée"),
}
EFFECT_TONES: Mapping[str, str] = {
    Effect.NEW: "good",
    Effect.CHANGED: "active",
    Effect.UNCHANGED: "calm",
    Effect.REFUSED: "person",
}
ITEM_STATES: Words = {
    ItemState.DRAFT: _l("Brouillon"),
    ItemState.PILOT: _l("À l'essai"),
    ItemState.IN_USE: _l("En service"),
    ItemState.RETIRED: _l("Retirée"),
}
ITEM_TONES: Mapping[str, str] = {
    ItemState.DRAFT: "calm",
    ItemState.PILOT: "wait",
    ItemState.IN_USE: "good",
    ItemState.RETIRED: "calm",
}
BASES: Words = {
    Basis.EXPECTED: _l("Aucun"),
    Basis.ASSUMED: _l("Supposés"),
    Basis.GIVEN: _l("Donnés par son fichier"),
    Basis.MEASURED: _l("Mesurés"),
}
CHANGES: Words = {
    Change.MEASURED: _l("Nouveaux paramètres"),
    Change.UNCHANGED: _l("Inchangée"),
    Change.REFUSED: _l("Refusée"),
}
CHANGE_TONES: Mapping[str, str] = {
    Change.MEASURED: "good",
    Change.UNCHANGED: "calm",
    Change.REFUSED: "person",
}
LETTERS: Words = {
    "appointment_confirmed": _l("Confirmation du rendez-vous"),
    "appointment_moved": _l("Rendez-vous déplacé"),
    "appointment_handed_over": _l("Changement d'évaluateur"),
    "appointment_reminder": _l("Rappel du rendez-vous"),
}
"""Letters that prove what a candidate was told."""
ACTS: Words = {
    "letter.retry": _l("Lettre renvoyée"),
    "letter.hold_back": _l("Envoi retenu après une restauration"),
    "audit.accept": _l("Journal signé tel qu'il est"),
    "candidacy.enrol": _l("Inscription"),
    "candidacy.move": _l("Changement d'étape"),
    "candidacy.hold_open": _l("Période d'accès prolongée"),
    "extension.ask": _l("Prolongation demandée"),
    "extension.grant": _l("Prolongation accordée"),
    "extension.refuse": _l("Prolongation refusée"),
    "extension.give": _l("Période d'accès prolongée"),
    "proof.see": _l("Justificatif ouvert"),
    "proof.purge": _l("Justificatif effacé"),
    "candidacy.send_link": _l("Lien renvoyé"),
    "identity.correct": _l("Identité corrigée"),
    "appointment.place": _l("Rendez-vous placé"),
    "appointment.move": _l("Rendez-vous déplacé"),
    "appointment.cancel": _l("Rendez-vous annulé"),
    "written_result.enter": _l("Niveau écrit entré"),
    "written_result.choose": _l("Résultat écrit choisi"),
    "written_results.import": _l("Résultats importés"),
    "written_results.see_file": _l("Fichier de résultats ouvert"),
    "written_results.purge_file": _l("Fichier de résultats effacé"),
    "written_test.purge_answers": _l("Réponses écrites effacées"),
    "result_source.create": _l("Source de résultats ajoutée"),
    "result_source.token": _l("Jeton de source renouvelé"),
    "result_source.token_off": _l("Jeton de source désactivé"),
    "result_source.switch": _l("Source de résultats activée ou désactivée"),
    "results.confirm": _l("Résultats confirmés, en attente de leur envoi"),
    "results.take_back": _l("Confirmation des résultats reprise"),
    "results.drop": _l("Résultats confirmés, non validés : quelque chose avait changé"),
    "results.validate": _l("Résultats validés"),
    "document.open": _l("Document ouvert"),
    "entry_link.make": _l("Lien envoyé"),
    "entry_link.use": _l("Lien utilisé"),
    "agenda.hours": _l("Horaires de la semaine changés"),
    "agenda.day": _l("Horaires d'un jour changés"),
    "agenda.off": _l("Jours de congé pris"),
    "agenda.restore": _l("Jours rendus aux horaires habituels"),
    "agenda.ways": _l("Réglages d'agenda changés"),
    "agenda.feed": _l("Adresse privée d'agenda changée"),
    "busy.add": _l("Agenda personnel ajouté"),
    "busy.remove": _l("Agenda personnel retiré"),
    "certification.offer": _l("Certification ajoutée"),
    "certification.revise": _l("Certification modifiée"),
    "consent.give": _l("Information reçue et acceptée"),
    "document.issue": _l("Document établi"),
    "document.missing": _l("Fichier d'un document introuvable"),
    "document.remake_asked": _l("Document à refaire"),
    "document.remake": _l("Document refait d'après ce qu'il atteste"),
    "equipment.record": _l("Équipement testé"),
    "identity.find_right": _l("Identité vérifiée par le candidat"),
    "demo_test.finish": _l("Mini-test de démonstration terminé"),
    "written_test.begin": _l("Test écrit commencé"),
    "written_test.swap": _l("Question remplacée"),
    "written_test.leave": _l("Test écrit quitté"),
    "written_test.come_back": _l("Test écrit repris"),
    "written_test.end": _l("Test écrit terminé"),
    "written_test.void": _l("Test écrit annulé"),
    "proctoring.open": _l("Surveillance ouverte"),
    "proctoring.snapshot": _l("Image prise"),
    "proctoring.comment": _l("Commentaire du candidat"),
    "proctoring.hold": _l("Test repris d'une autre page, d'un autre navigateur ou réseau"),
    "proctoring.end": _l("Surveillance fermée après la dernière réponse"),
    "risk_file.write": _l("Dossier de risque de la détection de visage écrit"),
    "proctoring.leave": _l("Surveillance quittée par le candidat"),
    "proctoring.close": _l("Surveillance fermée faute de nouvelles"),
    "proctoring.decide": _l("Surveillance décidée"),
    "proctoring.look": _l("Image regardée"),
    "proctoring.purge_snapshot": _l("Image effacée"),
    "support.ask": _l("Aide demandée"),
    "support.answer": _l("Réponse donnée"),
    "identity.request_picture": _l("Photo de la pièce demandée"),
    "identity.keep_picture": _l("Photo de la pièce prise"),
    "identity_picture.see": _l("Photo de la pièce regardée"),
    "identity.confirmed": _l("Identité confirmée"),
    "identity.refused": _l("Identité refusée"),
    "identity.purge_picture": _l("Photo de la pièce effacée"),
    "incident.read": _l("Incident lu"),
    "incident.report": _l("Incident signalé"),
    "identity.look": _l("Photo de la pièce regardée"),
    "interview.request_picture": _l("Photo de la pièce demandée"),
    "interview.keep_picture": _l("Photo de la pièce prise"),
    "interview.confirm_identity": _l("Identité confirmée"),
    "personal_link.use": _l("« Continuer » pressé sur le lien personnel"),
    "personal_link.renew": _l("Lien personnel remplacé"),
    "waiting.join": _l("Inscription sur la liste d'attente"),
    "waiting.leave": _l("Sortie de la liste d'attente"),
    "waiting.offer": _l("Créneau proposé"),
    "waiting.pass": _l("Créneau proposé sans réponse"),
    "interview.create": _l("Entretien préparé"),
    "interview.open": _l("Salle ouverte"),
    "interview.wait": _l("Candidat en salle d'attente"),
    "interview.admit": _l("Candidat entré"),
    "interview.start": _l("Entretien commencé"),
    "interview.next": _l("Partie suivante"),
    "interview.end": _l("Entretien terminé"),
    "interview.incident": _l("Incident consigné"),
    "interview.abort": _l("Entretien arrêté par un incident"),
    "interview.observe": _l("Entretien observé en silence"),
    "interview.observe_end": _l("Fin de l'observation de l'entretien"),
    "interview.take_over": _l("Reprise sur un autre appareil"),
    "recording.start": _l("Enregistrement commencé"),
    "recording.see": _l("Enregistrement regardé"),
    "recording.view": _l("Enregistrement regardé"),
    "media.recording_started": _l("Enregistrement commencé"),
    "media.recording_stopped": _l("Enregistrement arrêté"),
    "media.recording_ready": _l("Enregistrement prêt"),
    "media.recording_failed": _l("Enregistrement en échec"),
    "interview.level": _l("Niveau des cartes choisi"),
    "interview.deal": _l("Carte tirée"),
    "interview.reveal": _l("Carte révélée"),
    "interview.chat": _l("Message écrit"),
    "interview.problem": _l("Problème signalé par le candidat"),
    "recording.copy_ask": _l("Copie de l'enregistrement demandée"),
    "recording.copy_get": _l("Copie de l'enregistrement téléchargée"),
    "recording.purge": _l("Enregistrement effacé"),
    "assignment.make": _l("Notation demandée"),
    "assignment.withdraw": _l("Notation retirée"),
    "policy.publish": _l("Règle de décision publiée"),
    "certification.policy": _l("Règle de décision choisie"),
    "scoresheet.open": _l("Grille ouverte"),
    "scoresheet.mark": _l("Niveau d'un critère"),
    "scoresheet.note": _l("Remarque"),
    "scoresheet.note_edit": _l("Remarque modifiée"),
    "scoresheet.note_remove": _l("Remarque retirée"),
    "scoresheet.submit": _l("Grille remise"),
    "scoresheet.reopen": _l("Grille rouverte"),
    "people.invite": _l("Personne invitée"),
    "people.send_invitation": _l("Invitation envoyée"),
    "people.accredit": _l("Accréditation"),
    "people.close": _l("Compte fermé"),
    "people.open": _l("Compte ouvert"),
    "organisation.add": _l("Organisme ajouté"),
    "account.lock": _l("Compte bloqué"),
    "account.name": _l("Nom modifié"),
    "account.password": _l("Mot de passe choisi"),
    "account.profile": _l("Profil modifié"),
    "second_factor.set": _l("Second facteur activé"),
    "second_factor.reset": _l("Second facteur retiré par un coordinateur"),
    "account.wait": _l("Essais de connexion trop nombreux"),
    "second_factor.remove": _l("Second facteur retiré"),
    "second_factor.refused": _l("Second facteur refusé"),
    "second_factor.recovery_code": _l("Code de secours utilisé"),
    "session.begin": _l("Connexion"),
    "session.revoke": _l("Session fermée"),
    "session.revoke_all": _l("Toutes les sessions fermées"),
    "sign_in.refused": _l("Connexion refusée"),
    "rubric.publish": _l("Grille publiée"),
    "bank.create": _l("Banque de questions créée"),
    "bank.import": _l("Questions importées"),
    "bank.import_ask": _l("Import de questions demandé"),
    "bank.import_cancel": _l("Import de questions annulé"),
    "blueprint.draw": _l("Test écrit réglé"),
    "blueprint.remove": _l("Test écrit retiré de la certification"),
    "release.ask": _l("Mise en service d'une banque demandée"),
    "release.make": _l("Banque mise en service"),
    "item.retire": _l("Question retirée"),
    "item.bring_back": _l("Question remise en service"),
    "item.state": _l("État d'une question changé"),
    "bank.calibrate": _l("Paramètres de questions importés"),
}


def accommodation(key: str) -> str:
    """Return the words of an accommodation, or what was written by hand."""
    return str(ACCOMMODATIONS.get(key, key))


def said(reason: str, params: Mapping[str, object]) -> str:
    """Return a reason that was kept as a French source string and its values."""
    return _(reason, **params)


def init_app(app: Flask) -> None:
    """Give templates the words above, by what they name."""
    app.jinja_env.globals.update(
        STAGES=STAGES,
        STAGE_TONES=STAGE_TONES,
        SEXES=SEXES,
        ROLES=ROLES,
        APPOINTMENTS=APPOINTMENTS,
        FIELDS=Field,
        ACCOMMODATIONS=ACCOMMODATIONS,
        ACCESS_MODES=ACCESS_MODES,
        INITIATIVES=INITIATIVES,
        INCIDENTS=INCIDENTS,
        SKILLS=SKILLS,
        KINDS=KINDS,
        EFFECTS=EFFECTS,
        ITEM_STATES=ITEM_STATES,
        ITEM_TONES=ITEM_TONES,
        BASES=BASES,
        CHANGES=CHANGES,
        CHANGE_TONES=CHANGE_TONES,
        EFFECT_TONES=EFFECT_TONES,
        WRITTEN_SOURCES=WRITTEN_SOURCES,
        STANDINGS=STANDINGS,
        STANDING_TONES=STANDING_TONES,
        WRITTEN_REASONS=WRITTEN_REASONS,
        OUTCOMES=OUTCOMES,
        LEVEL=Level,
        said=said,
        LETTERS=LETTERS,
        ACTS=ACTS,
        RATER_ROLES=RATER_ROLES,
    )
    app.jinja_env.filters["accommodation"] = accommodation
