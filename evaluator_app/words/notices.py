"""What the notices at the foot of every page say of what is kept, why, and for how long."""

from __future__ import annotations

from flask_babel.speaklater import LazyString

from evaluator_app.words import _l, ngettext
from kernel import retention
from kernel.certifier import AccessibilityState, PrivacyBasis
from kernel.retention import Length, RetentionClass, Unit
from kernel.settings import Settings

KEPT: dict[RetentionClass, tuple[LazyString, LazyString]] = {
    RetentionClass.IDENTITY_PICTURE: (
        _l("Photo de votre pièce d'identité"),
        _l("après la prise de vue"),
    ),
    RetentionClass.SNAPSHOT: (
        _l("Photos prises pendant le test écrit"),
        _l("après les résultats"),
    ),
    RetentionClass.SNAPSHOT_WITHOUT_RESULT: (
        _l("Les mêmes, quand il n'y a pas eu de résultat"),
        _l("après le début de la séance"),
    ),
    RetentionClass.PROOF: (
        _l("Justificatif d'un cas de force majeure"),
        _l("après le changement d'heure"),
    ),
    RetentionClass.RECORDING: (
        _l("Enregistrement de l'oral et ses copies"),
        _l("après l'oral"),
    ),
    RetentionClass.WRITTEN_ANSWER: (
        _l("Réponses au test écrit"),
        _l("après le test"),
    ),
    RetentionClass.RESULTS_FILE: (
        _l("Fichier de résultats venu d'une autre plateforme"),
        _l("après sa réception"),
    ),
    RetentionClass.LETTER_SENT: (
        _l("Trace d'un e-mail envoyé : quand et à quelle adresse"),
        _l("après l'envoi"),
    ),
    RetentionClass.LETTER_GIVEN_UP: (
        _l("Contenu d'un e-mail qui n'a pas pu partir"),
        _l("après l'abandon de l'envoi"),
    ),
    RetentionClass.SIGN_IN_TRY: (
        _l("Nombre d'essais de connexion manqués"),
        _l("après le dernier"),
    ),
    RetentionClass.UPLOAD: (
        _l("Fichier envoyé qui attend une confirmation"),
        _l("après l'envoi"),
    ),
    RetentionClass.STRAY: (
        _l("Fichier resté d'un envoi interrompu"),
        _l("après l'écriture"),
    ),
}
BASES: dict[PrivacyBasis, LazyString] = {
    PrivacyBasis.CONTRACT: _l(
        "l'exécution du contrat : la certification que vous avez demandée (RGPD, article 6.1.b)"
    ),
    PrivacyBasis.PUBLIC_TASK: _l("une mission d'intérêt public (RGPD, article 6.1.e)"),
    PrivacyBasis.LEGAL_DUTY: _l("une obligation légale (RGPD, article 6.1.c)"),
}
COMPLIANCE: dict[AccessibilityState, LazyString] = {
    AccessibilityState.NOT_AUDITED: _l(
        "Ce site n'est pas conforme au RGAA 4.1 : il n'a pas encore été audité."
    ),
    AccessibilityState.NOT_COMPLIANT: _l("Ce site n'est pas conforme au RGAA 4.1."),
    AccessibilityState.PARTIAL: _l("Ce site est partiellement conforme au RGAA 4.1."),
    AccessibilityState.FULL: _l("Ce site est totalement conforme au RGAA 4.1."),
}


def kept(settings: Settings) -> list[tuple[str, str, str]]:
    """Return each class of what is kept: what, how long, since when."""
    return [
        (str(what), _in_words(retention.length(settings, kind)), str(since))
        for kind, (what, since) in KEPT.items()
    ]


def _in_words(length: Length) -> str:
    if length.unit is Unit.HOURS:
        return ngettext("%(num)s heure", "%(num)s heures", length.count)
    if length.unit is Unit.DAYS:
        return ngettext("%(num)s jour", "%(num)s jours", length.count)
    if length.unit is Unit.MONTHS:
        return ngettext("%(num)s mois", "%(num)s mois", length.count)
    return ngettext("%(num)s an", "%(num)s ans", length.count)
