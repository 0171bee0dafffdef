"""The steps of a candidate's way that lead to the written test, and the test itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import url_for

from enrolment.models import Candidacy
from evaluator_app.desks.candidate.written_way import WrittenWay, address
from evaluator_app.words import _
from written_test.models import WrittenTestState


@dataclass(frozen=True)
class Action:
    """The one thing to do next, or a quiet link beside; `button`: a button that only leads on."""

    label: str
    href: str
    icon: str
    post: bool = False
    button: bool = False


@dataclass
class Step:
    """One step of the way. `state`: done, now, later, person, as the timeline draws them."""

    key: str
    title: str
    state: str
    meta: str = ""
    lines: list[str] = field(default_factory=list)
    action: Action | None = None
    link: Action | None = None
    more: Action | None = None


def before_written(candidacy: Candidacy, way: WrittenWay, *, has_result: bool) -> list[Step]:
    """Return the mini demo test, where the written test is sat here and still to come."""
    if not way.is_here or has_result:
        return []
    title = _("Mini-test de démonstration")
    href = url_for("candidate.written_demo", candidacy_id=candidacy.id)
    if "demo" in way.done:
        again = Action(_("Refaire le mini-test"), href, "refresh")
        return [Step("demo", title, "done", link=again if way.open else None)]
    words = _("Sept questions pour voir toutes les formes du test. Rien n'est noté.")
    return [Step("demo", title, "now", lines=[words], action=Action(title, href, "player-play"))]


def written(candidacy: Candidacy, way: WrittenWay) -> Step:
    """Return the written test itself, while it has no result."""
    title = _("Test écrit")
    test = way.test
    if test is not None and test.state is WrittenTestState.ENDED:
        href = url_for("candidate.help", candidacy_id=candidacy.id)
        words = _("Le test s'est terminé avec trop peu de réponses pour donner un niveau.")
        asks = Action(_("Nous écrire"), href, "message")
        return Step("written", title, "person", lines=[words], link=asks)
    if not way.open:
        words = _("Il se passe en ligne, pendant votre période d'accès.")
        return Step("written", title, "later", lines=[words])
    if way.under_way:
        words = _("Vos réponses sont gardées. Le test reprend là où il s'est arrêté.")
        resume = Action(_("Reprendre le test"), address(candidacy, None), "player-play")
        return Step("written", title, "now", lines=[words], action=resume)
    if way.next in ("identity", "equipment", "demo"):
        words = _(
            "Surveillé par votre caméra, en %(minutes)s minutes au plus. Les étapes ci-dessus "
            "viennent d'abord.",
            minutes=round(way.minutes * candidacy.time_factor),
        )
        return Step("written", title, "later", lines=[words])
    words = _(
        "Prévoyez %(minutes)s minutes au calme, et votre pièce d'identité sous la main.",
        minutes=round(way.minutes * candidacy.time_factor),
    )
    go = Action(
        _("Aller au test écrit"), url_for("candidate.written", candidacy_id=candidacy.id), "pencil"
    )
    return Step("written", title, "now", lines=[words], action=go)


def watch_link(watch_id: int | None) -> Action | None:
    """Return the way to what was noticed during the test."""
    if watch_id is None:
        return None
    href = url_for("candidate.proctoring", watch_id=watch_id)
    return Action(_("Voir ce qui a été relevé"), href, "eye")
