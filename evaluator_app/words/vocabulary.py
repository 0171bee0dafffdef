"""The words that people read for the states, kinds and fields of the exam, with their tone."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from flask_babel.speaklater import LazyString

from enrolment.declared import AccessMode, Initiative, Sex
from enrolment.fields import Field
from enrolment.models import Stage
from evaluator_app.words import _, _l
from evaluator_app.words.acts import ACTS
from evaluator_app.words.arrangements import ACCOMMODATIONS, accommodation, time_factor
from kernel.levels import Level
from kernel.permissions import Role
from rooms.content_files import Effect as CardEffect
from rooms.models import IncidentKind
from rubrics.models import Mode, RaterRole
from scheduling.models import AppointmentState
from written_test.elsewhere.results_importing import CHANGED, REPLACED, Outcome
from written_test.items.calibrating import Change
from written_test.items.importing import Effect
from written_test.models import Basis, ItemState, Source, Standing
from written_test.questions.drafts import Skill
from written_test.questions.kinds import Kind

Words = Mapping[str, LazyString]

STAGES: Words = {
    Stage.ENROLLED: _l("Inscription faite"),
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
RATING_MODES: Words = {
    Mode.LIVE: _l("en direct"),
    Mode.RECORDED: _l("d'après l'enregistrement"),
    Mode.SOUND: _l("d'après le son seul, l'image étant perdue"),
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
CARD_EFFECTS: Words = {
    CardEffect.NEW: _l("Nouvelle"),
    CardEffect.CHANGED: _l("Changée"),
    CardEffect.SAME: _l("Inchangée"),
    CardEffect.GONE: _l("Absente"),
}
CARD_EFFECT_TONES: Mapping[str, str] = {
    CardEffect.NEW: "good",
    CardEffect.CHANGED: "active",
    CardEffect.SAME: "calm",
    CardEffect.GONE: "wait",
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
        CARD_EFFECTS=CARD_EFFECTS,
        CARD_EFFECT_TONES=CARD_EFFECT_TONES,
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
        RATING_MODES=RATING_MODES,
    )
    app.jinja_env.filters["accommodation"] = accommodation
    app.jinja_env.filters["time_factor"] = time_factor
