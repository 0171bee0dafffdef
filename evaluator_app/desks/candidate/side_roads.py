"""What a candidate reads when their way left the road: what happened, what is kept, what comes."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel.speaklater import LazyString

from enrolment.models import Candidacy, Stage
from evaluator_app.words import _, _l
from rooms.models import IncidentKind, Interview


@dataclass(frozen=True)
class Notice:
    """What stands above the way: a title, sentences, a tone of the design system; and a way on."""

    title: str
    lines: list[str]
    tone: str
    books: bool = False


def fatal_kind(interview: Interview | None) -> IncidentKind | None:
    """Return the kind of the incident that ended the oral, if one did."""
    if interview is None:
        return None
    fatal = [incident for incident in interview.incidents if incident.fatal]
    return fatal[-1].kind if fatal else None


def incident_words(interview: Interview | None) -> list[str]:
    """Say in sentences what happened at the oral, what is kept and what comes next."""
    return lines_of(fatal_kind(interview))


_EXAMINED = (
    _l("L'évaluateur a arrêté l'entretien et dit pourquoi au certificateur."),
    _l(
        "Une personne examine la situation et vous entendra avant de décider. Vous "
        "recevrez un e-mail."
    ),
)
_NOT_YOURS = _l(
    "Un incident a empêché l'entretien d'aller à son terme. Il ne vous est pas reproché."
)
_FOLLOWS: dict[IncidentKind, tuple[LazyString, ...]] = {
    IncidentKind.TECHNICAL: (
        _NOT_YOURS,
        _l(
            "Ce qui a été fait est conservé. Choisissez une nouvelle heure quand vous voulez, "
            "sans frais."
        ),
    ),
    IncidentKind.IDENTITY_REFUSED: (
        _l("Votre identité n'a pas pu être confirmée : l'entretien n'a pas eu lieu."),
        _l(
            "Une personne du certificateur examine la situation ; rien n'est décidé par "
            "une machine. Vous recevrez sa réponse par e-mail."
        ),
        _l(
            "D'ici là, préparez une pièce d'identité lisible et en cours de validité, aux "
            "noms de votre inscription."
        ),
    ),
    IncidentKind.CANDIDATE_ABSENT: (
        _l("Votre évaluateur vous a attendu, puis a fermé la salle : l'entretien n'a pas eu lieu."),
        _l(
            "Un empêchement ? Dites-le à votre organisme de formation : il peut demander "
            "un nouveau rendez-vous."
        ),
    ),
    IncidentKind.EVALUATOR_ABSENT: (
        _l("Votre évaluateur n'est pas venu, et nous le regrettons. Vous n'y êtes pour rien."),
        _l(
            "Choisissez un nouveau rendez-vous quand vous voulez, sans frais et sans délai : "
            "votre période d'accès est prolongée s'il le faut."
        ),
    ),
    IncidentKind.BEHAVIOUR: _EXAMINED,
    IncidentKind.HELP_FROM_OTHERS: _EXAMINED,
}
_OTHERWISE = (
    _NOT_YOURS,
    _l(
        "Ce qui a été fait est conservé. Un nouveau rendez-vous vous sera proposé par "
        "e-mail, sans frais."
    ),
)


def lines_of(kind: IncidentKind | None) -> list[str]:
    """Say what follows an incident of `kind`: what happened, what is kept, what comes next."""
    words = _OTHERWISE if kind is None else _FOLLOWS.get(kind, _OTHERWISE)
    return [str(line) for line in words]


def notice(candidacy: Candidacy, interview: Interview | None) -> Notice | None:
    """Return what to say above the way, or None while it stays on the road."""
    kind = fatal_kind(interview)
    if candidacy.stage is Stage.ENROLLED and kind is IncidentKind.TECHNICAL:
        return Notice(_("Votre entretien a été interrompu"), lines_of(kind), "wait")
    if candidacy.stage is Stage.ENROLLED and kind is IncidentKind.EVALUATOR_ABSENT:
        return Notice(_("L'entretien n'a pas eu lieu"), lines_of(kind), "wait")
    if candidacy.stage is Stage.SUSPENDED:
        titles = {
            IncidentKind.IDENTITY_REFUSED: _("Votre identité n'a pas été confirmée"),
            IncidentKind.CANDIDATE_ABSENT: _("L'entretien n'a pas eu lieu"),
        }
        title = titles.get(kind) if kind else None
        return Notice(
            title or _("Votre entretien a été interrompu"),
            [_("Rien n'est perdu : vous n'avez rien à faire pour l'instant.")],
            "wait",
        )
    if candidacy.stage is Stage.WITHDRAWN:
        reason = next(
            (move.reason for move in reversed(candidacy.moves) if move.to_stage is Stage.WITHDRAWN),
            "",
        )
        return Notice(
            _("Votre candidature a été retirée"),
            [
                *([_("Motif : %(reason)s", reason=reason)] if reason else []),
                _(
                    "Ce que vous aviez fait est conservé. Si c'est une erreur, écrivez à "
                    "%(organisation)s : la candidature peut être rouverte.",
                    organisation=candidacy.organisation.name,
                ),
            ],
            "wait",
        )
    if candidacy.stage is Stage.EXPIRED:
        return Notice(
            _("Votre période d'accès est terminée"),
            [
                _(
                    "Ce que vous avez fait est conservé. %(organisation)s peut vous accorder une "
                    "prolongation : demandez-la.",
                    organisation=candidacy.organisation.name,
                )
            ],
            "wait",
            books=True,
        )
    return None
