"""Attend an oral in silence: the page, and what its script asks; both people know meanwhile."""

from __future__ import annotations

from flask import Response, render_template, request, url_for

from evaluator_app.desks.shared import oral_edge
from evaluator_app.desks.shared.ice import IceServer, ice_servers
from evaluator_app.desks.shared.oral_edge import for_script, load_interview
from evaluator_app.desks.shared.oral_posted import MOST_OFFER, Offer, OralAct
from evaluator_app.desks.shared.parts import parts_sayings
from evaluator_app.sign_in.throttle import offers
from evaluator_app.web.edge import actor, db, house, needs
from evaluator_app.web.posted import takes
from evaluator_app.words import _
from kernel import clock
from kernel.permissions import Permission
from kernel.shown import Shown
from rooms import observing, snapshot
from rooms.joining import BEAT
from rooms.models import Interview
from rooms.states import ObserverState


class ObservePage(Shown):
    """What the observer's script needs to begin."""

    base: str
    state: ObserverState
    ice: list[IceServer]
    beat_s: float
    words: dict[str, str]


observes = needs(Permission.OBSERVE_INTERVIEW, load=load_interview)


@observes
def observe(interview: Interview) -> str:
    """Show the oral to a silent observer, from wherever it stands."""
    moment = clock.now()
    state = snapshot.for_observer(db(), interview, moment)
    candidacy = interview.appointment.candidacy
    data = ObservePage(
        base=url_for(".observe", interview_id=interview.id),
        state=state,
        ice=ice_servers(house().settings, actor().user_id or 0, moment),
        beat_s=BEAT.total_seconds(),
        words=_sayings() | parts_sayings(),
    )
    return render_template(
        "coordinator/observe.html",
        data=data.sent(),
        state=state.sent(),
        candidacy=candidacy,
        interview=interview,
    )


def _sayings() -> dict[str, str]:
    return {
        "connecting": _("Connexion à l'entretien…"),
        "reconnecting": _("Votre connexion est coupée : elle se rétablit toute seule…"),
        "refused": _("Cette connexion est refusée. Rechargez la page pour revenir."),
        "away": _("%(name)s n'est pas connecté en ce moment."),
        "offline": _("Le serveur ne répond pas. Nouvel essai dans quelques secondes."),
    }


@for_script
@observes
def observe_state(interview: Interview) -> Response:
    """Answer the state, as an observer may know it."""
    return oral_edge.state(interview, request.args.get("device", ""))


@for_script
@observes
@offers
@takes(Offer, MOST_OFFER)
def observe_offer(interview: Interview, offer: Offer) -> Response:
    """Connect the observer's browser, to receive alone, while the oral runs."""
    return oral_edge.connect(interview, offer, observing.ticket)


@for_script
@observes
@takes(OralAct)
def observe_leave(interview: Interview, act: OralAct) -> Response:
    """Take the observer's browser out of the room."""
    return oral_edge.put_out(interview, act, observing.leave)
