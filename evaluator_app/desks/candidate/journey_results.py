"""The last step of a candidate's way: when results come, and where they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import url_for

from enrolment import gates
from enrolment.models import Candidacy, Stage
from evaluator_app.desks.candidate.journey_written import Action, Step
from evaluator_app.words import _, locale, timezone
from kernel import i18n
from results import kinds
from results.models import VerdictRow


@dataclass(frozen=True)
class Expected:
    """The last moment at which results are expected, beside the present one."""

    by: datetime
    now: datetime

    @property
    def day(self) -> str:
        """Return its day in words, in the zone of whoever reads."""
        return i18n.day_in_words(self.by, locale(), timezone())

    @property
    def late(self) -> bool:
        """Tell whether that day is over for whoever reads."""
        zone = ZoneInfo(timezone())
        return self.now.astimezone(zone).date() > self.by.astimezone(zone).date()


def under_review(candidacy: Candidacy) -> bool:
    """Tell whether the watch over the written test holds its result back."""
    return bool(gates.held_by_watch(candidacy.gates))


def results(candidacy: Candidacy, verdict: VerdictRow | None, expected: Expected | None) -> Step:
    """Return the step of the results; `expected`: for an oral that has an hour."""
    title = _("Résultats")
    if verdict is not None and candidacy.stage is Stage.VALIDATED:
        published = i18n.day_in_words(verdict.validated_at, locale(), timezone())
        href = url_for("candidate.results", candidacy_id=candidacy.id)
        action = Action(_("Voir mes résultats"), href, "certificate")
        meta = _("Publiés le %(day)s", day=published)
        return Step("results", title, "now", meta=meta, action=action)
    if candidacy.stage in (Stage.MARKING, Stage.COMPLETE):
        return _awaited(candidacy, title, expected)
    lines = [
        _(
            "Par e-mail, après validation par le certificateur : %(documents)s.",
            documents=kinds.promised(locale()),
        )
    ]
    if expected is not None and candidacy.stage is Stage.BOOKED:
        lines.append(_("Attendus au plus tard le %(day)s.", day=expected.day))
    elif candidacy.stage is Stage.ENROLLED:
        days = candidacy.certification.results_days
        lines.append(_("Attendus dans les %(days)s jours qui suivent l'oral.", days=days))
    return Step("results", title, "later", lines=lines)


def _awaited(candidacy: Candidacy, title: str, expected: Expected | None) -> Step:
    if under_review(candidacy):
        words = _(
            "Votre test écrit est en cours d'examen par le certificateur : vos résultats suivent "
            "dès sa décision. Rien à faire d'ici là."
        )
        return Step("results", title, "now", lines=[words])
    words = (
        _(
            "Votre évaluateur note l'entretien, puis le certificateur valide. Vos documents "
            "arriveront par e-mail ; rien à faire d'ici là."
        )
        if candidacy.stage is Stage.MARKING
        else _(
            "Vos résultats sont complets. Le certificateur les valide, puis vos documents vous "
            "sont envoyés par e-mail."
        )
    )
    if expected is None:
        return Step("results", title, "now", lines=[words])
    if not expected.late:
        awaited = _("Attendus au plus tard le %(day)s.", day=expected.day)
        return Step("results", title, "now", lines=[words, awaited])
    late = _(
        "Ils étaient attendus le %(day)s et prennent plus de temps que prévu : nous vous prions "
        "de nous en excuser.",
        day=expected.day,
    )
    href = url_for("candidate.help", candidacy_id=candidacy.id, _anchor="write")
    asks = Action(_("Nous écrire"), href, "message")
    return Step("results", title, "now", lines=[words, late], link=asks)
